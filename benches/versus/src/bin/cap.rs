//! The global allocator is `cap`'s, without a limit.

use std::alloc::System;
use std::process::ExitCode;

use cap::Cap;
use thrifty_versus::{cases, driver};

#[global_allocator]
static GLOBAL: Cap<System> = Cap::new(System, usize::MAX);

fn main() -> ExitCode {
    driver::main(cases::global::ENTRIES)
}
