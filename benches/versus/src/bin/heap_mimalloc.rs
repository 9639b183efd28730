//! The global allocator is thrifty's `Mimalloc`, fixed.

use std::process::ExitCode;

use thrifty::heap::Mimalloc;
use thrifty_versus::{cases, driver};

#[global_allocator]
static GLOBAL: Mimalloc = Mimalloc;

pub(crate) fn main() -> ExitCode {
    driver::main_with(cases::heap::ENTRIES, cases::heap::RESIDENTS)
}
