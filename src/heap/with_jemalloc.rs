//! jemalloc.

use core::alloc::{GlobalAlloc, Layout};
use core::ffi::{CStr, c_char, c_void};
use core::ptr;

use tikv_jemalloc_sys as ffi;
use tikv_jemallocator::Jemalloc as Inner;

/// jemalloc as the process's allocator.
///
/// Take [`ByFeature`](super::ByFeature) instead to fall back to another allocator on targets where
/// jemalloc does not build (`*-msvc`): there this type does not exist.
///
/// # Allocation
///
/// Never allocates.
///
/// # Examples
///
/// ```
/// use thrifty::heap::Jemalloc;
///
/// #[global_allocator]
/// static GLOBAL: Jemalloc = Jemalloc;
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Jemalloc;

// SAFETY: every method hands its arguments to the method of the same name of `tikv_jemallocator`,
// whose implementation upholds the contract.
unsafe impl GlobalAlloc for Jemalloc {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `layout` has a size above zero.
        unsafe { Inner.alloc(layout) }
    }

    #[inline]
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is the callee's: `ptr` is a live block of jemalloc's, made
        // with this `layout`.
        unsafe { Inner.dealloc(ptr, layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `layout` has a size above zero.
        unsafe { Inner.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `ptr` is a live block of jemalloc's, made
        // with this `layout`; `new_size` is above zero and does not overflow when rounded up.
        unsafe { Inner.realloc(ptr, layout, new_size) }
    }
}

/// Whether `ptr` points to a live block that jemalloc made.
pub(super) fn owns(ptr: *const u8) -> bool {
    let mut arena = 0_u32;
    let mut arena_size = size_of::<u32>();
    let mut address: *const c_void = ptr.cast();
    // SAFETY: the name ends with NUL; `arenas.lookup` takes a pointer of any origin by value
    // (`newp` holds `newlen` bytes: the address) and writes an `unsigned` to `oldp`, which has room
    // for `oldlenp` bytes. All four pointers are to locals that live through the call.
    let code = unsafe {
        ffi::mallctl(
            c"arenas.lookup".as_ptr(),
            ptr::from_mut(&mut arena).cast(),
            &raw mut arena_size,
            ptr::from_mut(&mut address).cast(),
            size_of::<*const c_void>(),
        )
    };
    code == 0
}

/// The version that was linked.
pub(super) fn version() -> Option<&'static CStr> {
    let mut text: *const c_char = ptr::null();
    let mut size = size_of::<*const c_char>();
    // SAFETY: the name ends with NUL; `version` writes a pointer to `oldp`, which has room for
    // `oldlenp` bytes, and nothing new is passed. Both pointers are to locals that live through the
    // call.
    let code = unsafe {
        ffi::mallctl(
            c"version".as_ptr(),
            ptr::from_mut(&mut text).cast(),
            &raw mut size,
            ptr::null_mut(),
            0,
        )
    };
    if code != 0 || text.is_null() {
        return None;
    }
    // SAFETY: `version` yields a constant of the library (`JEMALLOC_VERSION`), a string that ends with
    // NUL.
    Some(unsafe { CStr::from_ptr(text) })
}
