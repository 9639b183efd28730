//! The cases of pools, on mimalloc.

use std::process::ExitCode;

use mimalloc::MiMalloc;
use thrifty_versus::{cases, driver};

#[global_allocator]
static GLOBAL: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    driver::main(&cases::pool())
}
