//! Should I pool? Your sizes, threads and pattern in; hit rate, time beside malloc and memory out.
//!
//! ```text
//! cargo run --release --example should_i_pool                                    # 4 KiB, one after the other
//! cargo run --release --example should_i_pool -- --sizes 16k --hold 64           # a burst
//! cargo run --release --example should_i_pool -- --sizes 512,4k --threads 2 --pass --rate 500000
//! THRIFTY_ALLOC=mimalloc cargo run --release --features mimalloc --example should_i_pool
//! ```
//!
//! Buffers are written, since an unwritten one has no memory yet. Both ways do the same work in turn
//! in one process, several processes one after the other; malloc runs a second time as if it were
//! another, so that noise is known. Resident memory is that of a process which did only the one work.
//! Where nothing is gained beyond the noise, or too little to be noticed at your `--rate` of buffers,
//! the answer is "do not".

#[path = "should_i_pool/child.rs"]
mod child;
#[path = "should_i_pool/cli.rs"]
mod cli;
#[path = "common/stats.rs"]
#[allow(dead_code, reason = "the report uses all of it")]
mod stats;
#[path = "should_i_pool/verdict.rs"]
mod verdict;
#[path = "should_i_pool/work.rs"]
mod work;

use std::env;
use std::io::{Write, stdout};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use thrifty::heap::{self, ByEnv};

use child::{Memory, Times};
use cli::{Job, Options};
use verdict::Findings;

#[global_allocator]
static GLOBAL: ByEnv = ByEnv::new("THRIFTY_ALLOC");

/// Processes that measure times: what is common to all rounds of one differs between them.
const PROCESSES: usize = 9;

fn main() -> ExitCode {
    let options = Options::read();
    let done = match options.job {
        Some(job) => print(&child::run(&options.work, job)),
        None => ask(&options).and_then(|found| print(&found.to_string())),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn ask(options: &Options) -> Result<Findings, String> {
    let processes = if options.quick { 4 } else { PROCESSES };
    eprintln!("{}: about {processes} seconds", options.work);
    let mut times = Vec::with_capacity(processes);
    let start = Instant::now();
    for number in 0..processes {
        times.push(Times::parse(&again(Job::Times)?)?);
        let each = start.elapsed();
        if number == 0 && each > Duration::from_secs(3) {
            // Large bursts, or a busy machine.
            eprintln!("it takes longer: about {} seconds more", each.as_secs() * processes as u64);
        }
    }
    Ok(Findings {
        work: options.work.clone(),
        rate: options.rate,
        allocator: heap::active().map_or_else(|| "unknown".to_owned(), |one| one.to_string()),
        times,
        malloc: Memory::parse(&again(Job::MallocMemory)?)?,
        pool: Memory::parse(&again(Job::PoolMemory)?)?,
    })
}

/// What this program prints when it is run again for one job.
fn again(job: Job) -> Result<String, String> {
    let program = env::current_exe().map_err(|error| format!("the program is gone: {error}"))?;
    let output = Command::new(program)
        .args(env::args_os().skip(1))
        .args(["--job", job.name()])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("the program does not start again: {error}"))?;
    if !output.status.success() {
        return Err(format!("the job `{}` failed: {}", job.name(), output.status));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("the job printed {error}"))
}

/// A reader that has seen enough is no failure of ours.
fn print(text: &str) -> Result<(), String> {
    match stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(()),
    }
}
