//! Pattern: the same benchmark on several allocators, compared by Criterion.
//!
//! Copy this file to `benches/allocators.rs` and add to `Cargo.toml`:
//!
//! ```toml
//! [dev-dependencies]
//! criterion = "0.8.2"
//! # Where you cloned it, until it is on crates.io. `jemalloc` compiles for a minute or more.
//! thrifty = { path = "../thrifty", features = ["mimalloc"] }
//!
//! [[bench]]
//! name = "allocators"
//! harness = false
//! ```
//!
//! Each run saves a baseline of its own, and critcmp prints them side by side. Nothing is built
//! again for another allocator:
//!
//! Run: `cargo install -q --locked critcmp --version 0.1.8 --root tools && for a in system mimalloc; do BENCH_ALLOC=$a cargo bench --bench allocators -- --save-baseline $a; done && tools/bin/critcmp system mimalloc`
//! Prints: `allocator: system`
//! Prints: `allocator: mimalloc`
//! Prints: `short_lived`
//!
//! Without critcmp Criterion itself compares, one run with one that was saved:
//! `BENCH_ALLOC=mimalloc cargo bench --bench allocators -- --baseline system`
//! (`--save-baseline` and `--baseline` cannot be given together).
//!
//! The ids do not name the allocator: only so can the runs be compared. A process has one
//! allocator, so the runs follow each other: repeat them in both orders before you believe a small
//! difference, and measure your own work, since no allocator wins everywhere. All of them pay the
//! same few instructions for being chosen at run time.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use thrifty::heap::{self, ByEnv};

#[global_allocator]
static GLOBAL: ByEnv = ByEnv::new("BENCH_ALLOC");

/// Short-lived small blocks, as a request makes them.
fn short_lived() -> usize {
    (0..100_usize).map(|n| black_box(vec![n; n % 16 + 1]).len()).sum()
}

/// Many blocks that live together and go in another order.
fn long_lived() -> usize {
    let names: BTreeMap<u32, String> =
        (0..1000_u32).map(|id| (id.wrapping_mul(2_654_435_761), format!("name-{id}"))).collect();
    names.values().map(String::len).sum()
}

/// One block that grows.
fn growing() -> usize {
    let mut bytes = Vec::new();
    for n in 0..4096_u32 {
        bytes.extend_from_slice(&n.to_le_bytes());
    }
    black_box(bytes).len()
}

fn main() {
    // A misspelt name takes the default: this line shows it.
    let selection = heap::selection().expect("`ByEnv` is the global allocator");
    println!("allocator: {selection}");
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    criterion.bench_function("short_lived", |b| b.iter(short_lived));
    criterion.bench_function("long_lived", |b| b.iter(long_lived));
    criterion.bench_function("growing", |b| b.iter(growing));
    criterion.final_summary();
}
