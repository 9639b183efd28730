//! Pattern: dhat's figures as tests: one binary, one profiler after the other.
//!
//! Copy this file to `tests/dhat_tests.rs` and add to `Cargo.toml`:
//!
//! ```toml
//! [dev-dependencies]
//! dhat = "0.3.3"
//! libtest-mimic = "0.8"
//!
//! [[test]]
//! name = "dhat_tests"
//! harness = false
//! ```
//!
//! Run: `cargo test --test dhat_tests`
//! Prints: `test result: ok. 4 passed`
//!
//! dhat counts for the whole process, and a second profiler panics. Under the usual harness that
//! means one file for each test, since tests run side by side and the harness itself allocates
//! meanwhile. Here the harness runs one test at a time, whatever `--test-threads` says, so all of
//! them share this file, and each has a profiler of its own.
//!
//! `thrifty::meter` needs none of this: it counts for each thread. Take dhat where other threads
//! belong to the figure, or where its profile is what you want.

use std::fmt::Debug;
use std::hint::black_box;
use std::process::ExitCode;
use std::thread;

use dhat::{HeapStats, Profiler};
use libtest_mimic::{Arguments, Failed, Trial};

#[global_allocator]
static GLOBAL: dhat::Alloc = dhat::Alloc;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1);
    let trials = vec![
        Trial::test("a_sized_vec_is_one_block", a_sized_vec_is_one_block),
        Trial::test("a_reallocation_is_a_block", a_reallocation_is_a_block),
        Trial::test("other_threads_are_counted", other_threads_are_counted),
        Trial::test("nothing_is_left", nothing_is_left),
    ];
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Runs `f` under a profiler of its own, and returns its result and what it did to the heap.
///
/// What `f` needs is made before, and what it returns is dropped after. `dhat::assert_eq!` would
/// write a profile when it fails; in tests the figures are enough.
fn profile<R>(f: impl FnOnce() -> R) -> (R, HeapStats) {
    let profiler = Profiler::builder().testing().build();
    let result = black_box(f());
    let stats = HeapStats::get();
    drop(profiler);
    (result, stats)
}

fn equal<T: Copy + Debug + PartialEq>(what: &str, figure: T, expected: T) -> Result<(), Failed> {
    if figure == expected {
        return Ok(());
    }
    Err(format!("{what}: {figure:?}, expected {expected:?}").into())
}

fn a_sized_vec_is_one_block() -> Result<(), Failed> {
    let (items, stats) = profile(|| {
        let mut items = Vec::with_capacity(100);
        items.extend(0..100_u64);
        items
    });
    equal("items", items.len(), 100)?;
    equal("blocks", stats.total_blocks, 1)?;
    equal("bytes", stats.total_bytes, 800)
}

/// One block at a time is live, of 800 bytes at most; dhat adds up what each of them had.
fn a_reallocation_is_a_block() -> Result<(), Failed> {
    let (_, stats) = profile(|| {
        let mut items = Vec::<u64>::with_capacity(25);
        for capacity in [50, 100] {
            items.reserve_exact(capacity);
        }
        items
    });
    equal("blocks", stats.total_blocks, 3)?;
    equal("bytes", stats.total_bytes, 200 + 400 + 800)?;
    equal("peak", stats.max_bytes, 800)
}

fn other_threads_are_counted() -> Result<(), Failed> {
    let start = |bytes| {
        profile(|| thread::spawn(move || drop(black_box(vec![0_u8; bytes]))).join().is_ok()).1
    };
    // What starting a thread takes is std's business: the difference is ours.
    start(1);
    let (small, large) = (start(1), start(5001));
    equal("bytes more", large.total_bytes - small.total_bytes, 5000)
}

fn nothing_is_left() -> Result<(), Failed> {
    let ((), stats) = profile(|| {
        let words: Vec<String> = "allocations are a number".split(' ').map(str::to_owned).collect();
        drop(black_box(words));
    });
    equal("blocks that are left", stats.curr_blocks, 0)?;
    equal("bytes that are left", stats.curr_bytes, 0)
}
