//! The variants of the shared request workload on the plain system allocator.

use std::alloc::System;
use std::process::ExitCode;

use thrifty_versus::{cases, driver};

#[global_allocator]
static GLOBAL: System = System;

fn main() -> ExitCode {
    driver::main(cases::report::ENTRIES)
}

/// What the standard library seeds its `HashMap`s with, the same in every run.
///
/// A random seed moves the instructions of a request by half a percent; they have to repeat. The
/// seed still differs from map to map, so the figure is an average over many of them.
///
/// The name is safe to take: this has the signature of libc's function, fills the whole buffer and
/// says so, and nothing in this program takes secrets from it.
///
/// # Safety
///
/// `buffer` is valid for writes of `length` bytes.
#[cfg(target_os = "linux")]
#[unsafe(no_mangle)]
unsafe extern "C" fn getrandom(buffer: *mut u8, length: usize, _flags: u32) -> isize {
    // SAFETY: the caller gives `length` writable bytes.
    unsafe { buffer.write_bytes(0x5a, length) };
    length.cast_signed()
}
