//! The cases of pools, on jemalloc.

use std::process::ExitCode;

use thrifty::heap::Jemalloc;
use thrifty_versus::{cases, driver};

#[global_allocator]
static GLOBAL: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    driver::main(&cases::pool())
}
