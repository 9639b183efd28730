//! Blocks move between threads, threads end, and a pool is closed, in every order.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;

use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use loom::thread;

use super::pool_engine::core::{Core, Item, Kind, Limits};
use super::pool_engine::depot::Batch;
use super::pool_engine::slot::Slot;
use super::pool_engine::tag::Tag;
use super::refs::Refs;

/// Items of the model are numbers, counted when they are made and disposed of.
pub(super) fn item(number: usize) -> Item {
    Item(NonNull::new(std::ptr::without_provenance_mut(number)).expect("not 0"))
}

loom::lazy_static! {
    static ref FREED: AtomicUsize = AtomicUsize::new(0);
}

pub(super) static NUMBERS: Kind = Kind {
    weigh: |_| 1,
    free: |_, _| {
        FREED.fetch_add(1, SeqCst);
    },
};

const LIMITS: Limits = Limits { bytes: 100, thread_bytes: 100, class: 0, decay: None };

fn opened(generation: u64) -> (Arc<Core>, Tag) {
    let (core, pool) = (Arc::new(Core::default()), Tag::of_pool(1, generation));
    assert!(core.open(pool, &NUMBERS, LIMITS));
    (core, pool)
}

pub(super) fn claim(core: &Core, pool: Tag) -> &'static Slot {
    Slot::claim(core, pool, &NUMBERS, 0).expect("there is memory")
}

pub(super) fn check(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.max_branches = 10_000;
    builder.check(model);
}

pub(super) fn must_fail(model: fn()) {
    let failed = catch_unwind(AssertUnwindSafe(|| check(model)));
    assert!(failed.is_err(), "the seeded bug was not found");
}

/// Two threads take from the depot what one of them has given: nobody has an item twice.
fn exchange(take: fn(&Core, Tag) -> Option<Item>) {
    let (core, pool) = opened(1);
    for number in 1..=2 {
        assert!(core.admit(pool, 0, &NUMBERS));
        let mut batch = Batch::default();
        batch.push(item(number));
        assert!(core.depot.give(0, pool, 0, &mut batch));
    }
    let thread = {
        let core = Arc::clone(&core);
        thread::spawn(move || take(&core, pool))
    };
    let mine = take(&core, pool).map(|item| item.0);
    let theirs = thread.join().unwrap().map(|item| item.0);
    assert!(mine.is_none() || mine != theirs, "one item, two owners");
    let left = core.depot.idle().0;
    assert_eq!(2 - left, usize::from(mine.is_some()) + usize::from(theirs.is_some()));
}

fn take(core: &Core, pool: Tag) -> Option<Item> {
    core.depot.take(0, pool, 0, 1).pop()
}

/// The seeded bug: an item is looked at and put back, and used all the same.
fn take_and_leave(core: &Core, pool: Tag) -> Option<Item> {
    let item = take(core, pool)?;
    let mut batch = Batch::default();
    batch.push(item);
    let _ = core.depot.give(0, pool, 0, &mut batch);
    Some(item)
}

#[test]
fn an_item_has_one_owner() {
    check(|| exchange(take));
}

#[test]
fn the_model_sees_an_item_with_two_owners() {
    must_fail(|| exchange(take_and_leave));
}

/// A thread ends and flushes while another one takes, and claims what is released.
fn exit(release_first: bool) {
    let (core, pool) = opened(1);
    let thread = {
        let core = Arc::clone(&core);
        thread::spawn(move || {
            let slot = claim(&core, pool);
            assert!(core.admit(pool, 0, &NUMBERS));
            slot.keep(&core, 0, 0, &NUMBERS, item(1));
            if release_first {
                slot.release(&core);
            }
            slot.flush(&core, 0, &NUMBERS);
            slot.release(&core);
        })
    };
    let slot = claim(&core, pool);
    let item = slot.refill(&core, 0, 0, &NUMBERS);
    if let Some(item) = item {
        slot.keep(&core, 0, 0, &NUMBERS, item);
    }
    slot.flush(&core, 0, &NUMBERS);
    slot.release(&core);
    thread.join().unwrap();
    let figures = core.figures(pool);
    assert_eq!(figures.outstanding, 0);
    assert_eq!(core.depot.idle().0 + FREED.load(SeqCst), 1, "the item is lost, or there twice");
    assert_eq!(core.room.taken(1), 0, "room is lost");
}

#[test]
fn a_thread_that_ends_leaves_its_items_and_its_slot() {
    check(|| exit(false));
}

/// The seeded bug: the slot is released before it is empty.
#[test]
fn the_model_sees_a_slot_that_is_released_too_early() {
    must_fail(|| exit(true));
}

/// A pool is closed, and the place opened again, while another thread returns an item of the old one.
fn close(give: fn(&Core, Tag, Item)) {
    let (core, old) = opened(1);
    assert!(core.admit(old, 0, &NUMBERS));
    let thread = {
        let core = Arc::clone(&core);
        thread::spawn(move || give(&core, old, item(1)))
    };
    assert!(core.close(old, &NUMBERS));
    let new = Tag::of_pool(1, 2);
    assert!(core.open(new, &NUMBERS, LIMITS));
    thread.join().unwrap();
    assert_eq!(FREED.load(SeqCst), 1, "the item of the old pool is gone, once");
    assert_eq!((core.depot.idle().0, core.figures(new).bytes), (0, 0));
}

fn give_back(core: &Core, pool: Tag, item: Item) {
    let mut batch = Batch::default();
    batch.push(item);
    if !core.is_open(pool) || !core.depot.give(0, pool, 0, &mut batch) {
        core.dispose_of(pool, &NUMBERS, 0, batch);
    }
}

/// The seeded bug: whether the pool is open is asked outside of the lock, and the shelf believes it.
fn give_unasked(core: &Core, pool: Tag, item: Item) {
    if core.is_open(pool) {
        let mut batch = Batch::default();
        batch.push(item);
        if core.depot.give(0, Tag::of_pool(1, 2), 0, &mut batch)
            || core.depot.give(0, pool, 0, &mut batch)
        {
            return;
        }
        core.dispose_of(pool, &NUMBERS, 0, batch);
    } else {
        core.dispose(pool, 0, &NUMBERS, item);
    }
}

#[test]
fn an_item_that_is_late_does_not_get_into_the_next_pool() {
    check(|| close(give_back));
}

#[test]
fn the_model_sees_an_item_that_gets_into_the_next_pool() {
    must_fail(|| close(give_unasked));
}

/// Three handles are dropped by two threads; the last one frees, after all have read.
fn refs(drop_one: fn(&Refs) -> bool) {
    use loom::cell::UnsafeCell;
    let block = Arc::new((Refs::one(), UnsafeCell::new(1), AtomicUsize::new(0)));
    let read_and_drop = move |block: &(Refs, UnsafeCell<u32>, AtomicUsize)| {
        // SAFETY: a handle is alive, so nobody writes; loom checks it.
        block.1.with(|value| assert_eq!(unsafe { *value }, 1));
        if drop_one(&block.0) {
            // SAFETY: this was the last handle; loom checks it.
            block.1.with_mut(|value| unsafe { *value = 0 });
            block.2.fetch_add(1, SeqCst);
        }
    };
    block.0.add();
    let thread = {
        let block = Arc::clone(&block);
        thread::spawn(move || {
            block.0.add();
            read_and_drop(&block);
            read_and_drop(&block);
        })
    };
    read_and_drop(&block);
    thread.join().unwrap();
    assert_eq!(block.2.load(SeqCst), 1, "freed once");
}

#[test]
fn the_last_handle_has_the_block_alone() {
    check(|| refs(Refs::drop_one));
}

/// The seeded bug: two handles ask whether they are the last before either has gone.
#[test]
fn the_model_sees_handles_that_ask_before_they_go() {
    must_fail(|| {
        refs(|refs| {
            let last = refs.is_one();
            let _ = refs.drop_one();
            last
        });
    });
}
