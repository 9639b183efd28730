//! Threads begin, count and end while another one adds everything up.

use std::panic::{AssertUnwindSafe, catch_unwind};

use loom::sync::Arc;
use loom::thread;

use super::counters::Counters;
use super::registry::Registry;

/// A thread's life, with `allocs` allocations of 10 bytes and a free of one.
fn live(registry: &Registry, allocs: u64, end: impl FnOnce(&Registry, &Counters)) {
    let counters = Counters::default();
    // SAFETY: the counters are new, and `end` unlinks them before they go away.
    unsafe { registry.link(&counters) };
    for _ in 0..allocs {
        counters.count_alloc(10);
    }
    counters.count_free(10);
    end(registry, &counters);
}

fn unlink(registry: &Registry, counters: &Counters) {
    // SAFETY: `live` has linked the counters.
    unsafe { registry.unlink(counters) };
}

/// The seeded bug: what the thread did is retired before the lock is taken, so for a moment it
/// stands in the list and in the retired sums (R3).
fn unlink_twice_counted(registry: &Registry, counters: &Counters) {
    registry.retire(counters.sums());
    let _ = counters.take();
    // SAFETY: `live` has linked the counters.
    unsafe { registry.unlink(counters) };
}

/// Two at a time: three that wait for a spin lock can hand each other the turn for ever, which no
/// real scheduler does and loom has to try.
///
/// All orders with at most three preemptions; all others take a minute and show nothing more.
fn a_thread_and_a_reader(end: fn(&Registry, &Counters)) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(move || {
        let registry = Arc::new(Registry::default());
        let thread = {
            let registry = Arc::clone(&registry);
            thread::spawn(move || live(&registry, 2, end))
        };
        // In between: never more than all that happens, never less than the moment before.
        let mut last = 0;
        for _ in 0..2 {
            let between = registry.process();
            assert!(
                between.allocs <= 2 && between.bytes <= 20 && between.frees <= 1,
                "{between:?}"
            );
            assert!(between.allocs >= last, "{between:?}");
            last = between.allocs;
        }
        thread.join().unwrap();
        // At the end: exact.
        let after = registry.process();
        assert_eq!((after.allocs, after.frees), (2, 1));
        assert_eq!((after.bytes, after.freed), (20, 10));
    });
}

#[test]
fn a_thread_may_begin_and_end_while_another_reads() {
    a_thread_and_a_reader(unlink);
}

#[test]
fn the_model_sees_a_thread_that_is_counted_twice() {
    let failed = catch_unwind(AssertUnwindSafe(|| a_thread_and_a_reader(unlink_twice_counted)));
    assert!(failed.is_err(), "the seeded bug was not found");
}

/// Both ends of the list change at once.
#[test]
fn two_threads_may_begin_and_end_at_once() {
    loom::model(|| {
        let registry = Arc::new(Registry::default());
        let thread = {
            let registry = Arc::clone(&registry);
            thread::spawn(move || live(&registry, 1, unlink))
        };
        live(&registry, 2, unlink);
        thread.join().unwrap();
        let after = registry.process();
        assert_eq!((after.allocs, after.frees), (3, 2));
        assert_eq!((after.bytes, after.freed), (30, 20));
    });
}

/// A thread that ends after its storage's destructors adds to the retired sums without the lock.
#[test]
fn late_frees_are_not_lost() {
    loom::model(|| {
        let registry = Arc::new(Registry::default());
        let threads = [0, 1].map(|_| {
            let registry = Arc::clone(&registry);
            thread::spawn(move || {
                let counters = Counters::default();
                counters.count_free(7);
                registry.retire(counters.take());
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!((registry.process().frees, registry.process().freed), (2, 14));
    });
}
