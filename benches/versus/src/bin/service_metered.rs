//! The routes of the example service, on `Metered<System>`, which counts; nothing is timed here.

use std::alloc::System;
use std::process::ExitCode;

use thrifty::meter::Metered;
use thrifty_versus::{cases, driver};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

fn main() -> ExitCode {
    driver::main(cases::service::ENTRIES)
}
