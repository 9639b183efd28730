//! The global allocator is `alloc_tracker`'s.

use std::alloc::System;
use std::process::ExitCode;

use alloc_tracker::Allocator;
use thrifty_versus::{cases, driver};

#[global_allocator]
static GLOBAL: Allocator<System> = Allocator::system();

fn main() -> ExitCode {
    driver::main(cases::global::ENTRIES)
}
