//! The counters of one thread, and what the hot path does with them.
//!
//! ```text
//!  alloc                            dealloc
//!  allocs += 1                      freed += size
//!  bytes  += size                   frees += 1
//!  bytes > limit: slow path         limit += size;  limit < 0: slow path
//!
//!  live  = bytes - freed
//!  limit = freed + trip             so `bytes > limit` is `live > trip`, without a subtraction
//! ```
//!
//! That one compare, the *trip wire*, serves registration, peaks and budgets alike:
//!
//! | state of the thread | `trip` | effect |
//! |---|---|---|
//! | unborn or dead | `ALWAYS` | every operation takes the slow path |
//! | live | the peak so far | the slow path runs when a new peak is reached |
//! | watched by a budget | `ALWAYS` | every allocation is looked at |
//! | paused | `NEVER` | nothing is looked at |
//!
//! Only the owner writes, by plain loads and stores: an atomic type with relaxed order compiles to
//! the same unlocked instruction as an ordinary integer, and makes a foreign read sound. The sums
//! only grow: one that went up and down, such as `live`, would make each operation wait for the last.

use core::cell::Cell;
use core::sync::atomic::Ordering::Relaxed;

use crate::sync::{AtomicPtr, AtomicU64};

/// A trip wire that every operation touches: so far down that no sum gets near zero.
const ALWAYS: i64 = i64::MIN / 2;
/// A trip wire that nothing touches.
const NEVER: i64 = i64::MAX / 2;

/// What one thread did, as it stands in thread-local storage.
///
/// # Invariants
///
/// - C1: only the owning thread writes, and only it reads without the registry's lock.
/// - C2: the `Cell`s are the owning thread's alone; no other thread touches them.
/// - C3: `limit < 0` exactly while the trip wire is `ALWAYS`: any other is at or above `live` when it
///   is set, so `limit = freed + trip >= freed + live = bytes >= 0`, and `limit` only grows from there.
#[derive(Debug)]
#[cfg_attr(all(test, thrifty_loom), derive(Default))]
#[repr(C, align(64))]
pub(super) struct Counters {
    allocs: AtomicU64,
    bytes: AtomicU64,
    frees: AtomicU64,
    freed: AtomicU64,
    limit: Cell<i64>,
    /// Whether `trip` is the peak so far, rather than `ALWAYS` or `NEVER`.
    marks_peak: Cell<bool>,
    reallocs: AtomicU64,
    kept: AtomicU64,
    /// The neighbours in the registry, which alone uses them.
    pub(super) previous: AtomicPtr<Self>,
    pub(super) next: AtomicPtr<Self>,
}

impl Counters {
    /// Counters of a thread that has not been seen yet.
    #[cfg(not(all(test, thrifty_loom)))]
    pub(super) const fn unborn() -> Self {
        Self {
            allocs: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            frees: AtomicU64::new(0),
            freed: AtomicU64::new(0),
            limit: Cell::new(ALWAYS),
            marks_peak: Cell::new(false),
            reallocs: AtomicU64::new(0),
            kept: AtomicU64::new(0),
            previous: AtomicPtr::new(core::ptr::null_mut()),
            next: AtomicPtr::new(core::ptr::null_mut()),
        }
    }

    /// Counts an allocation; true if the trip wire was touched.
    #[inline]
    pub(super) fn count_alloc(&self, size: usize) -> bool {
        add(&self.allocs, 1);
        self.count_growth(size)
    }

    /// Counts the bytes by which a block grew; true if the trip wire was touched.
    #[inline]
    pub(super) fn count_growth(&self, by: usize) -> bool {
        add(&self.bytes, by as u64).cast_signed() > self.limit.get()
    }

    /// Counts a free; true if the trip wire is `ALWAYS`.
    #[inline]
    pub(super) fn count_free(&self, size: usize) -> bool {
        add(&self.frees, 1);
        self.count_shrink(size)
    }

    /// Counts the bytes by which a block shrank; true if the trip wire is `ALWAYS`.
    #[inline]
    pub(super) fn count_shrink(&self, by: usize) -> bool {
        add(&self.freed, by as u64);
        // Last: the sign of this very addition is the answer.
        let limit = self.limit.get().wrapping_add((by as u64).cast_signed());
        self.limit.set(limit);
        limit < 0
    }

    /// Counts a reallocation, whose growth or shrinking is counted apart, and the bytes it kept.
    #[inline]
    pub(super) fn count_realloc(&self, kept: usize) {
        add(&self.reallocs, 1);
        add(&self.kept, kept as u64);
    }

    /// Counts an allocation and nothing else.
    #[inline]
    pub(super) fn tally_alloc(&self, size: usize) {
        add(&self.allocs, 1);
        add(&self.bytes, size as u64);
    }

    /// Counts a free and nothing else.
    #[inline]
    pub(super) fn tally_free(&self, size: usize) {
        add(&self.frees, 1);
        add(&self.freed, size as u64);
    }

    /// Counts a reallocation and nothing else.
    #[inline]
    pub(super) fn tally_realloc(&self, old: usize, new: usize) {
        self.count_realloc(old.min(new));
        add(&self.bytes, new.saturating_sub(old) as u64);
        add(&self.freed, old.saturating_sub(new) as u64);
    }

    /// Where the trip wire stands, in the terms of the hot path; only the full mode moves it.
    pub(super) fn limit(&self) -> i64 {
        self.limit.get()
    }

    /// What this thread did.
    ///
    /// Read by another thread, under the registry's lock, each figure is one that the owner had or
    /// is about to have: exact while the owner is quiet.
    pub(super) fn sums(&self) -> Sums {
        Sums {
            allocs: self.allocs.load(Relaxed),
            reallocs: self.reallocs.load(Relaxed),
            frees: self.frees.load(Relaxed),
            bytes: self.bytes.load(Relaxed),
            freed: self.freed.load(Relaxed),
            kept: self.kept.load(Relaxed),
        }
    }

    /// Returns what this thread did, and starts again as one that has not been seen yet.
    pub(super) fn take(&self) -> Sums {
        let sums = self.sums();
        let Self { allocs, reallocs, frees, bytes, freed, kept, .. } = self;
        for figure in [allocs, reallocs, frees, bytes, freed, kept] {
            figure.store(0, Relaxed);
        }
        self.trip(Trip::Always);
        sums
    }

    /// The trip wire was touched: if it marks the peak, this is a new one, and all is done.
    ///
    /// The new peak is what is live now, and `freed + live` is `bytes`.
    pub(super) fn marked_new_peak(&self) -> bool {
        if self.marks_peak.get() {
            self.limit.set(self.bytes.load(Relaxed).cast_signed());
        }
        self.marks_peak.get()
    }

    /// The peak, if the trip wire marks it.
    pub(super) fn marked_peak(&self) -> Option<i64> {
        let trip = || self.limit.get().wrapping_sub(self.freed.load(Relaxed).cast_signed());
        self.marks_peak.get().then(trip)
    }

    /// Moves the trip wire to `peak`, which is at least `live`, and lets it follow from there.
    pub(super) fn mark_peak(&self, peak: i64) {
        self.set_trip(peak);
        self.marks_peak.set(true);
    }

    /// Makes every operation touch the trip wire, or none.
    pub(super) fn trip(&self, trip: Trip) {
        self.set_trip(match trip {
            Trip::Always => ALWAYS,
            Trip::Never => NEVER,
        });
    }

    fn set_trip(&self, trip: i64) {
        self.marks_peak.set(false);
        self.limit.set(self.freed.load(Relaxed).cast_signed().wrapping_add(trip));
    }
}

/// Where the trip wire stands when it does not mark the peak.
#[derive(Clone, Copy, Debug)]
pub(super) enum Trip {
    Always,
    Never,
}

/// Adds without a locked instruction (C1), and returns the new value.
#[inline]
fn add(figure: &AtomicU64, by: u64) -> u64 {
    let sum = figure.load(Relaxed).wrapping_add(by);
    figure.store(sum, Relaxed);
    sum
}

/// The figures of a thread or of many; all of them only grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) allocs: u64,
    pub(super) reallocs: u64,
    pub(super) frees: u64,
    pub(super) bytes: u64,
    pub(super) freed: u64,
    /// Bytes that reallocations kept: the smaller of old and new size, summed.
    pub(super) kept: u64,
}

impl Sums {
    pub(super) const ZERO: Self =
        Self { allocs: 0, reallocs: 0, frees: 0, bytes: 0, freed: 0, kept: 0 };

    /// Bytes that are live: negative on a thread that frees what others allocated.
    pub(super) const fn live(&self) -> i64 {
        self.bytes.wrapping_sub(self.freed).cast_signed()
    }

    pub(super) const fn plus(self, other: Self) -> Self {
        Self {
            allocs: self.allocs.wrapping_add(other.allocs),
            reallocs: self.reallocs.wrapping_add(other.reallocs),
            frees: self.frees.wrapping_add(other.frees),
            bytes: self.bytes.wrapping_add(other.bytes),
            freed: self.freed.wrapping_add(other.freed),
            kept: self.kept.wrapping_add(other.kept),
        }
    }

    pub(super) const fn minus(self, other: Self) -> Self {
        Self {
            allocs: self.allocs.wrapping_sub(other.allocs),
            reallocs: self.reallocs.wrapping_sub(other.reallocs),
            frees: self.frees.wrapping_sub(other.frees),
            bytes: self.bytes.wrapping_sub(other.bytes),
            freed: self.freed.wrapping_sub(other.freed),
            kept: self.kept.wrapping_sub(other.kept),
        }
    }
}
