//! The global allocator is `mod-alloc`'s, with its counters alone.

use std::process::ExitCode;

use mod_alloc::ModAlloc;
use thrifty_versus::{cases, driver};

#[global_allocator]
static GLOBAL: ModAlloc = ModAlloc::new();

fn main() -> ExitCode {
    driver::main(cases::global::ENTRIES)
}
