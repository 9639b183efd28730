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
//! - R4: a process that was forked has one thread, so its list holds that one's counters at most:
//!   [`Registry::before_fork`] and what follows it see to that, and R2 goes on to hold.

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
    retired: Shared,
    /// What the threads that a fork leaves behind did; meaningful from before a fork to after it.
    left_behind: Shared,
}

impl Registry {
    /// No thread has been seen yet.
    #[cfg(not(all(test, thrifty_loom)))]
    pub(super) const fn new() -> Self {
        Self {
            lock: AtomicBool::new(false),
            head: AtomicPtr::new(ptr::null_mut()),
            retired: Shared::ZERO,
            left_behind: Shared::ZERO,
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

    /// Takes a thread's counters out of the list, adds what they say to the retired sums, returns it.
    ///
    /// # Safety
    ///
    /// The counters are in the list.
    pub(super) unsafe fn unlink(&self, counters: &Counters) -> Sums {
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
            seeded!(next.previous.store(previous, Relaxed), "registry-back-link-stale" => ());
        }
        // Under the lock: R3.
        let sums = counters.take();
        self.retire(sums);
        sums
    }

    /// Adds sums of a thread that is not in the list.
    pub(super) fn retire(&self, sums: Sums) {
        self.retired.add(sums);
    }

    /// What all threads did, those included that have ended.
    pub(super) fn process(&self) -> Sums {
        let _lock = self.lock();
        self.retired.get().plus(self.listed(None))
    }

    /// What the threads in the list did, but for one. The caller holds the lock.
    fn listed(&self, but: Option<&Counters>) -> Sums {
        let mut sums = Sums::ZERO;
        let mut thread = self.head.load(Relaxed);
        // SAFETY: R2: null or alive while the lock is held (R1); only shared references exist.
        while let Some(counters) = unsafe { thread.as_ref() } {
            if !but.is_some_and(|but| ptr::eq(but, counters)) {
                sums = sums.plus(counters.sums());
            }
            thread = counters.next.load(Relaxed);
        }
        sums
    }

    /// Takes the lock until the fork is over, and notes what all threads but the caller did.
    pub(super) fn before_fork(&self, caller: &Counters) {
        self.acquire();
        let listed =
            seeded!(self.listed(Some(caller)), "fork-counts-the-caller-twice" => self.listed(None));
        self.left_behind.set(listed);
    }

    /// Gives the lock back in the process that forked.
    pub(super) fn after_fork_in_parent(&self) {
        self.release();
    }

    /// Gives the lock back in the new process, whose only thread is the caller (R4).
    ///
    /// # Safety
    ///
    /// No other thread exists, `caller` are the caller's counters, and they are in the list; `None`
    /// if they are not.
    pub(super) unsafe fn after_fork_in_child(&self, caller: Option<&Counters>) {
        if let Some(caller) = caller {
            caller.previous.store(ptr::null_mut(), Relaxed);
            caller.next.store(ptr::null_mut(), Relaxed);
        }
        let first = caller.map_or(ptr::null_mut(), |caller| ptr::from_ref(caller).cast_mut());
        self.head.store(first, Relaxed);
        self.retire(self.left_behind.get());
        self.release();
    }

    fn lock(&self) -> Unlock<'_> {
        self.acquire();
        Unlock(self)
    }

    /// Spins: the allocator takes this lock, so taking it must not allocate, park or unwind.
    fn acquire(&self) {
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
    }

    fn release(&self) {
        self.lock.store(false, seeded!(Release, "registry-unlock-relaxed" => Relaxed));
    }
}

#[derive(Debug)]
struct Unlock<'a>(&'a Registry);

impl Drop for Unlock<'_> {
    fn drop(&mut self) {
        self.0.release();
    }
}

/// Sums that several threads add to.
#[derive(Debug)]
#[cfg_attr(all(test, thrifty_loom), derive(Default))]
struct Shared {
    allocs: AtomicU64,
    reallocs: AtomicU64,
    frees: AtomicU64,
    bytes: AtomicU64,
    freed: AtomicU64,
    kept: AtomicU64,
}

impl Shared {
    #[cfg(not(all(test, thrifty_loom)))]
    #[expect(clippy::declare_interior_mutable_const, reason = "an initial value, copied once each")]
    const ZERO: Self = Self {
        allocs: AtomicU64::new(0),
        reallocs: AtomicU64::new(0),
        frees: AtomicU64::new(0),
        bytes: AtomicU64::new(0),
        freed: AtomicU64::new(0),
        kept: AtomicU64::new(0),
    };

    fn add(&self, sums: Sums) {
        self.allocs.fetch_add(sums.allocs, Relaxed);
        self.reallocs.fetch_add(sums.reallocs, Relaxed);
        self.frees.fetch_add(sums.frees, Relaxed);
        self.bytes.fetch_add(sums.bytes, Relaxed);
        self.freed.fetch_add(sums.freed, Relaxed);
        self.kept.fetch_add(sums.kept, Relaxed);
    }

    fn set(&self, sums: Sums) {
        let old = self.get();
        self.add(sums.minus(old));
    }

    fn get(&self) -> Sums {
        Sums {
            allocs: self.allocs.load(Relaxed),
            reallocs: self.reallocs.load(Relaxed),
            frees: self.frees.load(Relaxed),
            bytes: self.bytes.load(Relaxed),
            freed: self.freed.load(Relaxed),
            kept: self.kept.load(Relaxed),
        }
    }
}
