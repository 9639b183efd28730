//! Pattern: instructions and blocks with limits, counted under valgrind by gungraun.
//!
//! Copy this file to `benches/instructions.rs` and add to `Cargo.toml`:
//!
//! ```toml
//! [dev-dependencies]
//! gungraun = "0.20.0"
//!
//! [[bench]]
//! name = "instructions"
//! harness = false
//!
//! [profile.bench]
//! debug = true # gungraun finds the function by it
//! ```
//!
//! It needs valgrind and a runner of the same version, once: `cargo install gungraun-runner --version
//! 0.20.0`. Without installing anything for the user, as a CI job does:
//!
//! Run: `cargo install -q --locked gungraun-runner --version 0.20.0 --root tools && GUNGRAUN_RUNNER=$PWD/tools/bin/gungraun-runner cargo bench --bench instructions`
//! Prints: `0 regressed`
//!
//! Instructions repeat within a hundredth of a percent on one machine and toolchain, so a limit may
//! stand close to the figure; between compilers they move by some percent, so give hard limits room
//! and keep soft ones (in percent of the last run) for base and head in the same CI job. Blocks do
//! not move at all. (gungraun is what iai-callgrind is called now.) What instructions do not show:
//! cache misses, locked operations, system calls, page faults.

use std::hint::black_box;

use gungraun::{
    Callgrind, Dhat, DhatMetric, EventKind, LibraryBenchmarkConfig, library_benchmark,
    library_benchmark_group, main,
};

/// The code under test: put yours here.
fn join(words: &[&str]) -> String {
    let mut line = String::with_capacity(words.iter().map(|word| word.len() + 1).sum());
    for word in words {
        line.push_str(word);
        line.push(' ');
    }
    line
}

#[library_benchmark]
#[bench::four(&["allocations", "are", "a", "number"])]
fn sized(words: &[&str]) -> String {
    black_box(join(black_box(words)))
}

library_benchmark_group!(name = joins, benchmarks = sized);

main!(
    config = LibraryBenchmarkConfig::default()
        .tool(
            Callgrind::default()
                .hard_limits([(EventKind::Ir, 350)])
                .soft_limits([(EventKind::Ir, 3.0)])
        )
        .tool(Dhat::default().hard_limits([(DhatMetric::TotalBlocks, 1)])),
    library_benchmark_groups = joins
);
