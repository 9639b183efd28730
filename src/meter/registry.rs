//! Every thread's counters in one list, and what ended threads left.
//!
//! ```text
//!  HEAD -> counters of thread 7 <-> counters of thread 3 <-> ...      RETIRED: ended threads
//! ```
//!
//! # Invariants
//!
//! - R1: `previous` and `next` of any counters, and `HEAD`, are read and written under `LOCK` only.
//! - R2: counters in the list are alive: their thread unlinks them before its storage goes away.

use core::ptr;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64};

use super::counters::{Counters, Sums};

static LOCK: AtomicBool = AtomicBool::new(false);
static HEAD: AtomicPtr<Counters> = AtomicPtr::new(ptr::null_mut());
static RETIRED: Retired = Retired {
    allocs: AtomicU64::new(0),
    reallocs: AtomicU64::new(0),
    frees: AtomicU64::new(0),
    bytes: AtomicU64::new(0),
    freed: AtomicU64::new(0),
};

#[derive(Debug)]
struct Retired {
    allocs: AtomicU64,
    reallocs: AtomicU64,
    frees: AtomicU64,
    bytes: AtomicU64,
    freed: AtomicU64,
}

/// Puts a thread's counters into the list.
///
/// # Safety
///
/// The counters are not in the list, and [`unlink`] is called before they go away.
pub(super) unsafe fn link(counters: &Counters) {
    let _lock = Lock::take();
    let this = ptr::from_ref(counters).cast_mut();
    let first = HEAD.load(Relaxed);
    counters.previous.store(ptr::null_mut(), Relaxed);
    counters.next.store(first, Relaxed);
    // SAFETY: R2: `first` is null or points to counters that are alive while the lock is held (R1);
    // only shared references to them exist, here as everywhere.
    if let Some(first) = unsafe { first.as_ref() } {
        first.previous.store(this, Relaxed);
    }
    HEAD.store(this, Relaxed);
}

/// Takes a thread's counters out of the list and adds what they say to the retired sums.
///
/// # Safety
///
/// The counters are in the list.
pub(super) unsafe fn unlink(counters: &Counters) {
    let _lock = Lock::take();
    let previous = counters.previous.load(Relaxed);
    let next = counters.next.load(Relaxed);
    // SAFETY: R2: null or alive while the lock is held (R1); only shared references exist.
    match unsafe { previous.as_ref() } {
        Some(previous) => previous.next.store(next, Relaxed),
        None => HEAD.store(next, Relaxed),
    }
    // SAFETY: R2, as for `previous`.
    if let Some(next) = unsafe { next.as_ref() } {
        next.previous.store(previous, Relaxed);
    }
    retire(counters.take());
}

/// Adds sums of a thread that is not in the list.
pub(super) fn retire(sums: Sums) {
    RETIRED.allocs.fetch_add(sums.allocs, Relaxed);
    RETIRED.reallocs.fetch_add(sums.reallocs, Relaxed);
    RETIRED.frees.fetch_add(sums.frees, Relaxed);
    RETIRED.bytes.fetch_add(sums.bytes, Relaxed);
    RETIRED.freed.fetch_add(sums.freed, Relaxed);
}

/// What all threads did, those included that have ended.
pub(super) fn process() -> Sums {
    let _lock = Lock::take();
    let mut sums = Sums {
        allocs: RETIRED.allocs.load(Relaxed),
        reallocs: RETIRED.reallocs.load(Relaxed),
        frees: RETIRED.frees.load(Relaxed),
        bytes: RETIRED.bytes.load(Relaxed),
        freed: RETIRED.freed.load(Relaxed),
    };
    let mut thread = HEAD.load(Relaxed);
    // SAFETY: R2: null or alive while the lock is held (R1); only shared references exist.
    while let Some(counters) = unsafe { thread.as_ref() } {
        sums = sums.plus(counters.sums());
        thread = counters.next.load(Relaxed);
    }
    sums
}

/// A spin lock: the allocator takes it, so it must not allocate, park or unwind.
#[derive(Debug)]
struct Lock;

impl Lock {
    fn take() -> Self {
        let mut spins = 0_u32;
        while LOCK.compare_exchange_weak(false, true, Acquire, Relaxed).is_err() {
            spins = spins.wrapping_add(1);
            if spins.is_multiple_of(64) {
                // The holder may have been descheduled. `yield_now` allocates nothing.
                std::thread::yield_now();
            } else {
                core::hint::spin_loop();
            }
        }
        Self
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        LOCK.store(false, Release);
    }
}
