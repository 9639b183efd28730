//! What the benches of the blocks print: Criterion's time line and the exact heap line below it.

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion};
use thrifty::meter::HeapLine;

/// A group that knows its name: the heap lines have the ids of the times.
pub(crate) struct Rows<'a> {
    name: &'static str,
    pub(crate) group: BenchmarkGroup<'a, WallTime>,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(criterion: &'a mut Criterion, name: &'static str) -> Self {
        Self { name, group: criterion.benchmark_group(name) }
    }

    /// Criterion's time line, and below it the exact heap line of the same closure.
    pub(crate) fn row<R>(&mut self, name: &str, n: u64, run: impl Fn(u64) -> R) {
        let mut selected = false;
        self.group.bench_with_input(BenchmarkId::new(name, n), &n, |bencher, &n| {
            selected = true;
            bencher.iter(|| run(black_box(n)));
        });
        if selected {
            let id = format!("{}/{name}/{n}", self.name);
            HeapLine::new(id).iter(|| run(black_box(n)));
        }
    }
}
