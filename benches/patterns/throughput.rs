//! Pattern: bytes and elements a second, over sizes that lie far apart.
//!
//! Copy this file to `benches/throughput.rs` and add to `Cargo.toml`:
//!
//! ```toml
//! [dev-dependencies]
//! criterion = "0.8.2"
//! thrifty = { path = "../thrifty" } # where you cloned it, until it is on crates.io
//!
//! [[bench]]
//! name = "throughput"
//! harness = false
//! ```
//!
//! Run: `cargo bench --bench throughput`
//! Prints: `thrpt:`
//!
//! A time for one size says nothing about the next: the work may grow with the bytes, or be an
//! allocation and a table that cost the same for 100 bytes as for 10,000. Throughput shows which: if
//! it rises with the size, a fixed cost is spread, and the heap line below says whether it is
//! allocations. Take `Bytes` where the input is bytes, `Elements` where a caller thinks in items,
//! and the input's size, not the output's.

use std::alloc::System;
use std::collections::HashMap;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use thrifty::meter::{HeapLine, Metered, exit_on_regress};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

/// The code under test: put yours here.
fn count_words(text: &str) -> HashMap<&str, u32> {
    let mut counts = HashMap::new();
    for word in text.split(' ') {
        *counts.entry(word).or_default() += 1;
    }
    counts
}

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    let mut group = criterion.benchmark_group("count_words");
    // Powers far enough apart to leave a cache level, or to make a table grow.
    for words in [10, 1_000, 100_000_usize] {
        let text = (0..words).map(|n| ["a", "number", "is", "exact"][n % 4]).collect::<Vec<_>>();
        let text = text.join(" ");
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(words), &text, |b, text| {
            b.iter(|| count_words(black_box(text)));
        });
        HeapLine::new(format!("count_words/{words}")).iter(|| count_words(black_box(&text)));
    }
    group.finish();
    criterion.final_summary();
    exit_on_regress();
}
