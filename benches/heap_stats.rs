//! What a look at the process's memory costs, beside one `getrusage`, the cheapest the kernel has.
//!
//! ```text
//! cargo bench --bench heap_stats                      # system; with --features mimalloc or jemalloc on those
//! ```
//!
//! `open and read` is what a program without a kept file does. Every round does all of it, so that
//! what disturbs one row disturbs `getrusage` as well: the ratio is the median of the rounds' ratios,
//! and hardly moves on a busy machine.

use std::fs;
use std::hint::black_box;
use std::time::Instant;

use thrifty::heap::{self, ByFeature, Stats};

#[global_allocator]
static GLOBAL: ByFeature = ByFeature::new();

type Row = (&'static str, fn());

const ROWS: [Row; 8] = [
    ("getrusage", getrusage),
    ("rss", || look(heap::rss())),
    ("open and read statm", || look(fs::read_to_string("/proc/self/statm"))),
    ("stats", || look(heap::stats())),
    ("stats, write_prometheus", || look(text(&heap::stats()))),
    ("malloc and free", pair),
    ("malloc and free, then purge_thread", || {
        pair();
        heap::purge_thread();
    }),
    ("purge, nothing to free", || look(heap::purge())),
];

/// How often a row is done in one round.
const TIMES: u32 = 64;

fn main() {
    // Without it this is `cargo test --benches`: once through.
    let rounds = if std::env::args().any(|argument| argument == "--bench") { 501 } else { 1 };
    println!("active: {:?}", heap::active());
    let mut times = [const { Vec::new() }; ROWS.len()];
    for _ in 0..rounds {
        for ((_, run), times) in ROWS.iter().zip(&mut times) {
            run();
            let start = Instant::now();
            (0..TIMES).for_each(|_| run());
            times.push(start.elapsed().as_secs_f64() * 1e9 / f64::from(TIMES));
        }
    }
    for ((name, _), row) in ROWS.iter().zip(&times) {
        let ratios = row.iter().zip(&times[0]).map(|(this, getrusage)| this / getrusage).collect();
        println!("{name:<35} {:>9.1} ns {:>8.2} x getrusage", median(row.clone()), median(ratios));
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Keeps the compiler from leaving out what nobody reads.
fn look<R>(figures: R) {
    black_box(figures);
}

fn pair() {
    drop(black_box(Box::new([1_u8; 64])));
}

fn text(stats: &Stats) -> String {
    let mut text = String::with_capacity(4096);
    stats.write_prometheus(&mut text).expect("a String takes all");
    text
}

#[cfg(unix)]
fn getrusage() {
    unsafe extern "C" {
        fn getrusage(who: i32, usage: *mut [u64; 32]) -> i32;
    }
    let mut usage = [0; 32];
    // SAFETY: a `struct rusage` has at most 144 bytes; there is room for 256.
    black_box(unsafe { getrusage(0, &raw mut usage) });
}

/// Where there is none, the clock takes its place.
#[cfg(not(unix))]
fn getrusage() {
    black_box(Instant::now());
}
