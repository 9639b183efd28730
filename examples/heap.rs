//! One program, every allocator: an environment variable chooses.
//!
//! `cargo run --release --example heap --features mimalloc`, then once more with
//! `THRIFTY_ALLOC=system` in front. `--features jemalloc` adds jemalloc.

use std::collections::BTreeMap;
use std::time::Instant;

use thrifty::heap::{self, Backend, ByEnv};

#[global_allocator]
static GLOBAL: ByEnv = ByEnv::new("THRIFTY_ALLOC");

/// Many small blocks, freed in another order than they were made.
fn work() -> usize {
    let mut names = BTreeMap::new();
    for id in 0..20_000_u32 {
        names.insert(id.wrapping_mul(2_654_435_761), format!("customer-{id}"));
    }
    names.values().map(String::len).sum()
}

fn main() {
    for backend in Backend::compiled() {
        match backend.version() {
            Some(version) => println!("compiled in: {backend} {version}"),
            None => println!("compiled in: {backend}"),
        }
    }
    if let Some(selection) = heap::selection() {
        println!("chosen:      {selection}");
    }
    match heap::active() {
        Some(backend) => println!("active:      {backend} (asked, not assumed)"),
        None => println!("active:      cannot be proven on this target"),
    }

    work();
    let mut times: Vec<_> = (0..31)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(work());
            start.elapsed()
        })
        .collect();
    times.sort();
    println!("20,000 entries built and dropped: {:?} (median of 31)", times[15]);
    if Backend::compiled().len() == 1 {
        println!("compare: cargo run --release --example heap --features mimalloc");
    }
}
