//! The figures.

use core::fmt;

use super::counters::Sums;
use super::local;
use super::scope::{Mode, ensure_installed, mode};

/// What a piece of code did to the heap, on one thread.
///
/// Counts are numbers of calls, sizes are bytes as requested. A `realloc` counts in `reallocs`, and
/// its growth or shrinking in `bytes_allocated` or `bytes_freed`. Blocks are counted where the call
/// is made: freeing what another thread allocated counts here as a free.
///
/// # Allocation
///
/// Never allocates.
///
/// # Examples
///
/// ```
/// # use std::alloc::System;
/// # use thrifty::meter::{self, Metered};
/// # #[global_allocator]
/// # static GLOBAL: Metered<System> = Metered::new(System);
/// let ((), usage) = meter::measure(|| drop(vec![0_u8; 100]));
/// assert_eq!(usage.to_string(), "1 allocs, 0 reallocs, 1 frees, 100 B, peak 100 B");
/// assert_eq!(usage.net_bytes(), 0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Usage {
    /// Calls of `alloc` and `alloc_zeroed` that succeeded.
    pub allocs: u64,
    /// Calls of `realloc` that succeeded.
    pub reallocs: u64,
    /// Calls of `dealloc`.
    pub frees: u64,
    /// Bytes requested by allocations, and by which reallocations grew their blocks.
    pub bytes_allocated: u64,
    /// Bytes of freed blocks, and by which reallocations shrank theirs.
    pub bytes_freed: u64,
    /// Bytes that reallocations kept: the smaller of old and new size, summed. In no other figure.
    pub bytes_kept: u64,
    /// The most bytes that were live at a time, above those that were live at the start.
    ///
    /// 0 in the mode [`CountsOnly`](super::CountsOnly), which does not know it.
    pub peak_bytes: u64,
}

impl Usage {
    /// Returns the number of allocations and reallocations together.
    ///
    /// Each of them may hand out a new block: this is the figure that `assert_allocs!` bounds.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn requests(&self) -> u64 {
        self.allocs + self.reallocs
    }

    /// Returns the bytes that are still live, negative if more were freed than allocated.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn net_bytes(&self) -> i64 {
        self.bytes_allocated.wrapping_sub(self.bytes_freed).cast_signed()
    }

    /// Divides every figure but the peak by `iterations`, rounding down as Go's `testing` does.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Panics
    ///
    /// Panics if `iterations` is 0.
    #[must_use]
    #[track_caller]
    pub const fn per_iter(&self, iterations: u64) -> Self {
        assert!(iterations > 0, "usage per iteration of 0 iterations: pass at least 1");
        Self {
            allocs: self.allocs / iterations,
            reallocs: self.reallocs / iterations,
            frees: self.frees / iterations,
            bytes_allocated: self.bytes_allocated / iterations,
            bytes_freed: self.bytes_freed / iterations,
            bytes_kept: self.bytes_kept / iterations,
            peak_bytes: self.peak_bytes,
        }
    }

    /// Returns the figures that dhat would show for the same code.
    ///
    /// dhat counts a reallocation as a block of its own, with its whole new size. Both agree to the
    /// byte on code that runs on one thread and frees what it allocated itself. A block that existed
    /// before has another peak at dhat, which takes a reallocation for a new block and does not see
    /// the free.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::alloc::System;
    /// # use thrifty::meter::{self, Metered};
    /// # #[global_allocator]
    /// # static GLOBAL: Metered<System> = Metered::new(System);
    /// let (_, usage) = meter::measure(|| {
    ///     let mut bytes = Vec::<u8>::with_capacity(10);
    ///     bytes.reserve_exact(30);
    ///     bytes
    /// });
    /// // 30 bytes were live at most, but dhat adds 10 and 30.
    /// assert_eq!((usage.allocs, usage.reallocs, usage.bytes_allocated), (1, 1, 30));
    /// let dhat = usage.as_dhat();
    /// assert_eq!((dhat.total_blocks, dhat.total_bytes, dhat.max_bytes), (2, 40, 30));
    /// ```
    #[must_use]
    pub fn as_dhat(&self) -> DhatView {
        DhatView {
            total_blocks: self.requests(),
            total_bytes: self.bytes_allocated + self.bytes_kept,
            max_bytes: usize::try_from(self.peak_bytes).unwrap_or(usize::MAX),
        }
    }

    pub(super) fn new(sums: Sums, peak: i64) -> Self {
        Self {
            allocs: sums.allocs,
            reallocs: sums.reallocs,
            frees: sums.frees,
            bytes_allocated: sums.bytes,
            bytes_freed: sums.freed,
            bytes_kept: sums.kept,
            peak_bytes: u64::try_from(peak).unwrap_or(0),
        }
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} allocs, {} reallocs, ", self.allocs, self.reallocs)?;
        write!(f, "{} frees, {} B", self.frees, self.bytes_allocated)?;
        if mode() == Mode::CountsOnly { Ok(()) } else { write!(f, ", peak {} B", self.peak_bytes) }
    }
}

/// A [`Usage`] in dhat's figures, with the names and types of its `HeapStats`.
///
/// # Allocation
///
/// Never allocates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct DhatView {
    /// Allocations and reallocations.
    pub total_blocks: u64,
    /// Bytes of all blocks, a reallocated one with its whole new size.
    pub total_bytes: u64,
    /// The most bytes that were live at a time.
    pub max_bytes: usize,
}

/// What all threads of the process did to the heap, those included that have ended.
///
/// There is no peak here: the sum of the threads' peaks would not be the process's.
///
/// # Allocation
///
/// Never allocates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Totals {
    /// Calls of `alloc` and `alloc_zeroed` that succeeded.
    pub allocs: u64,
    /// Calls of `realloc` that succeeded.
    pub reallocs: u64,
    /// Calls of `dealloc`.
    pub frees: u64,
    /// Bytes requested by allocations, and by which reallocations grew their blocks.
    pub bytes_allocated: u64,
    /// Bytes of freed blocks, and by which reallocations shrank theirs.
    pub bytes_freed: u64,
}

impl Totals {
    /// Returns the number of blocks that are live.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn live_blocks(&self) -> u64 {
        self.allocs.saturating_sub(self.frees)
    }

    /// Returns the number of bytes that are live.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn live_bytes(&self) -> u64 {
        self.bytes_allocated.saturating_sub(self.bytes_freed)
    }
}

/// Returns what the calling thread did since it began, without what was paused.
///
/// Take [`measure`](super::measure) for a piece of code.
///
/// # Allocation
///
/// Never allocates while it is known to be installed; otherwise once, for 8 bytes.
///
/// # Panics
///
/// Panics if [`Metered`](super::Metered) is not the global allocator: ask
/// [`is_installed`](super::is_installed) where it may not be.
#[must_use]
#[track_caller]
pub fn thread() -> Usage {
    ensure_installed();
    let peak = if mode() == Mode::Full { local::peak() } else { 0 };
    Usage::new(local::view(), peak)
}

/// Returns what all threads of the process did since it began.
///
/// Exact while no other thread allocates or frees; otherwise each figure lags by what the others are
/// just doing. Includes what was paused. After a fork, the new process goes on from its parent's sums.
///
/// # Allocation
///
/// Never allocates while it is known to be installed; otherwise once, for 8 bytes.
///
/// # Panics
///
/// Panics if [`Metered`](super::Metered) is not the global allocator: ask
/// [`is_installed`](super::is_installed) where it may not be.
///
/// # Cost
///
/// O(number of live threads), under a lock that threads take when they begin and end.
#[must_use]
#[track_caller]
pub fn process() -> Totals {
    ensure_installed();
    let sums = local::process();
    Totals {
        allocs: sums.allocs,
        reallocs: sums.reallocs,
        frees: sums.frees,
        bytes_allocated: sums.bytes,
        bytes_freed: sums.freed,
    }
}
