//! A library that a program loads while it runs. It has its own allocator, and its own choice.

use std::ptr;
use std::thread;

use thrifty::heap::{self, Backend, ByEnv};
use thrifty::meter::Metered;

#[global_allocator]
static GLOBAL: Metered<ByEnv> = Metered::new(ByEnv::new("THRIFTY_TEST_LIBRARY_BACKEND"));

const fn number(backend: Option<Backend>) -> u8 {
    match backend {
        Some(Backend::System) => 0,
        Some(Backend::Mimalloc) => 1,
        Some(Backend::Jemalloc) => 2,
        _ => u8::MAX,
    }
}

/// The backend that was chosen, as the place in system, mimalloc, jemalloc.
#[unsafe(no_mangle)]
pub extern "C" fn library_selected() -> u8 {
    drop(std::hint::black_box(Box::new(1)));
    number(heap::selection().map(|selection| selection.backend()))
}

/// The backend that is proven.
#[unsafe(no_mangle)]
pub extern "C" fn library_active() -> u8 {
    number(heap::active())
}

/// A block of this length, all of it `mark`.
#[unsafe(no_mangle)]
pub extern "C" fn library_make(len: usize, mark: u8) -> *mut u8 {
    Box::into_raw(vec![mark; len].into_boxed_slice()).cast()
}

/// Frees a block; whether it was intact.
///
/// # Safety
///
/// The block is of `library_make`, with these arguments, and is given up.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn library_free(block: *mut u8, len: usize, mark: u8) -> bool {
    // SAFETY: the caller's promise: a boxed slice of this length, and nobody else has it.
    let block = unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(block, len)) };
    block.iter().all(|&byte| byte == mark)
}

/// Starts threads that allocate, and waits for them.
#[unsafe(no_mangle)]
pub extern "C" fn library_works() -> usize {
    let work = |n: usize| move || (0..100).map(|m| vec![1_u8; n * m + 1].len()).sum::<usize>();
    let threads = [1, 2, 3, 4].map(|n| thread::spawn(work(n)));
    threads.into_iter().map(|thread| thread.join().unwrap_or(0)).sum()
}
