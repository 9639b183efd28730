//! Pattern: CI fails when a benchmark allocates more than the baseline says.
//!
//! Copy this file to `benches/baseline.rs` and add to `Cargo.toml`:
//!
//! ```toml
//! [dev-dependencies]
//! criterion = "0.8.2"
//! thrifty = { path = "../thrifty" } # where you cloned it, until it is on crates.io
//!
//! [[bench]]
//! name = "baseline"
//! harness = false
//! ```
//!
//! Save once and commit the file; then compare in CI. Both at once, to see it:
//!
//! Run: `for way in SAVE_BASELINE BASELINE; do env THRIFTY_$way=heap.json cargo bench --bench baseline -- --test; done`
//! Prints: `heap baseline heap.json: 3 compared, 0 worse, 0 better, 0 not in it`
//!
//! The comparison ends with exit code 1 as soon as one figure is worse, with a line such as
//! `worse:  fields/split: allocs 1 -> 2`. What got better is printed and passes: save again, so that
//! nobody takes it back unnoticed. `--test` runs everything once without taking times: the counts
//! are the same, so a busy CI machine will do. Save and compare with the same profile.

use std::alloc::System;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion};
use thrifty::meter::{HeapLine, Metered, exit_on_regress};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

const LINE: &str = "id=17; user=ada; lang=en; tz=utc";

/// The code under test: put yours here.
fn split(line: &str) -> Vec<&str> {
    // The length is known, so the vector does not grow.
    let mut fields = Vec::with_capacity(line.matches("; ").count() + 1);
    fields.extend(line.split("; "));
    fields
}

fn count(line: &str) -> usize {
    line.split("; ").filter(|field| field.contains('=')).count()
}

fn sorted(mut fields: Vec<&str>) -> Vec<&str> {
    fields.sort_unstable();
    fields
}

fn bench(c: &mut Criterion) {
    let mut group = c.benchmark_group("fields");

    group.bench_function("split", |b| b.iter(|| split(black_box(LINE))));
    HeapLine::new("fields/split").iter(|| split(black_box(LINE)));

    // Nothing is a figure like any other, and the one to keep.
    group.bench_function("count", |b| b.iter(|| count(black_box(LINE))));
    HeapLine::new("fields/count").iter(|| count(black_box(LINE)));

    // What the input costs is neither timed nor counted.
    group.bench_function("sorted", |b| {
        b.iter_batched(|| split(LINE), sorted, BatchSize::SmallInput);
    });
    HeapLine::new("fields/sorted").iter_batched(|| split(LINE), sorted);
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    bench(&mut criterion);
    criterion.final_summary();
    // Last: it ends the program if a figure is worse.
    exit_on_regress();
}
