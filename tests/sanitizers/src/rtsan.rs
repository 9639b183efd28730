//! Every function that promises "Never allocates.", called where nothing may: see `.ci/lane/rtsan`.
//!
//! `RealtimeSanitizer` ends the process when the allocator, a lock or another call that may wait is
//! reached from [`Calls::never`]; without it the meter counts, so the promise is proven twice. A
//! `const fn` needs no call: what the compiler can evaluate does not allocate. `rtsan allocate`
//! allocates on purpose, and must be reported.
#![cfg_attr(rtsan, feature(sanitize))]

#[path = "rtsan/meter.rs"]
mod counted;
#[path = "rtsan/pool.rs"]
mod pooled;
mod promises;
#[path = "rtsan/share.rs"]
mod shared;
#[path = "rtsan/inline.rs"]
mod small;

use std::alloc::System;
use std::collections::BTreeSet;
use std::hint::black_box;
use std::process::ExitCode;

use thrifty::meter::{Metered, measure};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

/// What promises it and cannot be called here, and why.
const EXCUSED: &[(&str, &str)] = &[
    ("heap/rss::rss", "reads a file of the kernel"),
    ("heap/stats::stats", "reads files of the kernel, takes the allocator's lock"),
    ("heap/tuning::apply", "takes the allocator's lock"),
    ("heap/tuning/at_start::tune", "runs before main"),
    ("meter/assert::new", "what a macro expands to"),
    ("meter/snapshot::of", "what a macro expands to"),
    ("meter/snapshot::new", "what a macro expands to"),
    ("meter/advise::without_lines", "its input is made by a walk of the stack"),
    ("meter/lengths::sites", "waits for a lock of std, which all who look share"),
];

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("allocate") {
        let block = nonblocking(|| black_box(Vec::<u8>::with_capacity(black_box(100))));
        drop(block);
        return ExitCode::SUCCESS;
    }
    let mut calls = Calls::default();
    small::check(&mut calls);
    counted::check(&mut calls);
    pooled::check(&mut calls);
    shared::check(&mut calls);
    let promised = promises::read();
    let missing: Vec<_> = promised
        .iter()
        .filter(|name| !calls.names.contains(name.as_str()))
        .filter(|name| !EXCUSED.iter().any(|(excused, _)| excused == name))
        .collect();
    let stale: Vec<_> = EXCUSED.iter().filter(|(name, _)| calls.names.contains(name)).collect();
    if !missing.is_empty() || !stale.is_empty() || promised.len() < 80 {
        eprintln!("promised and not called: {missing:#?}\nexcused and called: {stale:#?}");
        return ExitCode::FAILURE;
    }
    println!(
        "{} calls, {} of {} functions that promise to never allocate",
        calls.count,
        promised.len() - EXCUSED.iter().filter(|(name, _)| promised.contains(*name)).count(),
        promised.len(),
    );
    ExitCode::SUCCESS
}

/// The calls that were made, by file and name of the function.
#[derive(Default)]
pub(crate) struct Calls {
    names: BTreeSet<&'static str>,
    count: usize,
}

impl Calls {
    /// Runs `f` where nothing may be allocated. What it returns is dropped by the caller.
    #[track_caller]
    pub(crate) fn never<R>(&mut self, name: &'static str, f: impl FnOnce() -> R) -> R {
        let (result, usage) = measure(|| nonblocking(f));
        assert_eq!((usage.requests(), usage.frees), (0, 0), "{name}");
        self.names.insert(name);
        self.count += 1;
        result
    }
}

#[cfg_attr(rtsan, sanitize(realtime = "nonblocking"))]
#[inline(never)]
fn nonblocking<R>(f: impl FnOnce() -> R) -> R {
    f()
}
