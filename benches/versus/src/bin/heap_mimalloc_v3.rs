//! The same as `heap_mimalloc`, in a program of its own that is built with the C line v3.

#[path = "heap_mimalloc.rs"]
mod same;

use std::process::ExitCode;

fn main() -> ExitCode {
    same::main()
}
