//! The global allocator is `ByEnv`, which takes mimalloc where the environment is silent.

use std::process::ExitCode;

use thrifty::heap::{Backend, ByEnv};
use thrifty_versus::{cases, driver};

#[global_allocator]
static GLOBAL: ByEnv = ByEnv::new("THRIFTY_ALLOC").or(Backend::Mimalloc);

pub(crate) fn main() -> ExitCode {
    driver::main_with(cases::heap::ENTRIES, cases::heap::RESIDENTS)
}
