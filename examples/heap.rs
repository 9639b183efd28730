//! One static, and features decide: which allocator runs, and what it makes of the same work.
//!
//! `cargo run --release --example heap`, then again with `--features mimalloc` or `jemalloc`.

use std::collections::BTreeMap;
use std::time::Instant;

use thrifty::heap::{self, Backend, ByFeature};

#[global_allocator]
static GLOBAL: ByFeature = ByFeature::new();

/// Many small blocks, freed in another order than they were made.
fn work() -> usize {
    let mut names = BTreeMap::new();
    for id in 0..20_000_u32 {
        names.insert(id.wrapping_mul(2_654_435_761), format!("customer-{id}"));
    }
    names.values().map(String::len).sum()
}

fn main() {
    let compiled: Vec<&str> = Backend::compiled().iter().map(|backend| backend.name()).collect();
    println!("compiled in: {}", compiled.join(", "));
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
    if compiled.len() == 1 {
        println!("compare: cargo run --release --example heap --features mimalloc");
    }
}
