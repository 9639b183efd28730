//! What the allocators say of the process, and what a purge brings: each case on each backend, in a
//! process of its own.
//!
//! ```text
//! cargo test --test heap_figures --features jemalloc,mimalloc
//!   trial "jemalloc, purge::small_blocks" -- starts itself with both names in its environment
//!                                               \-- the first allocation chooses the backend
//! ```
#![cfg(all(feature = "heap", feature = "meter"))]

mod prometheus;
mod purge;
mod rss;
mod stats;

use std::env;
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Failed, Trial};
use thrifty::heap::{self, Backend, ByEnv};
use thrifty::meter::Metered;

#[global_allocator]
static GLOBAL: Metered<ByEnv> = Metered::new(ByEnv::new(BACKEND));

/// Names the backend.
const BACKEND: &str = "THRIFTY_FIGURES_BACKEND";

/// Names the case that a process is to run.
const CASE: &str = "THRIFTY_FIGURES_CASE";

type Case = (&'static str, fn(Backend));

fn cases() -> Vec<Case> {
    [stats::CASES, rss::CASES, purge::CASES].concat()
}

fn main() -> ExitCode {
    if let Ok(name) = env::var(CASE) {
        let (_, case) = cases().into_iter().find(|case| case.0 == name).expect("a case");
        let backend = env::var(BACKEND).expect("a backend").parse().expect("a backend");
        case(backend);
        return ExitCode::SUCCESS;
    }
    let mut trials = prometheus::trials();
    for &backend in Backend::compiled() {
        for (name, _) in cases() {
            trials.push(Trial::test(format!("{backend}, {name}"), move || child(backend, name)));
        }
    }
    libtest_mimic::run(&arguments(), trials).exit_code()
}

/// One at a time: several processes of some 100 MiB each would be rude to a small machine.
fn arguments() -> Arguments {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1);
    arguments
}

fn child(backend: Backend, name: &str) -> Result<(), Failed> {
    let output =
        Command::new(env::current_exe()?).env(CASE, name).env(BACKEND, backend.name()).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{}\n{}", output.status, String::from_utf8_lossy(&output.stderr)).into())
}

/// Proves the backend, as a program does at its start.
fn prove(backend: Backend) {
    let provable = backend != Backend::System || GLIBC;
    assert_eq!(heap::active(), provable.then_some(backend));
}

const GLIBC: bool = cfg!(all(target_os = "linux", target_env = "gnu"));
const MIB: u64 = 1 << 20;

/// Boxes of 16 to 512 bytes, `total` bytes in all, written.
fn small_blocks(total: u64) -> Vec<Box<[u8]>> {
    let mut made = 0;
    let mut size = 16;
    let mut blocks = Vec::with_capacity(usize::try_from(total / 200).unwrap());
    while made < total {
        blocks.push(vec![1; size].into_boxed_slice());
        made += size as u64;
        size = 16 + (size * 5 + 8) % 497;
    }
    blocks
}

/// Asserts `low <= value <= high`, naming what it is.
#[track_caller]
fn within(what: &str, value: u64, low: u64, high: u64) {
    assert!((low..=high).contains(&value), "{what}: {value} is not within {low}..={high}");
}
