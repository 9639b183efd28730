//! Whose is a block? Each is asked for its maker when it is handed out and when it comes back.

use std::alloc::{GlobalAlloc, Layout};
use std::io::{self, Write as _};
use std::process::abort;

use thrifty::heap::{self, Backend};

/// Ends the process if a block of `A` is not of the backend that was chosen.
#[derive(Debug)]
pub(crate) struct Makers<A>(pub(crate) A);

// SAFETY: every call goes to the method of the same name of `A` unchanged, which upholds the
// contract. Nothing here unwinds.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Makers<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's.
        asked(unsafe { self.0.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the callee's.
        asked(unsafe { self.0.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        asked(ptr);
        // SAFETY: the caller's promise is the callee's.
        asked(unsafe { self.0.realloc(ptr, layout, new_size) })
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        asked(ptr);
        // SAFETY: the caller's promise is the callee's.
        unsafe { self.0.dealloc(ptr, layout) }
    }
}

/// One block in eight, by its address, so that the same ones are asked about at both ends.
fn asked(block: *mut u8) -> *mut u8 {
    if !block.is_null() && (block.addr() >> 4).wrapping_mul(0x9E37_79B9).is_multiple_of(8) {
        let chosen = heap::selection().map(|selection| selection.backend());
        if chosen != Some(maker(block)) {
            complain(b"a block is not of the backend that was chosen\n");
        }
    }
    block
}

/// The backend that made the block, by its own word; the system's cannot be asked.
pub(crate) fn maker(block: *const u8) -> Backend {
    let [mimalloc, jemalloc] = [is_of_mimalloc(block), is_of_jemalloc(block)];
    match (mimalloc, jemalloc) {
        (true, false) => Backend::Mimalloc,
        (false, true) => Backend::Jemalloc,
        (false, false) => Backend::System,
        (true, true) => complain(b"a block is claimed by two backends\n"),
    }
}

#[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
fn is_of_mimalloc(block: *const u8) -> bool {
    // SAFETY: takes every address, and reads nothing behind it.
    unsafe { libmimalloc_sys::mi_is_in_heap_region(block.cast()) }
}

#[cfg(not(any(feature = "mimalloc", feature = "mimalloc-v3")))]
fn is_of_mimalloc(_: *const u8) -> bool {
    false
}

#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
fn is_of_jemalloc(block: *const u8) -> bool {
    let (mut arena, mut size, mut address) = (0_u32, size_of::<u32>(), block);
    // SAFETY: the name ends with NUL; `arenas.lookup` takes an address by value and answers with an
    // `unsigned`. All pointers are to locals of those types.
    let code = unsafe {
        tikv_jemalloc_sys::mallctl(
            c"arenas.lookup".as_ptr(),
            (&raw mut arena).cast(),
            &raw mut size,
            (&raw mut address).cast(),
            size_of::<*const u8>(),
        )
    };
    code == 0
}

#[cfg(not(all(feature = "jemalloc", not(target_env = "msvc"))))]
fn is_of_jemalloc(_: *const u8) -> bool {
    false
}

/// Says what is wrong and ends the process: an allocator must not unwind.
#[cold]
fn complain(what: &[u8]) -> ! {
    let _ = io::stderr().write_all(what);
    abort();
}
