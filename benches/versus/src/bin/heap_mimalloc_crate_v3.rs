//! The same as `heap_mimalloc_crate`, in a program of its own that is built with the C line v3.

#[path = "heap_mimalloc_crate.rs"]
mod same;

use std::process::ExitCode;

fn main() -> ExitCode {
    same::main()
}
