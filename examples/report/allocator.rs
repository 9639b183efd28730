//! The global allocator of the report: one program, every backend that is compiled in.
//!
//! ```text
//!  Switch -+- plain (the default) -------> Chosen -+-> System
//!          |                                       +-> Mimalloc    one for the life
//!          +- counting, once switched on -> Metered<Chosen>        of the process
//!                                                  +-> Jemalloc
//! ```
//!
//! A process can have one `#[global_allocator]`, so the report starts itself again for every
//! backend and says in an environment variable which one it wants. The process that is timed never
//! counts: it pays one load and one branch that always goes the same way, for each call.
//!
//! # Invariants
//!
//! - A1: `CHOSEN` is written once, before the first block exists, and never changes afterwards: a
//!   block goes back to the backend that made it.
//! - A2: counting wraps the same `Chosen`, so a block that was made before it was switched on may be
//!   freed afterwards.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use thrifty::heap::{Backend, ByFeature};
use thrifty::meter::Metered;

/// The environment variable that names the backend; absent or unknown: what the features choose.
pub(crate) const VARIABLE: &str = "THRIFTY_REPORT_ALLOCATOR";

/// Whether [`VARIABLE`] is obeyed on this platform.
pub(crate) const CAN_CHOOSE: bool = cfg!(unix);

#[global_allocator]
static GLOBAL: Switch = Switch { counted: Metered::new(Chosen) };

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
    choice::backend()
}

#[derive(Debug)]
struct Switch {
    counted: Metered<Chosen>,
}

impl Switch {
    /// Calls the allocator that is in force; inlined, so that the compiler sees through the `dyn`.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call through a table would be part of every time")]
    fn with<R>(&self, call: impl FnOnce(&dyn GlobalAlloc) -> R) -> R {
        if COUNTING.load(Relaxed) { call(&self.counted) } else { call(&Chosen) }
    }
}

// SAFETY: every method hands its arguments to the method of the same name of `Chosen`, directly or
// through `Metered`, which does the same; by A2 a block goes back to the allocator that made it.
unsafe impl GlobalAlloc for Switch {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `layout` has a size above zero.
        self.with(|inner| unsafe { inner.alloc(layout) })
    }

    #[inline]
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is the callee's: `ptr` came from this allocator, which by A2
        // is `Chosen`, with this `layout`.
        self.with(|inner| unsafe { inner.dealloc(ptr, layout) });
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `layout` has a size above zero.
        self.with(|inner| unsafe { inner.alloc_zeroed(layout) })
    }

    #[inline]
    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `ptr` came from this allocator, which by A2
        // is `Chosen`, with this `layout`; `new_size` is above zero and does not overflow when
        // rounded up to the alignment.
        self.with(|inner| unsafe { inner.realloc(ptr, layout, new_size) })
    }
}

/// The backend of this process.
#[derive(Clone, Copy, Debug)]
struct Chosen;

impl Chosen {
    /// Calls the chosen backend; inlined, so that the compiler sees through the `dyn`.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call through a table would be part of every time")]
    fn with<R>(call: impl FnOnce(&dyn GlobalAlloc) -> R) -> R {
        match choice::backend() {
            #[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
            Backend::Mimalloc => call(&thrifty::heap::Mimalloc),
            #[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
            Backend::Jemalloc => call(&thrifty::heap::Jemalloc),
            _ => call(&System),
        }
    }
}

// SAFETY: every method hands its arguments to the method of the same name of one backend, whose
// implementation upholds the contract; by A1 it is the same backend in every call.
unsafe impl GlobalAlloc for Chosen {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `layout` has a size above zero.
        Self::with(|inner| unsafe { inner.alloc(layout) })
    }

    #[inline]
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is the callee's: `ptr` came from this allocator, by A1 from
        // the same backend, with this `layout`.
        Self::with(|inner| unsafe { inner.dealloc(ptr, layout) });
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `layout` has a size above zero.
        Self::with(|inner| unsafe { inner.alloc_zeroed(layout) })
    }

    #[inline]
    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `ptr` came from this allocator, by A1 from
        // the same backend, with this `layout`; `new_size` is above zero and does not overflow when
        // rounded up to the alignment.
        Self::with(|inner| unsafe { inner.realloc(ptr, layout, new_size) })
    }
}

/// One backend is compiled in, or the environment cannot be asked: nothing to choose.
#[cfg(not(all(unix, any(feature = "mimalloc", feature = "mimalloc-v3", feature = "jemalloc"))))]
mod choice {
    use super::{Backend, ByFeature};

    pub(super) const fn backend() -> Backend {
        ByFeature::BACKEND
    }
}

/// Chosen at the first request, from the environment.
#[cfg(all(unix, any(feature = "mimalloc", feature = "mimalloc-v3", feature = "jemalloc")))]
mod choice {
    use std::ffi::{CStr, c_char};
    use std::sync::atomic::AtomicU8;
    use std::sync::atomic::Ordering::Relaxed;

    use super::{Backend, ByFeature};

    static CHOSEN: AtomicU8 = AtomicU8::new(UNDECIDED);
    const UNDECIDED: u8 = 0;
    const SYSTEM: u8 = 1;
    const MIMALLOC: u8 = 2;
    const JEMALLOC: u8 = 3;

    unsafe extern "C" {
        fn getenv(name: *const c_char) -> *const c_char;
    }

    #[inline]
    pub(super) fn backend() -> Backend {
        match CHOSEN.load(Relaxed) {
            SYSTEM => Backend::System,
            MIMALLOC => Backend::Mimalloc,
            JEMALLOC => Backend::Jemalloc,
            _ => choose(),
        }
    }

    /// Reads the environment, without allocating.
    #[cold]
    #[inline(never)]
    fn choose() -> Backend {
        let asked = variable();
        let named = |backend: &Backend| asked == Some(backend.name().as_bytes());
        let backend = Backend::compiled().iter().copied().find(named).unwrap_or(ByFeature::BACKEND);
        let code = match backend {
            Backend::Mimalloc => MIMALLOC,
            Backend::Jemalloc => JEMALLOC,
            _ => SYSTEM,
        };
        CHOSEN.store(code, Relaxed);
        backend
    }

    fn variable() -> Option<&'static [u8]> {
        // SAFETY: the name ends with NUL, and nothing changes the environment meanwhile: this is the
        // first request of the process (A1), and a second thread cannot exist before that, since
        // starting one allocates. Nothing in this program changes its own environment later either,
        // so the bytes stay where they are.
        let value = unsafe { getenv(c"THRIFTY_REPORT_ALLOCATOR".as_ptr()) };
        if value.is_null() {
            return None;
        }
        // SAFETY: not null, so a string that ends with NUL and lives as long as the environment is
        // unchanged, which is as long as the process.
        Some(unsafe { CStr::from_ptr(value) }.to_bytes())
    }
}
