//! Pattern: a change that saves allocations, pinned so that nobody takes it back unnoticed.
//!
//! Copy this file to `benches/before_after.rs` and add to `Cargo.toml`:
//!
//! ```toml
//! [dev-dependencies]
//! criterion = "0.8.2"
//! thrifty = { path = "../thrifty" } # where you cloned it, until it is on crates.io
//!
//! [[bench]]
//! name = "before_after"
//! harness = false
//! ```
//!
//! Run: `cargo bench --bench before_after`
//! Prints: `before: 5 requests, after: 0`
//!
//! The counts are asserted before anything is timed, also by `cargo bench -- --test` in CI: exact
//! figures may fail a build, times may not. Keep the old code in the bench for as long as the claim
//! stands; when you add a case, assert first that old and new give the same result.

use std::alloc::System;
use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use thrifty::meter::{Metered, allocs_per_run, heap_line};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

const LINE: &str = "id=17; user=ada; lang=en; tz=utc";

/// Before: a new vector, and a new string for each field.
fn before(line: &str) -> Vec<String> {
    line.split("; ").map(str::to_owned).collect()
}

/// After: the caller keeps the vector, and the fields stay in the line.
fn after<'a>(line: &'a str, fields: &mut Vec<&'a str>) {
    fields.clear();
    fields.extend(line.split("; "));
}

fn check_counts() {
    let mut fields = Vec::new();
    after(LINE, &mut fields);
    assert_eq!(fields, before(LINE));

    // `allocs_per_run` warms up first: what is reused has been allocated by then.
    let before = allocs_per_run(100, || before(black_box(LINE)));
    let after = allocs_per_run(100, || after(black_box(LINE), &mut fields));
    assert_eq!((before.requests(), after.requests()), (5, 0));
    println!("before: {} requests, after: {}", before.requests(), after.requests());
}

fn bench(c: &mut Criterion) {
    let mut group = c.benchmark_group("fields");
    group.throughput(Throughput::Bytes(LINE.len() as u64));

    group.bench_function("before", |b| b.iter(|| before(black_box(LINE))));
    heap_line(|| before(black_box(LINE)));

    let mut fields = Vec::new();
    group.bench_function("after", |b| {
        b.iter(|| {
            after(black_box(LINE), &mut fields);
            black_box(fields.len())
        });
    });
    heap_line(|| after(black_box(LINE), &mut fields));
    group.finish();
}

fn main() {
    check_counts();
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    bench(&mut criterion);
    criterion.final_summary();
}
