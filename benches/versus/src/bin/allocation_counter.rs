//! The global allocator is the one that `allocation-counter` installs by itself.

use std::process::ExitCode;

use allocation_counter as _;
use thrifty_versus::{cases, driver};

fn main() -> ExitCode {
    driver::main(cases::global::ENTRIES)
}
