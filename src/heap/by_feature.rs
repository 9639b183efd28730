//! The allocator that Cargo features choose.

use core::alloc::{GlobalAlloc, Layout};

use super::Backend;

#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
use super::Jemalloc as Chosen;
#[cfg(all(
    any(feature = "mimalloc", feature = "mimalloc-v3"),
    any(not(feature = "jemalloc"), target_env = "msvc")
))]
use super::Mimalloc as Chosen;
#[cfg(all(
    not(any(feature = "mimalloc", feature = "mimalloc-v3")),
    any(not(feature = "jemalloc"), target_env = "msvc")
))]
use super::System as Chosen;

/// The first allocator of jemalloc, mimalloc and the system's that is compiled in.
///
/// For programs that switch by Cargo features. Take `Mimalloc`, `Jemalloc` or
/// [`System`](super::System) instead where exactly one will do: any crate in the graph may turn a
/// feature on, and a target that cannot build jemalloc falls through to the next one here.
///
/// All four methods of `GlobalAlloc` go straight to the backend's own; the type has no size.
///
/// # Allocation
///
/// Never allocates.
///
/// # Examples
///
/// ```
/// use thrifty::heap::{Backend, ByFeature};
///
/// #[global_allocator]
/// static GLOBAL: ByFeature = ByFeature::new();
///
/// assert_eq!(ByFeature::BACKEND, Backend::compiled()[0]);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct ByFeature {
    _private: (),
}

impl ByFeature {
    /// The backend that the features of this build choose.
    pub const BACKEND: Backend = Backend::compiled()[0];

    /// Returns the allocator, for the static.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn new() -> Self {
        Self { _private: () }
    }
}

// SAFETY: every method hands its arguments to the method of the same name of `Chosen`, whose
// implementation upholds the contract; one backend serves every call, so a block always goes back to
// the allocator that made it.
unsafe impl GlobalAlloc for ByFeature {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `layout` has a size above zero.
        unsafe { Chosen.alloc(layout) }
    }

    #[inline]
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is the callee's: `ptr` came from this allocator, that is from
        // `Chosen`, with this `layout`.
        unsafe { Chosen.dealloc(ptr, layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `layout` has a size above zero.
        unsafe { Chosen.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `ptr` came from this allocator, that is from
        // `Chosen`, with this `layout`; `new_size` is above zero and does not overflow when rounded
        // up to the alignment.
        unsafe { Chosen.realloc(ptr, layout, new_size) }
    }
}
