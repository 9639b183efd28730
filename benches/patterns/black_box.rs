//! Pattern: what has to go through `std::hint::black_box`, and what goes wrong without it.
//!
//! Copy this file to `benches/black_box.rs` and add to `Cargo.toml`:
//!
//! ```toml
//! [dev-dependencies]
//! criterion = "0.8.2"
//! thrifty = { path = "../thrifty" } # where you cloned it, until it is on crates.io
//!
//! [[bench]]
//! name = "black_box"
//! harness = false
//! ```
//!
//! Run: `cargo bench --bench black_box`
//! Prints: `seen: 1 allocs, not seen:`
//!
//! Criterion's own `black_box` is deprecated: std's is the one. Three rules are enough.
//!
//! 1. The input goes in through it, inside the closure: a constant input may be computed at compile
//!    time.
//! 2. The result comes out through it, or is returned from the closure, which does the same.
//! 3. An allocation counts as used only if its address is: pass the `Vec`, not its length.
//!
//! The optimizer may remove an allocation that nobody looks at. Whether it does depends on the
//! compiler, the profile and the code around: a figure that is lower in release than in debug is the
//! sign of it, and so is a time below a nanosecond.

use std::alloc::System;
use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use thrifty::meter::{Metered, measure};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

/// The code under test: put yours here.
fn boxed(n: u64) -> Box<u64> {
    Box::new(n * 2)
}

fn main() {
    let ((), seen) = measure(|| drop(black_box(boxed(black_box(21)))));
    // The box is made and dropped, and nobody sees it: it need not exist, and a figure of 0 would be true.
    let (sum, unseen) = measure(|| *boxed(21));
    println!("seen: {} allocs, not seen: {}", seen.allocs, unseen.allocs);
    assert_eq!((seen.allocs, sum), (1, 42));

    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    // Right: the time of an allocation. The returned box is dropped after it was looked at.
    criterion.bench_function("boxed", |b| b.iter(|| boxed(black_box(21))));
    // Wrong: if this is below a nanosecond, it timed nothing.
    criterion.bench_function("boxed, not seen", |b| b.iter(|| *boxed(21)));
    criterion.final_summary();
}
