//! The global allocator is `peak_alloc`'s.

use std::process::ExitCode;

use peak_alloc::PeakAlloc;
use thrifty_versus::{cases, driver};

#[global_allocator]
static GLOBAL: PeakAlloc = PeakAlloc;

fn main() -> ExitCode {
    driver::main(cases::global::ENTRIES)
}
