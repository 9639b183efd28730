//! jemalloc.

use core::alloc::{GlobalAlloc, Layout};
use core::ffi::{CStr, c_char, c_uint, c_void};
use core::ptr;

use tikv_jemalloc_sys as ffi;
use tikv_jemallocator::Jemalloc as Inner;

use super::Stats;
use super::mallctl::{OfArena, call, read, write};

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
    let text = read::<*const c_char>(c"version").ok().filter(|text| !text.is_null())?;
    // SAFETY: `version` yields a constant of the library (`JEMALLOC_VERSION`), a string that ends with
    // NUL.
    Some(unsafe { CStr::from_ptr(text) })
}

/// Fills in what jemalloc says of itself.
pub(super) fn fill(stats: &mut Stats) {
    // The figures are a snapshot, taken when the epoch is written.
    if write(c"epoch", 1_u64).is_err() {
        return;
    }
    stats.allocated = bytes(c"stats.allocated");
    stats.active = bytes(c"stats.active");
    stats.committed = bytes(c"stats.mapped");
    stats.retained = bytes(c"stats.retained");
    stats.metadata = bytes(c"stats.metadata");
    stats.arenas = arenas();
}

/// Gives back what this thread caches, to the arenas.
pub(super) fn flush_thread() {
    // There is nothing to flush where there is no cache.
    let _ = call(c"thread.tcache.flush");
}

/// Gives free pages back, of every arena. `flush_thread` comes first.
pub(super) fn purge() {
    // 4096 is `MALLCTL_ARENAS_ALL` in jemalloc.h: all arenas at once.
    let _ = call(c"arena.4096.purge");
}

fn bytes(name: &CStr) -> Option<u64> {
    read::<usize>(name).ok().map(|bytes| bytes as u64)
}

/// The arenas that are in use: `arenas.narenas` also counts those that never were.
fn arenas() -> Option<u32> {
    let initialized = OfArena::new(c"arena.0.initialized").ok()?;
    let most = read::<c_uint>(c"arenas.narenas").ok()?;
    let in_use = (0..most).filter(|&arena| initialized.read(arena).unwrap_or(false));
    u32::try_from(in_use.count()).ok()
}
