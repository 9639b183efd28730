//! The global allocator is `divan`'s, as it counts for its benches.

use std::alloc::System;
use std::process::ExitCode;

use divan::AllocProfiler;
use thrifty_versus::{cases, driver};

#[global_allocator]
static GLOBAL: AllocProfiler<System> = AllocProfiler::system();

fn main() -> ExitCode {
    driver::main(cases::global::ENTRIES)
}
