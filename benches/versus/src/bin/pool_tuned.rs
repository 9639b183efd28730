//! The cases of pools, with glibc's malloc told to keep what is freed.

use std::alloc::System;
use std::process::ExitCode;

use thrifty::heap::{Backend, Knob, Outcome, Tuning};
use thrifty_versus::{cases, driver};

#[global_allocator]
static GLOBAL: System = System;

fn main() -> ExitCode {
    let tuning = Tuning::new().trim_threshold(1 << 30).mmap_threshold(16 << 20);
    let applied = tuning.apply();
    let is_set = |knob| matches!(applied.get(knob, Backend::System), Some(Outcome::Applied));
    if !is_set(Knob::TrimThreshold) || !is_set(Knob::MmapThreshold) {
        eprintln!("{applied}");
        return ExitCode::FAILURE;
    }
    driver::main(&cases::pool())
}
