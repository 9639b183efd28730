//! The same as `heap_by_env`, in a program of its own that is built with the C line v3.

#[path = "heap_by_env.rs"]
mod same;

use std::process::ExitCode;

fn main() -> ExitCode {
    same::main()
}
