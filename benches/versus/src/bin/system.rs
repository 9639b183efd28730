//! The global allocator is the bare system allocator, what all others are compared with.

use std::alloc::System;
use std::process::ExitCode;

use thrifty_versus::{cases, driver};

#[global_allocator]
static GLOBAL: System = System;

fn main() -> ExitCode {
    driver::main(cases::global::ENTRIES)
}
