//! Pattern: warm up until nothing changes any more, and only then count and time.
//!
//! Copy this file to `benches/steady_state.rs` and add to `Cargo.toml`:
//!
//! ```toml
//! [dev-dependencies]
//! criterion = "0.8.2"
//! thrifty = { path = "../thrifty" } # where you cloned it, until it is on crates.io
//!
//! [[bench]]
//! name = "steady_state"
//! harness = false
//! ```
//!
//! Run: `cargo bench --bench steady_state`
//! Prints: `steady after 4 rounds: 0 requests a round, the first had 8`
//!
//! Criterion's warm-up is a time: it brings code and data into the caches. It does not know whether
//! buffers have grown, tables are made and pools are filled. Allocations do: two equal rounds in a
//! row, of the same work, and the state is steady. A round serves every input once, so that the
//! largest has been seen. Say both figures, the first round's and the steady one's: a service that
//! restarts often pays the first.

use std::alloc::System;
use std::fmt::Write;
use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use thrifty::meter::{Metered, measure};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

/// The code under test: put yours here.
#[derive(Default)]
struct Server {
    body: String,
}

impl Server {
    /// The response stays in the server's buffer until the next request.
    fn serve(&mut self, items: usize) -> &str {
        self.body.clear();
        for item in 0..items {
            let _ = write!(self.body, "item {item}; ");
        }
        &self.body
    }
}

/// The sizes that occur, the largest not first.
const REQUESTS: [usize; 4] = [3, 40, 7, 90];
/// More rounds than this, and the code has no steady state: something grows without end.
const MOST_ROUNDS: usize = 100;

/// One round: every input once.
fn round(server: &mut Server) -> u64 {
    measure(|| REQUESTS.iter().map(|&items| server.serve(items).len()).sum::<usize>()).1.requests()
}

/// Runs rounds until three in a row ask the heap for the same; returns the first and the last.
fn steady_state(mut round: impl FnMut() -> u64) -> (usize, u64, u64) {
    let mut counts = vec![round()];
    while counts.len() < 3
        || !counts[counts.len() - 3..].iter().all(|n| *n == counts[counts.len() - 1])
    {
        assert!(counts.len() < MOST_ROUNDS, "no steady state: {counts:?}");
        counts.push(round());
    }
    (counts.len(), counts[0], counts[counts.len() - 1])
}

fn main() {
    let mut server = Server::default();
    let (rounds, first, steady) = steady_state(|| round(&mut server));
    println!("steady after {rounds} rounds: {steady} requests a round, the first had {first}");
    assert_eq!(steady, 0, "the buffer is kept");

    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    let mut group = criterion.benchmark_group("server");
    group.throughput(Throughput::Elements(REQUESTS.len() as u64));
    // The same server: Criterion's own warm-up then only fills the caches.
    group.bench_function("steady", |b| {
        b.iter(|| black_box(&REQUESTS).iter().map(|&n| server.serve(n).len()).sum::<usize>());
    });
    // A new one for each iteration shows what the state is worth.
    group.bench_function("cold", |b| {
        b.iter_with_large_drop(|| {
            let mut server = Server::default();
            for &n in &REQUESTS {
                black_box(server.serve(n).len());
            }
            server
        });
    });
    group.finish();
    criterion.final_summary();
}
