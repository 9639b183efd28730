//! The last of several handles frees what they share, once and after all others have let go.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;
use std::sync::atomic::Ordering::{Acquire, Relaxed};

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicPtr, AtomicUsize};
use loom::thread;

use super::count::{Count, install};

/// A buffer: read by each handle, written once, by what frees it. Loom sees a read that may come
/// after the write, or two writes.
struct Shared<C> {
    count: C,
    buffer: UnsafeCell<u32>,
    frees: AtomicUsize,
}

impl<C> Shared<C> {
    fn new(count: C) -> Self {
        Self { count, buffer: UnsafeCell::new(7), frees: AtomicUsize::new(0) }
    }

    fn read(&self) {
        // SAFETY: a handle lives; loom checks that nobody writes.
        self.buffer.with(|buffer| assert_eq!(unsafe { *buffer }, 7));
    }

    fn free(&self) {
        // SAFETY: the last handle is gone; loom checks that nobody reads.
        self.buffer.with_mut(|buffer| unsafe { *buffer = 0 });
        self.frees.fetch_add(1, Relaxed);
    }
}

/// As many threads, each with a handle: it reads, lets go, and frees if `release` says so.
fn threads<C: Send + Sync + 'static>(
    handles: usize,
    make: fn(usize) -> C,
    release: fn(&C) -> bool,
) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = (handles > 2).then_some(3);
    model.check(move || {
        let shared = Arc::new(Shared::new(make(handles)));
        let live = move |shared: &Shared<C>| {
            shared.read();
            if release(&shared.count) {
                shared.free();
            }
        };
        let others: Vec<_> = (1..handles)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || live(&shared))
            })
            .collect();
        live(&shared);
        others.into_iter().for_each(|other| other.join().unwrap());
        assert_eq!(shared.frees.load(Relaxed), 1, "freed once");
    });
}

#[test]
fn the_last_of_two_frees() {
    threads(2, Count::new, |count| count.release(1));
}

#[test]
fn the_last_of_three_frees() {
    threads(3, Count::new, |count| count.release(1));
}

/// Seeded: whoever is not alone leaves the freeing to the other, and so may both.
#[test]
fn the_model_sees_a_buffer_that_nobody_frees() {
    fn release(count: &Count) -> bool {
        let last = count.is_one();
        if !last {
            let _ = count.release(1);
        }
        last
    }
    assert!(catch_unwind(AssertUnwindSafe(|| threads(2, Count::new, release))).is_err());
}

/// Seeded: the decrement orders nothing, so a read may come after the free.
#[test]
fn the_model_sees_a_decrement_that_is_relaxed() {
    fn release(count: &AtomicUsize) -> bool {
        count.fetch_sub(1, Relaxed) == 1
    }
    assert!(catch_unwind(AssertUnwindSafe(|| threads(2, AtomicUsize::new, release))).is_err());
}

/// A clone on one thread while another lets go; handles counted ahead and given back.
#[test]
fn clones_and_reserves_are_counted() {
    loom::model(|| {
        let shared = Arc::new(Shared::new(Count::new(2)));
        let other = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                shared.count.add(2);
                shared.read();
                if shared.count.release(3) {
                    shared.free();
                }
            })
        };
        shared.count.add_one();
        assert!(!shared.count.release(1));
        if shared.count.release(1) {
            shared.free();
        }
        other.join().unwrap();
        assert_eq!(shared.frees.load(Relaxed), 1);
    });
}

/// Who is the only handle may write: all that the others read came before.
#[test]
fn the_only_handle_may_write() {
    loom::model(|| {
        let shared = Arc::new(Shared::new(Count::new(2)));
        let other = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                shared.read();
                assert!(!shared.count.release(1) || shared.frees.load(Relaxed) == 0);
            })
        };
        if shared.count.is_one() {
            shared.free();
        }
        other.join().unwrap();
    });
}

/// Two first clones at once: one header, which both see whole.
#[test]
fn one_of_two_first_clones_makes_the_header() {
    first_clones(|slot, made| match install(slot, made) {
        Ok(()) => made,
        Err(first) => {
            // SAFETY: made by `Box::into_raw` and seen by nobody else.
            drop(unsafe { Box::from_raw(made) });
            first
        }
    });
}

/// Seeded: it looks first and stores then, so the later header hides the earlier.
#[test]
fn the_model_sees_a_header_that_is_overwritten() {
    let seeded = |slot: &AtomicPtr<Shared<Count>>, made| {
        let first = slot.load(Acquire);
        if first.is_null() {
            slot.store(made, std::sync::atomic::Ordering::Release);
            return made;
        }
        // SAFETY: made by `Box::into_raw` and seen by nobody else.
        drop(unsafe { Box::from_raw(made) });
        first
    };
    assert!(catch_unwind(AssertUnwindSafe(|| first_clones(seeded))).is_err());
}

type Slot = AtomicPtr<Shared<Count>>;

fn first_clones(clone: fn(&Slot, *mut Shared<Count>) -> *mut Shared<Count>) {
    loom::model(move || {
        let slot = Arc::new(Slot::new(null_mut()));
        let take = move |slot: &Slot| {
            let header = clone(slot, Box::into_raw(Box::new(Shared::new(Count::new(2)))));
            // SAFETY: installed by one of the two; freed below, when both are done.
            unsafe { &*header }.read();
            header.addr()
        };
        let other = {
            let slot = Arc::clone(&slot);
            thread::spawn(move || take(&slot))
        };
        let mine = take(&slot);
        assert_eq!(other.join().unwrap(), mine, "both clones have the same header");
        // SAFETY: made by `Box::into_raw`, and the other thread is done.
        drop(unsafe { Box::from_raw(slot.load(Acquire)) });
    });
}
