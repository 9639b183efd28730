//! The global allocator is `System`.

use std::alloc::System;
use std::process::ExitCode;

use thrifty_versus::{cases, driver};

#[global_allocator]
static GLOBAL: System = System;

fn main() -> ExitCode {
    driver::main_with(cases::heap::ENTRIES, cases::heap::RESIDENTS)
}
