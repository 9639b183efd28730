//! Somebody begins to wait while something is given back: it is found, or the waiter is told.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread;

use super::pool::{NUMBERS, check, claim, item, must_fail};
use super::pool_engine::budget::Budget;
use super::pool_engine::core::{Core, Limits};
use super::pool_engine::slot::Slot;
use super::pool_engine::tag::Tag;
use super::pool_engine::waiting::Waiting;

/// What `tokio::sync` does for the engine, as far as a model can see it.
pub(super) mod told {
    use loom::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    #[derive(Debug, Default)]
    pub(crate) struct Notify(AtomicUsize);

    pub(crate) struct Notified<'a>(&'a Notify, usize);

    impl Notify {
        pub(crate) fn notify_waiters(&self) {
            self.0.fetch_add(1, SeqCst);
        }

        pub(crate) fn notified(&self) -> Notified<'_> {
            Notified(self, self.0.load(SeqCst))
        }
    }

    impl Notified<'_> {
        pub(crate) fn is_told(&self) -> bool {
            self.0.0.load(SeqCst) != self.1
        }
    }
}

/// Bytes come off the budget, of which the waiter needs one.
fn bytes(would_tell: fn(&Waiting, u64) -> bool) {
    let shared = Arc::new((Budget::default(), Waiting::default()));
    shared.0.start(1);
    shared.1.start(1);
    assert_eq!(shared.0.try_take(1, 1, 1), Some(1));
    let thread = {
        let shared = Arc::clone(&shared);
        thread::spawn(move || {
            shared.0.give(1, 1);
            would_tell(&shared.1, 1)
        })
    };
    shared.1.join(1);
    let found = shared.0.try_take(1, 1, 1).is_some();
    let told = thread.join().unwrap();
    assert!(found || told, "it waits for ever");
}

#[test]
fn bytes_are_found_or_told() {
    check(|| bytes(Waiting::any_so_far));
}

/// The seeded bug: whether somebody waits is asked without a fence.
#[test]
fn the_model_sees_bytes_that_nobody_is_told_of() {
    must_fail(|| bytes(Waiting::any));
}

const LIMITS: Limits = Limits { bytes: 2, thread_bytes: 100, class: 0, decay: None };

/// A thread gives an item back, by its magazine if that wants it; of two in use, and two is the bound.
fn items(begin: fn(&Core)) {
    let pool = Tag::of_pool(1, 1);
    let core = Arc::new(Core::default());
    assert!(core.open(pool, &NUMBERS, LIMITS));
    assert!(core.admit(pool, 0, &NUMBERS) && core.admit(pool, 0, &NUMBERS));
    let begun = Arc::new(AtomicBool::new(false));
    let thread = {
        let (core, begun) = (Arc::clone(&core), Arc::clone(&begun));
        thread::spawn(move || {
            let slot = claim(&core, pool);
            // As somebody has left it who waited before.
            slot.divert();
            give(&core, pool, slot, 1);
            let saw = begun.load(Ordering::Acquire);
            if let Some(item) = slot.magazine(0).pop() {
                give(&core, pool, slot, item.0.addr().get());
            }
            saw
        })
    };
    core.waiting.join(1);
    begin(&core);
    begun.store(true, Ordering::Release);
    let given = core.waiting.given();
    let found = core.depot.take(0, pool, 0, 1).pop().is_some() || core.admit(pool, 0, &NUMBERS);
    let saw = thread.join().unwrap();
    assert!(found || given.is_told() || !saw, "what was given back is not told");
}

/// As the drop of a handle does.
fn give(core: &Core, pool: Tag, slot: &Slot, number: usize) {
    let (magazine, item) = (slot.magazine(0), item(number));
    if !(magazine.wants(pool.item(0)) && magazine.push(item)) {
        slot.keep(core, 0, 0, &NUMBERS, item);
    }
}

#[test]
fn an_item_that_comes_back_later_is_found_or_told() {
    check(|| items(Core::divert));
}

/// The seeded bug: who waits lets the magazines want what they wanted.
#[test]
fn the_model_sees_an_item_that_stays_in_a_magazine() {
    must_fail(|| items(|_| ()));
}
