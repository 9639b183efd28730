//! What a look at the process's memory costs, beside one `getrusage`, the cheapest the kernel has.
//!
//! ```text
//! cargo bench --bench heap_stats                      # system; with --features mimalloc or jemalloc on those
//! ```
//!
//! `open, read` is what a program without a kept file does, and `peer` reads what most crates read.
//! `malloc and free, parked` is what the next 64-byte pair costs after `purge_thread`, and `busy`
//! without it. Divide by the row `getrusage` of the same run: times alone say little.

use std::fs;
use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use thrifty::heap::{self, ByFeature};

#[global_allocator]
static GLOBAL: ByFeature = ByFeature::new();

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .nresamples(2_000)
        .without_plots()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(400))
        .configure_from_args();
    println!("active: {:?}", heap::active());
    let mut group = criterion.benchmark_group("heap_stats");
    #[cfg(unix)]
    group.bench_function("getrusage", |bencher| bencher.iter(getrusage));
    group.bench_function("rss", |bencher| bencher.iter(heap::rss));
    group.bench_function("open, read statm", |bencher| {
        bencher.iter(|| fs::read_to_string("/proc/self/statm"));
    });
    group.bench_function("stats", |bencher| bencher.iter(heap::stats));
    group.bench_function("write_prometheus", |bencher| {
        let (stats, mut text) = (heap::stats(), String::with_capacity(4096));
        bencher.iter(|| {
            text.clear();
            stats.write_prometheus(&mut text)
        });
    });
    group.bench_function("malloc and free, busy", |bencher| {
        bencher.iter(|| drop(black_box(Box::new([1_u8; 64]))));
    });
    group.bench_function("malloc and free, then purge_thread", |bencher| {
        bencher.iter(|| {
            drop(black_box(Box::new([1_u8; 64])));
            heap::purge_thread();
        });
    });
    group.bench_function("purge, nothing to free", |bencher| bencher.iter(heap::purge));
    group.finish();
    criterion.final_summary();
}

#[cfg(unix)]
fn getrusage() -> i32 {
    unsafe extern "C" {
        fn getrusage(who: i32, usage: *mut [u64; 32]) -> i32;
    }
    let mut usage = [0; 32];
    // SAFETY: a `struct rusage` has at most 144 bytes; there is room for 256.
    black_box(unsafe { getrusage(0, &raw mut usage) })
}
