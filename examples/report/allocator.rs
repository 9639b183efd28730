//! The global allocator of the report: one program, every backend that is compiled in.
//!
//! ```text
//!  Switch -+- plain (the default) ---------> ByEnv     one backend for the life of the process
//!          +- counting, once switched on --> Metered<ByEnv>
//! ```
//!
//! A process can have one `#[global_allocator]`, so the report starts itself again for every
//! backend and says in an environment variable which one it wants. The process that is timed never
//! counts: it pays one load and one branch that always goes the same way, for each call.
//!
//! # Invariants
//!
//! - A1: counting and not counting reach the same `ByEnv`, so a block that was made before it was
//!   switched on may be freed afterwards.

use std::alloc::{GlobalAlloc, Layout};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use thrifty::heap::{self, Backend, ByEnv, ByFeature};
use thrifty::meter::Metered;

/// The environment variable that names the backend; absent or unknown: what the features choose.
pub(crate) const VARIABLE: &str = "THRIFTY_REPORT_ALLOCATOR";

/// Whether [`VARIABLE`] is obeyed on this platform.
pub(crate) const CAN_CHOOSE: bool = cfg!(unix);

#[global_allocator]
static GLOBAL: Switch = Switch { counted: Metered::new(ByEnv::new(VARIABLE)) };

static COUNTING: AtomicBool = AtomicBool::new(false);

/// Counts from now on. Only for a process that times nothing.
pub(crate) fn count() {
    COUNTING.store(true, Relaxed);
}

/// Whether this process counts.
pub(crate) fn is_counting() -> bool {
    COUNTING.load(Relaxed)
}

/// The backend that this process runs on.
pub(crate) fn backend() -> Backend {
    heap::selection().map_or(ByFeature::BACKEND, |selection| selection.backend())
}

#[derive(Debug)]
struct Switch {
    counted: Metered<ByEnv>,
}

impl Switch {
    /// Calls the allocator that is in force; inlined, so that the compiler sees through the `dyn`.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call through a table would be part of every time")]
    fn with<R>(&self, call: impl FnOnce(&dyn GlobalAlloc) -> R) -> R {
        if COUNTING.load(Relaxed) { call(&self.counted) } else { call(self.counted.inner()) }
    }
}

// SAFETY: every method hands its arguments to the method of the same name of `ByEnv`, directly or
// through `Metered`, which does the same; by A1 a block goes back to the allocator that made it.
unsafe impl GlobalAlloc for Switch {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `layout` has a size above zero.
        self.with(|inner| unsafe { inner.alloc(layout) })
    }

    #[inline]
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is the callee's: `ptr` came from this allocator, which by A1
        // is `ByEnv`, with this `layout`.
        self.with(|inner| unsafe { inner.dealloc(ptr, layout) });
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `layout` has a size above zero.
        self.with(|inner| unsafe { inner.alloc_zeroed(layout) })
    }

    #[inline]
    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `ptr` came from this allocator, which by A1
        // is `ByEnv`, with this `layout`; `new_size` is above zero and does not overflow when
        // rounded up to the alignment.
        self.with(|inner| unsafe { inner.realloc(ptr, layout, new_size) })
    }
}
