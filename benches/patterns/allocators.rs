//! Pattern: the same benchmark on several allocators, compared by Criterion.
//!
//! Copy this file to `benches/allocators.rs` and add to `Cargo.toml`:
//!
//! ```toml
//! [features]
//! mimalloc = ["thrifty/mimalloc"]
//! jemalloc = ["thrifty/jemalloc"]
//!
//! [dev-dependencies]
//! criterion = "0.8.2"
//! thrifty = { path = "../thrifty" } # where you cloned it, until it is on crates.io
//!
//! [[bench]]
//! name = "allocators"
//! harness = false
//! ```
//!
//! Run: `cargo bench --bench allocators -- --save-baseline system`
//! Prints: `allocator: system`
//!
//! Then once more on another one, against that baseline:
//! `cargo bench --bench allocators --features mimalloc -- --baseline system`
//!
//! The ids do not name the allocator: only so can Criterion compare the runs. A process has one
//! allocator, so the runs follow each other: repeat them in both orders before you believe a small
//! difference, and measure your own work, since no allocator wins everywhere.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use thrifty::heap::{self, ByFeature};

#[global_allocator]
static GLOBAL: ByFeature = ByFeature::new();

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
    // What runs is asked for, not assumed: a feature may be on by another crate's wish.
    match heap::active() {
        Some(backend) => println!("allocator: {backend}"),
        None => println!(
            "allocator: not known on this target; the features ask for {}",
            ByFeature::BACKEND
        ),
    }
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    criterion.bench_function("short_lived", |b| b.iter(short_lived));
    criterion.bench_function("long_lived", |b| b.iter(long_lived));
    criterion.bench_function("growing", |b| b.iter(growing));
    criterion.final_summary();
}
