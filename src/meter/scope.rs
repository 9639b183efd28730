//! Measures a piece of code on the calling thread.

use core::hint::black_box;
use core::marker::PhantomData;
use core::sync::atomic::{AtomicBool, Ordering};

use super::counters::Sums;
use super::local;
use super::usage::Usage;

/// Runs `f` and returns its result together with what it did to the heap.
///
/// Counts this thread only, so tests that run in parallel do not disturb each other; what `f` hands
/// to other threads is not seen. Calls nest. Take [`Scope`] where a closure does not fit.
///
/// # Allocation
///
/// Allocates whatever `T::clone` (or the closure) allocates, and nothing else.
///
/// # Panics
///
/// Panics if [`Metered`](super::Metered) is not the global allocator, so that a figure of 0 is
/// always a measured one, and if the thread has 128 scopes open.
///
/// # Examples
///
/// ```
/// # use std::alloc::System;
/// # use thrifty::meter::{self, Metered};
/// # #[global_allocator]
/// # static GLOBAL: Metered<System> = Metered::new(System);
/// let (words, usage) = meter::measure(|| "a b c".split(' ').collect::<Vec<_>>());
/// assert_eq!(words.len(), 3);
/// assert_eq!(usage.allocs, 1);
/// ```
#[track_caller]
pub fn measure<R>(f: impl FnOnce() -> R) -> (R, Usage) {
    let scope = Scope::enter();
    let result = f();
    (result, scope.finish())
}

/// Runs `f` once to warm up, then `runs` times, and returns the integer average of those runs.
///
/// As Go's `testing.AllocsPerRun`: rounding down makes `== 1` testable where a cache grows now and
/// then. `peak_bytes` is the highest of all runs. What `f` returns is dropped within its run.
///
/// # Allocation
///
/// Allocates whatever `T::clone` (or the closure) allocates, and nothing else.
///
/// # Panics
///
/// Panics if `runs` is 0, and where [`measure`] does.
///
/// # Examples
///
/// ```
/// # use std::alloc::System;
/// # use thrifty::meter::{self, Metered};
/// # #[global_allocator]
/// # static GLOBAL: Metered<System> = Metered::new(System);
/// let mut line = String::new();
/// let usage = meter::allocs_per_run(100, || {
///     line.clear();
///     line.push_str("the first run allocates, the others reuse");
/// });
/// assert_eq!(usage.requests(), 0);
/// ```
#[track_caller]
pub fn allocs_per_run<R>(runs: u64, mut f: impl FnMut() -> R) -> Usage {
    assert!(runs > 0, "allocs_per_run of 0 runs: pass at least 1");
    ensure_installed();
    drop(black_box(f()));
    let mut sums = Sums::ZERO;
    let mut peak = 0;
    for _ in 0..runs {
        let scope = Scope::enter();
        drop(black_box(f()));
        sums = sums.plus(scope.sums());
        peak = peak.max(scope.peak());
    }
    Usage::new(sums, peak).per_iter(runs)
}

/// Counts what this thread does to the heap until it is finished or dropped.
///
/// Take [`measure`] where a closure fits. Scopes nest, and may end in any order; a thread can have
/// 128 of them open. A scope stays on its thread, so it cannot be held across an `.await` of a task
/// that moves.
///
/// # Allocation
///
/// Never allocates.
///
/// # Examples
///
/// ```
/// # use std::alloc::System;
/// # use thrifty::meter::{Metered, Scope};
/// # #[global_allocator]
/// # static GLOBAL: Metered<System> = Metered::new(System);
/// let scope = Scope::enter();
/// let text = String::from("kept");
/// assert_eq!(scope.so_far().allocs, 1);
/// drop(text);
/// let usage = scope.finish();
/// assert_eq!((usage.frees, usage.peak_bytes), (1, 4));
/// ```
#[derive(Debug)]
#[must_use = "a scope that is dropped at once measures nothing"]
pub struct Scope {
    slot: usize,
    since: Sums,
    /// Tied to the thread whose counters it reads.
    _not_send: PhantomData<*const ()>,
}

impl Scope {
    /// Starts to count.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Panics
    ///
    /// Panics if [`Metered`](super::Metered) is not the global allocator, if the thread has 128
    /// scopes open, or in a thread-local destructor of a thread that ends.
    #[track_caller]
    pub fn enter() -> Self {
        ensure_installed();
        let (slot, since) = local::open_scope();
        Self { slot, since, _not_send: PhantomData }
    }

    /// Returns what happened since the scope was entered, and goes on.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn so_far(&self) -> Usage {
        Usage::new(self.sums(), self.peak())
    }

    /// Returns what happened since the scope was entered, and ends it.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn finish(self) -> Usage {
        self.so_far()
    }

    pub(super) fn sums(&self) -> Sums {
        local::view().minus(self.since)
    }

    /// The peak in bytes above what was live when the scope was entered.
    pub(super) fn peak(&self) -> i64 {
        local::scope_peak(self.slot) - self.since.live()
    }

    pub(super) const fn since(&self) -> Sums {
        self.since
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        local::close_scope(self.slot);
    }
}

/// Runs `f` without counting it in any scope, budget or figure of this thread.
///
/// For what a test must do inside the measured code but does not mean: logging, a first-use cache.
/// Blocks that `f` allocates and other code frees count as frees there. [`process`](super::process)
/// still counts everything. Works where [`Metered`](super::Metered) is not installed.
///
/// # Allocation
///
/// Allocates whatever `T::clone` (or the closure) allocates, and nothing else.
///
/// # Examples
///
/// ```
/// # use std::alloc::System;
/// # use thrifty::meter::{self, Metered};
/// # #[global_allocator]
/// # static GLOBAL: Metered<System> = Metered::new(System);
/// let ((), usage) = meter::measure(|| meter::pause(|| drop(vec![1, 2, 3])));
/// assert_eq!(usage.requests(), 0);
/// ```
pub fn pause<R>(f: impl FnOnce() -> R) -> R {
    struct Resume;

    impl Drop for Resume {
        fn drop(&mut self) {
            local::resume();
        }
    }

    local::pause();
    let _resume = Resume;
    f()
}

/// Returns whether [`Metered`](super::Metered) is the global allocator of this process.
///
/// # Allocation
///
/// Never allocates while the answer is known to be yes; otherwise once, for 8 bytes.
#[must_use]
pub fn is_installed() -> bool {
    static INSTALLED: AtomicBool = AtomicBool::new(false);

    if INSTALLED.load(Ordering::Relaxed) {
        return true;
    }
    let before = local::process().allocs;
    drop(black_box(Box::new(black_box(0_u64))));
    let installed = local::process().allocs != before;
    if installed {
        INSTALLED.store(true, Ordering::Relaxed);
    }
    installed
}

#[track_caller]
pub(super) fn ensure_installed() {
    assert!(
        is_installed(),
        "thrifty::meter cannot count: `Metered` is not the global allocator of this program. \
         Put this into the binary, test or bench (not into a library):\n\n    \
         #[global_allocator]\n    \
         static GLOBAL: thrifty::meter::Metered<std::alloc::System> =\n        \
         thrifty::meter::Metered::new(std::alloc::System);\n\n\
         If it is there, two versions of thrifty are in the dependency graph: \
         `cargo tree --invert thrifty` shows them."
    );
}
