//! Every thread's counters in one list, and what ended threads left.
//!
//! ```text
//!  head -> counters of thread 7 <-> counters of thread 3 <-> ...      retired: ended threads
//! ```
//!
//! # Invariants
//!
//! - R1: `head`, and `previous` and `next` of any counters, are read and written under `lock` only.
//! - R2: counters in the list are alive: their thread unlinks them before its storage goes away.
//! - R3: what a thread did is in the list or in `retired`, never in both, whenever `lock` is free.

use core::ptr;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use crate::sync::{AtomicBool, AtomicPtr, AtomicU64, spin_loop, yield_now};

use super::counters::{Counters, Sums};

/// The registry: one for the process.
#[derive(Debug)]
#[cfg_attr(all(test, thrifty_loom), derive(Default))]
pub(super) struct Registry {
    lock: AtomicBool,
    head: AtomicPtr<Counters>,
    retired: Retired,
}

#[derive(Debug)]
#[cfg_attr(all(test, thrifty_loom), derive(Default))]
struct Retired {
    allocs: AtomicU64,
    reallocs: AtomicU64,
    frees: AtomicU64,
    bytes: AtomicU64,
    freed: AtomicU64,
    kept: AtomicU64,
}

impl Registry {
    /// No thread has been seen yet.
    #[cfg(not(all(test, thrifty_loom)))]
    pub(super) const fn new() -> Self {
        Self {
            lock: AtomicBool::new(false),
            head: AtomicPtr::new(ptr::null_mut()),
            retired: Retired {
                allocs: AtomicU64::new(0),
                reallocs: AtomicU64::new(0),
                frees: AtomicU64::new(0),
                bytes: AtomicU64::new(0),
                freed: AtomicU64::new(0),
                kept: AtomicU64::new(0),
            },
        }
    }

    /// Puts a thread's counters into the list.
    ///
    /// # Safety
    ///
    /// The counters are not in the list, and [`unlink`](Self::unlink) is called before they go away.
    pub(super) unsafe fn link(&self, counters: &Counters) {
        let _lock = self.lock();
        let this = ptr::from_ref(counters).cast_mut();
        let first = self.head.load(Relaxed);
        counters.previous.store(ptr::null_mut(), Relaxed);
        counters.next.store(first, Relaxed);
        // SAFETY: R2: `first` is null or points to counters that are alive while the lock is held
        // (R1); only shared references to them exist, here as everywhere.
        if let Some(first) = unsafe { first.as_ref() } {
            first.previous.store(this, Relaxed);
        }
        self.head.store(this, Relaxed);
    }

    /// Takes a thread's counters out of the list and adds what they say to the retired sums.
    ///
    /// # Safety
    ///
    /// The counters are in the list.
    pub(super) unsafe fn unlink(&self, counters: &Counters) {
        let _lock = self.lock();
        let previous = counters.previous.load(Relaxed);
        let next = counters.next.load(Relaxed);
        // SAFETY: R2: null or alive while the lock is held (R1); only shared references exist.
        match unsafe { previous.as_ref() } {
            Some(previous) => previous.next.store(next, Relaxed),
            None => self.head.store(next, Relaxed),
        }
        // SAFETY: R2, as for `previous`.
        if let Some(next) = unsafe { next.as_ref() } {
            next.previous.store(previous, Relaxed);
        }
        // Under the lock: R3.
        self.retire(counters.take());
    }

    /// Adds sums of a thread that is not in the list.
    pub(super) fn retire(&self, sums: Sums) {
        self.retired.allocs.fetch_add(sums.allocs, Relaxed);
        self.retired.reallocs.fetch_add(sums.reallocs, Relaxed);
        self.retired.frees.fetch_add(sums.frees, Relaxed);
        self.retired.bytes.fetch_add(sums.bytes, Relaxed);
        self.retired.freed.fetch_add(sums.freed, Relaxed);
        self.retired.kept.fetch_add(sums.kept, Relaxed);
    }

    /// What all threads did, those included that have ended.
    pub(super) fn process(&self) -> Sums {
        let _lock = self.lock();
        let mut sums = Sums {
            allocs: self.retired.allocs.load(Relaxed),
            reallocs: self.retired.reallocs.load(Relaxed),
            frees: self.retired.frees.load(Relaxed),
            bytes: self.retired.bytes.load(Relaxed),
            freed: self.retired.freed.load(Relaxed),
            kept: self.retired.kept.load(Relaxed),
        };
        let mut thread = self.head.load(Relaxed);
        // SAFETY: R2: null or alive while the lock is held (R1); only shared references exist.
        while let Some(counters) = unsafe { thread.as_ref() } {
            sums = sums.plus(counters.sums());
            thread = counters.next.load(Relaxed);
        }
        sums
    }

    /// Spins: the allocator takes this lock, so taking it must not allocate, park or unwind.
    fn lock(&self) -> Unlock<'_> {
        let mut spins = 0_u32;
        while self.lock.compare_exchange_weak(false, true, Acquire, Relaxed).is_err() {
            spins = spins.wrapping_add(1);
            if spins.is_multiple_of(64) {
                // The holder may have been descheduled.
                yield_now();
            } else {
                spin_loop();
            }
        }
        Unlock(&self.lock)
    }
}

#[derive(Debug)]
struct Unlock<'a>(&'a AtomicBool);

impl Drop for Unlock<'_> {
    fn drop(&mut self) {
        self.0.store(false, Release);
    }
}
