//! Pattern: a flamegraph of exactly the code that a benchmark times.
//!
//! Copy this file to `benches/flamegraph.rs` and add to `Cargo.toml`:
//!
//! ```toml
//! [dev-dependencies]
//! criterion = "0.8.2"
//! # Without its feature `criterion`, which is tied to an older one: the adapter is below.
//! pprof = { version = "0.15.0", features = ["flamegraph"] }
//!
//! [[bench]]
//! name = "flamegraph"
//! harness = false
//!
//! [profile.bench]
//! debug = "line-tables-only"
//! ```
//!
//! Run: `cargo bench --bench flamegraph -- --profile-time 3`
//! Prints: `flamegraph: `
//!
//! `--profile-time` runs each benchmark for so many seconds and takes no times; without it no
//! profile is made. Open the file in a browser and search for `alloc`: what lights up is time in the
//! allocator. Which lines those are, exactly, `thrifty::meter::advise` says; what it would take
//! instead as well. On Linux, macOS and other Unix.

use std::fs::{self, File};
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::Criterion;
use criterion::profiler::Profiler;
use pprof::ProfilerGuard;

/// Samples a second; a prime, so that it does not march in step with timers.
const FREQUENCY: i32 = 997;

/// Criterion's profiler, by pprof.
#[derive(Default)]
struct Flamegraph {
    running: Option<ProfilerGuard<'static>>,
}

impl Profiler for Flamegraph {
    fn start_profiling(&mut self, _id: &str, _folder: &Path) {
        self.running = Some(ProfilerGuard::new(FREQUENCY).expect("no other profiler runs"));
    }

    fn stop_profiling(&mut self, id: &str, folder: &Path) {
        let Some(guard) = self.running.take() else { return };
        let report = guard.report().build().expect("a report of the samples");
        fs::create_dir_all(folder).expect("Criterion's folder is writable");
        let path = folder.join("flamegraph.svg");
        let file = File::create(&path).expect("Criterion's folder is writable");
        report.flamegraph(file).expect("a flamegraph of the samples");
        println!("flamegraph: {} for {id}", path.display());
    }
}

/// The code under test: put yours here.
fn labels(count: u32) -> Vec<String> {
    (0..count).map(|n| format!("label-{n}")).collect()
}

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .with_profiler(Flamegraph::default())
        .configure_from_args();
    criterion.bench_function("labels", |b| b.iter(|| labels(black_box(100))));
    criterion.final_summary();
}
