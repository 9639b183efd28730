//! The variants of the shared request workload on `Metered<System>` in its counts-only mode.

use std::alloc::System;
use std::process::ExitCode;

use thrifty::meter::{CountsOnly, Metered};
use thrifty_versus::{cases, driver};

#[global_allocator]
static GLOBAL: Metered<System, CountsOnly> = Metered::counts_only(System);

fn main() -> ExitCode {
    driver::main(cases::report::ENTRIES)
}
