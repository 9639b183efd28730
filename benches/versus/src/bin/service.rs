//! The routes of the example service, on the plain system allocator.

use std::alloc::System;
use std::process::ExitCode;

use thrifty_versus::{cases, driver};

#[global_allocator]
static GLOBAL: System = System;

fn main() -> ExitCode {
    driver::main(cases::service::ENTRIES)
}
