//! The global allocator is the `mimalloc` crate's, fixed.

use std::process::ExitCode;

use mimalloc::MiMalloc;
use thrifty_versus::{cases, driver};

#[global_allocator]
static GLOBAL: MiMalloc = MiMalloc;

pub(crate) fn main() -> ExitCode {
    driver::main_with(cases::heap::ENTRIES, cases::heap::RESIDENTS)
}
