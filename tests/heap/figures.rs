//! What the allocators say of the process, and what a purge brings: each case on each backend, in a
//! process of its own.
//!
//! ```text
//! cargo test --test heap_figures --features jemalloc,mimalloc
//! ```
#![cfg(all(feature = "heap", feature = "meter"))]

mod each_backend;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod forked;
mod prometheus;
mod purge;
mod rss;
mod stats;

use std::process::ExitCode;

use each_backend::{BACKEND, Case};
use thrifty::heap::{self, Backend, ByEnv};
use thrifty::meter::Metered;

#[global_allocator]
static GLOBAL: Metered<ByEnv> = Metered::new(ByEnv::new(BACKEND));

fn main() -> ExitCode {
    let cases = [stats::CASES, rss::CASES, purge::CASES].concat();
    each_backend::run(&cases, || {
        let mut trials = prometheus::trials();
        trials.extend(each_backend::trials(&cases));
        trials
    })
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
