//! Which allocator suits your work: the same work on every one that is compiled in, by one command.
//!
//! ```text
//! cargo run --release --features mimalloc,jemalloc --example allocators            # all workloads
//! cargo run --release --example allocators -- run ./target/release/my-program ARGS # a program of yours
//! cargo run --release --example allocators -- --help                               # all options
//! ```
//!
//! The program starts itself again for every workload, allocator and round; [`ByEnv`] chooses the
//! allocator. The process that does the work says what it saw, and proves what it ran on; the kernel
//! says what it accounted. No winner is named inside the noise, which is measured too: the first
//! allocator runs a second time as if it were another.

#[path = "common/again.rs"]
mod again;
#[path = "allocators/child.rs"]
mod child;
#[path = "allocators/cli.rs"]
mod cli;
#[path = "allocators/judge.rs"]
mod judge;
#[path = "common/layout.rs"]
#[allow(dead_code, reason = "the report uses all of it")]
mod layout;
#[path = "common/machine.rs"]
mod machine;
#[path = "allocators/measure.rs"]
mod measure;
#[path = "allocators/model.rs"]
mod model;
#[path = "common/output.rs"]
mod output;
#[path = "allocators/parent.rs"]
mod parent;
#[path = "allocators/process.rs"]
mod process;
#[path = "allocators/program.rs"]
mod program;
#[path = "common/progress.rs"]
mod progress;
#[path = "allocators/run.rs"]
mod run;
#[path = "common/stats.rs"]
#[allow(dead_code, reason = "the report uses all of it")]
mod stats;
#[path = "allocators/text.rs"]
mod text;
#[path = "common/versions.rs"]
mod versions;
#[path = "allocators/workloads.rs"]
mod workloads;

use std::process::ExitCode;

use thrifty::heap::ByEnv;

/// The environment variable that names the allocator of this program.
const VARIABLE: &str = "THRIFTY_ALLOC";

#[global_allocator]
static GLOBAL: ByEnv = ByEnv::new(VARIABLE);

fn main() -> ExitCode {
    match run::run(&cli::Options::read()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.into_code(),
    }
}
