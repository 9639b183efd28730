//! The global allocator is `dhat`'s, while no profiler runs.

use std::process::ExitCode;

use thrifty_versus::{cases, driver};

#[global_allocator]
static GLOBAL: dhat::Alloc = dhat::Alloc;

fn main() -> ExitCode {
    driver::main(cases::global::ENTRIES)
}
