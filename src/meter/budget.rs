//! Bounds as a value, to be named once and kept in many places.

use super::assert::{AllocsGuard, Bound, Field, Op};

/// What a piece of code may take from the heap: upper bounds, none at first.
///
/// For a budget that several tests share, or that comes from a table. Take
/// [`assert_allocs!`](crate::assert_allocs) for a block with bounds of its own, exact ones included.
///
/// # Allocation
///
/// Never allocates.
///
/// # Examples
///
/// ```
/// # use std::alloc::System;
/// # use thrifty::meter::Metered;
/// # #[global_allocator]
/// # static GLOBAL: Metered<System> = Metered::new(System);
/// use thrifty::meter::Budget;
///
/// const LABEL: Budget = Budget::new().allocs(1).bytes(16).peak(16);
///
/// let label = LABEL.run(|| String::from("order-7"));
/// assert_eq!(label, "order-7");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a budget bounds nothing until it runs something"]
pub struct Budget {
    allocs: u64,
    reallocs: u64,
    frees: u64,
    bytes: u64,
    peak: u64,
}

impl Budget {
    /// Returns a budget without bounds.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub const fn new() -> Self {
        Self {
            allocs: u64::MAX,
            reallocs: u64::MAX,
            frees: u64::MAX,
            bytes: u64::MAX,
            peak: u64::MAX,
        }
    }

    /// Bounds allocations and reallocations together.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub const fn allocs(self, at_most: u64) -> Self {
        Self { allocs: at_most, ..self }
    }

    /// Bounds reallocations.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub const fn reallocs(self, at_most: u64) -> Self {
        Self { reallocs: at_most, ..self }
    }

    /// Bounds frees.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub const fn frees(self, at_most: u64) -> Self {
        Self { frees: at_most, ..self }
    }

    /// Bounds the bytes of all requests, growth of reallocations included.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub const fn bytes(self, at_most: u64) -> Self {
        Self { bytes: at_most, ..self }
    }

    /// Bounds the bytes that are live at a time, above those at the start.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub const fn peak(self, at_most: u64) -> Self {
        Self { peak: at_most, ..self }
    }

    /// Runs `f` on this thread and fails if it goes over the budget.
    ///
    /// The message is that of [`assert_allocs!`](crate::assert_allocs), with the caller's line.
    ///
    /// # Allocation
    ///
    /// Allocates freely: a tool for tests.
    ///
    /// # Panics
    ///
    /// Panics if a bound does not hold, and where [`measure`](super::measure) does.
    #[track_caller]
    pub fn run<R>(&self, f: impl FnOnce() -> R) -> R {
        let at_most = |field, value| Bound::new(field, Op::AtMost, value);
        let guard = AllocsGuard::enter(
            "Budget",
            [
                at_most(Field::Allocs, self.allocs),
                at_most(Field::Reallocs, self.reallocs),
                at_most(Field::Frees, self.frees),
                at_most(Field::Bytes, self.bytes),
                at_most(Field::Peak, self.peak),
            ],
        );
        let result = f();
        guard.finish();
        result
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new()
    }
}
