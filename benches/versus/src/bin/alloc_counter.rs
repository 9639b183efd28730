//! The global allocator is `alloc_counter`'s.

use std::alloc::System;
use std::process::ExitCode;

use alloc_counter::AllocCounter;
use thrifty_versus::{cases, driver};

#[global_allocator]
static GLOBAL: AllocCounter<System> = AllocCounter(System);

fn main() -> ExitCode {
    driver::main(cases::global::ENTRIES)
}
