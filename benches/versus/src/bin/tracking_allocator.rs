//! The global allocator is `tracking-allocator`'s, while no tracker is set.

use std::alloc::System;
use std::process::ExitCode;

use thrifty_versus::{cases, driver};
use tracking_allocator::Allocator;

#[global_allocator]
static GLOBAL: Allocator<System> = Allocator::system();

fn main() -> ExitCode {
    driver::main(cases::global::ENTRIES)
}
