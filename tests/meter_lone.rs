//! The flaky case of the field: a lone test, and threads beside it that allocate, the harness's own
//! included. The same figure in 200 of 200 processes.
#![cfg(feature = "meter")]

use std::alloc::System;
use std::env;
use std::hint::black_box;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use thrifty::meter::{Metered, measure};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

const CHILD: &str = "THRIFTY_LONE_TEST";

#[test]
fn a_lone_test_beside_noise_gives_the_same_figure_every_time() {
    if env::var_os(CHILD).is_some() {
        return once();
    }
    let program = env::current_exe().expect("the test's own path is known");
    for run in 1..=200 {
        let status = Command::new(&program).env(CHILD, "1").output().expect("it starts").status;
        assert!(status.success(), "run {run} of 200 saw another figure");
    }
}

fn once() {
    let quiet = AtomicBool::new(false);
    let usage = thread::scope(|scope| {
        scope.spawn(|| {
            while !quiet.load(Ordering::Relaxed) {
                drop(black_box(vec![1_u8; 594]));
            }
        });
        thread::yield_now();
        let (lines, usage) =
            measure(|| "a b\nc d\ne f".lines().map(str::to_owned).collect::<Vec<_>>());
        quiet.store(true, Ordering::Relaxed);
        drop(lines);
        usage
    });
    assert_eq!((usage.allocs, usage.reallocs, usage.frees), (4, 0, 0));
    assert_eq!((usage.bytes_allocated, usage.peak_bytes), (4 * 24 + 9, 4 * 24 + 9));
}
