//! What the benches of the blocks print: Criterion's time line and the exact heap line below it.

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion};
use thrifty::meter::{HeapLine, exit_on_regress};

/// Runs the groups of a bench with few samples: times are only looked at, heap lines are
/// compared, and more allocations than in the baseline end it with a failure.
pub(crate) fn run(groups: impl FnOnce(&mut Criterion)) {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .nresamples(2_000)
        .without_plots()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(400))
        .configure_from_args();
    groups(&mut criterion);
    criterion.final_summary();
    exit_on_regress();
}

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
