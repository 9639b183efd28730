//! Pattern: the time from Criterion, and what the heap did exactly, one below the other.
//!
//! Copy this file to `benches/heap_line.rs` and add to `Cargo.toml`:
//!
//! ```toml
//! [dev-dependencies]
//! criterion = "0.8.2"
//! thrifty = { path = "../thrifty" } # where you cloned it, until it is on crates.io
//!
//! [[bench]]
//! name = "heap_line"
//! harness = false
//! ```
//!
//! Run: `cargo bench --bench heap_line`
//! Prints: `heap: 1 allocs/iter 2 reallocs/iter 44 B/iter 1 frees/iter peak 44 B`
//!
//! The time has a spread and needs a quiet machine; the heap line has none and needs nothing. So
//! compare times by eye, and counts by `==`: in a test, with `assert_allocs!`, or against a file, as
//! the pattern `baseline` does with these ids.
//!
//! The counting allocator is installed while Criterion takes the time. It adds at most 16 instructions
//! to a malloc and free pair, to every variant alike; for a time without it, move the heap lines to a
//! benchmark of their own.

use std::alloc::System;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use thrifty::meter::{HeapLine, Metered, exit_on_regress};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

/// The code under test: put yours here.
fn join(words: &[&str]) -> String {
    let mut line = String::new();
    for word in words {
        line.push_str(word);
        line.push(' ');
    }
    line
}

/// The same, with the room it needs from the start.
fn join_with_capacity(words: &[&str]) -> String {
    let mut line = String::with_capacity(words.iter().map(|word| word.len() + 1).sum());
    for word in words {
        line.push_str(word);
        line.push(' ');
    }
    line
}

fn bench(c: &mut Criterion) {
    let words = ["allocations", "are", "a", "number"];
    // Both do the same work, or the comparison means nothing.
    assert_eq!(join(&words), join_with_capacity(&words));

    let mut group = c.benchmark_group("join");
    group.throughput(Throughput::Elements(words.len() as u64));
    for (name, join) in [("growing", join as fn(&[&str]) -> String), ("sized", join_with_capacity)]
    {
        // `black_box` hides the input from the optimizer; returning the result hides its drop.
        group.bench_function(BenchmarkId::new(name, words.len()), |b| {
            b.iter(|| join(black_box(&words)));
        });
        HeapLine::new(format!("join/{name}/{}", words.len())).iter(|| join(black_box(&words)));
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    bench(&mut criterion);
    criterion.final_summary();
    exit_on_regress();
}
