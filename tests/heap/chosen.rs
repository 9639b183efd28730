//! An allocator that the environment chooses at the first allocation.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ffi::{CStr, c_char};
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
use thrifty::heap::Jemalloc;
#[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
use thrifty::heap::Mimalloc;

/// The variable that names the backend.
pub(crate) const BACKEND: &str = "THRIFTY_FIGURES_BACKEND";
const BACKEND_C: &CStr = c"THRIFTY_FIGURES_BACKEND";

/// # Invariants
///
/// - C1: the choice is made at the first call and never changes, so that all blocks are of one backend.
pub(crate) struct Chosen;

static CHOICE: AtomicU8 = AtomicU8::new(0);

unsafe extern "C" {
    fn getenv(name: *const c_char) -> *const c_char;
}

/// The first letter of the backend's name, `s` if there is none.
fn choice() -> u8 {
    let made = CHOICE.load(Relaxed);
    if made != 0 {
        return made;
    }
    // SAFETY: the name ends with NUL; nothing sets a variable while the first allocation is made.
    let value = unsafe { getenv(BACKEND_C.as_ptr()) };
    let letter = if value.is_null() {
        b's'
    } else {
        // SAFETY: not null, so it is the address of a text that has at least its final NUL.
        unsafe { value.cast::<u8>().read() }
    };
    CHOICE.store(letter, Relaxed);
    letter
}

fn with<R>(call: impl FnOnce(&dyn GlobalAlloc) -> R) -> R {
    match choice() {
        #[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
        b'm' => call(&Mimalloc),
        #[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
        b'j' => call(&Jemalloc),
        _ => call(&System),
    }
}

// SAFETY: every method hands its arguments to the method of the same name of an allocator that
// upholds the contract; by C1 it is always the same one.
unsafe impl GlobalAlloc for Chosen {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `layout` has a size above zero.
        with(|inner| unsafe { inner.alloc(layout) })
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is the callee's: `ptr` came from this allocator, by C1 from
        // `inner`, with this `layout`.
        with(|inner| unsafe { inner.dealloc(ptr, layout) });
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `layout` has a size above zero.
        with(|inner| unsafe { inner.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's: `ptr` came from this allocator, by C1 from
        // `inner`, with this `layout`; `new_size` is above zero and does not overflow when rounded
        // up to the alignment.
        with(|inner| unsafe { inner.realloc(ptr, layout, new_size) })
    }
}
