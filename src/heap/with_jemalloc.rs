//! jemalloc.

use core::alloc::{GlobalAlloc, Layout};
use core::ffi::{CStr, c_void};
use core::ptr;

use tikv_jemalloc_sys as ffi;
use tikv_jemallocator::Jemalloc as Inner;

use super::Stats;

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

/// Fills in what jemalloc says of itself.
pub(super) fn fill(stats: &mut Stats) {
    // The figures are a snapshot, taken when the epoch is written.
    if !write(c"epoch", 1_u64) {
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
    call(c"thread.tcache.flush");
}

/// Gives free pages back, of every arena. `flush_thread` comes first.
pub(super) fn purge() {
    // 4096 is `MALLCTL_ARENAS_ALL` in jemalloc.h: all arenas at once.
    call(c"arena.4096.purge");
}

fn bytes(name: &CStr) -> Option<u64> {
    read::<usize>(name).map(|bytes| bytes as u64)
}

/// The arenas that are in use: `arenas.narenas` also counts those that never were.
fn arenas() -> Option<u32> {
    let mut name = [0; 3];
    let mut length = name.len();
    // SAFETY: the name ends with NUL; `name` has room for `length` numbers, which is what it has.
    let code = unsafe {
        ffi::mallctlnametomib(c"arena.0.initialized".as_ptr(), name.as_mut_ptr(), &raw mut length)
    };
    if code != 0 || length != name.len() {
        return None;
    }
    let most = read::<u32>(c"arenas.narenas")?;
    let in_use = (0..most).filter(|&arena| {
        name[1] = arena as usize;
        // jemalloc's `bool` is one byte, 0 or 1.
        let mut initialized = 0_u8;
        let mut size = size_of::<u8>();
        // SAFETY: `name` holds the three numbers of a name that exists; `initialized` has room for
        // `size` bytes; nothing is written to jemalloc.
        let code = unsafe {
            ffi::mallctlbymib(
                name.as_ptr(),
                name.len(),
                ptr::from_mut(&mut initialized).cast(),
                &raw mut size,
                ptr::null_mut(),
                0,
            )
        };
        code == 0 && initialized != 0
    });
    u32::try_from(in_use.count()).ok()
}

/// A number that jemalloc reads or writes: every pattern of bits is one.
trait Number: Copy + Default {}
impl Number for u32 {}
impl Number for u64 {}
impl Number for usize {}

/// `None` if this build of jemalloc does not know the name, or knows it by another type.
fn read<T: Number>(name: &CStr) -> Option<T> {
    let mut value = T::default();
    let mut size = size_of::<T>();
    // SAFETY: the name ends with NUL; `value` has room for `size` bytes, and whatever jemalloc
    // writes there is a `T`; nothing is written to jemalloc.
    let code = unsafe {
        ffi::mallctl(
            name.as_ptr(),
            ptr::from_mut(&mut value).cast(),
            &raw mut size,
            ptr::null_mut(),
            0,
        )
    };
    (code == 0 && size == size_of::<T>()).then_some(value)
}

fn write<T: Number>(name: &CStr, mut value: T) -> bool {
    // SAFETY: the name ends with NUL; `value` holds the number of bytes that is given; a type of
    // another size than jemalloc expects is an error; nothing is read.
    let code = unsafe {
        ffi::mallctl(
            name.as_ptr(),
            ptr::null_mut(),
            ptr::null_mut(),
            ptr::from_mut(&mut value).cast(),
            size_of::<T>(),
        )
    };
    code == 0
}

/// Calls a name that neither takes nor gives a value.
fn call(name: &CStr) {
    // SAFETY: the name ends with NUL; null and 0 say that there is no value.
    unsafe {
        ffi::mallctl(name.as_ptr(), ptr::null_mut(), ptr::null_mut(), ptr::null_mut(), 0);
    }
}
