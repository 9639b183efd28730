//! Pattern: code that consumes its input, without the input's cost in the figure.
//!
//! Copy this file to `benches/batched.rs` and add to `Cargo.toml`:
//!
//! ```toml
//! [dev-dependencies]
//! criterion = "0.8.2"
//! thrifty = { path = "../thrifty" } # where you cloned it, until it is on crates.io
//!
//! [[bench]]
//! name = "batched"
//! harness = false
//! ```
//!
//! Run: `cargo bench --bench batched`
//! Prints: `heap: 0 allocs/iter 0 B/iter 3 frees/iter peak 0 B`
//!
//! `iter_batched` makes the inputs of a batch first, then times only the second closure. Whether the
//! drop is timed follows from what is returned: what comes out is dropped after the clock has
//! stopped, what stays inside is dropped within. Both may be right: a request's answer is freed by
//! somebody, so decide whose time it is, and say it.
//!
//! | batch | inputs that are live at once | take it for |
//! |---|---|---|
//! | `SmallInput` | a tenth of the iterations of a sample | a few KiB each |
//! | `LargeInput` | a thousandth | more than that |
//! | `PerIteration` | one; the clock is read each time | huge ones, and code of microseconds or more |
//! | `iter_batched_ref` | as above | code that takes `&mut` and must not drop in the time |
//!
//! Many live inputs are a state that no server has: the allocator's free lists are empty and the
//! caches are full of inputs. Where that matters, take `PerIteration`.

use std::alloc::System;
use std::time::Duration;

use criterion::{BatchSize, Criterion};
use thrifty::meter::{HeapLine, Metered, exit_on_regress};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

fn names() -> Vec<String> {
    ["ada", "grace"].map(str::to_owned).to_vec()
}

/// The code under test: it takes the names, and frees them.
fn longest(mut names: Vec<String>) -> usize {
    names.sort_unstable_by_key(String::len);
    names.last().map_or(0, String::len)
}

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    let mut group = criterion.benchmark_group("longest");

    // The three frees are in the time, the three allocations are not.
    group.bench_function("consumed", |b| b.iter_batched(names, longest, BatchSize::SmallInput));
    HeapLine::new("longest/consumed").iter_batched(names, longest);

    // Handed back, the names are freed when the clock stands still.
    let keep = |names: Vec<String>| (names.iter().map(String::len).max(), names);
    group.bench_function("handed back", |b| b.iter_batched(names, keep, BatchSize::SmallInput));

    group.bench_function("by reference", |b| {
        b.iter_batched_ref(names, |names| names.sort_unstable(), BatchSize::SmallInput);
    });
    group.finish();
    criterion.final_summary();
    exit_on_regress();
}
