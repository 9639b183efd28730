//! The global allocator is thrifty's `Jemalloc`, fixed.

use std::process::ExitCode;

use thrifty::heap::Jemalloc;
use thrifty_versus::{cases, driver};

#[global_allocator]
static GLOBAL: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    driver::main_with(cases::heap::ENTRIES, cases::heap::RESIDENTS)
}
