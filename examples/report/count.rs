//! The exact pass: what one request does to the heap.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use thrifty::meter::{self, Scope, Usage};

use crate::request::{Input, Shape};
use crate::support::{Error, Variant};

/// Requests before the count: every buffer that is kept has its final size by then.
const WARM_UP: usize = 16;
/// Requests that are counted, one by one. All must agree.
const RUNS: usize = 64;
/// Of a huge request there are fewer, and of one that takes longer than this there is one.
const MIN_RUNS: usize = 2;
const PATIENCE: Duration = Duration::from_millis(100);

/// What one request does to the heap, in numbers of calls and in bytes as requested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub allocations: u64,
    pub reallocations: u64,
    /// With the growth of reallocations.
    pub bytes: u64,
    pub peak_bytes: u64,
    pub frees: u64,
}

impl Counts {
    /// Names and figures, in the order of the tables.
    pub(crate) const fn columns(&self) -> [(&'static str, u64); 5] {
        [
            ("allocations", self.allocations),
            ("reallocations", self.reallocations),
            ("bytes", self.bytes),
            ("peak_bytes", self.peak_bytes),
            ("frees", self.frees),
        ]
    }

    /// Allocations and reallocations together.
    pub(crate) const fn requests(&self) -> u64 {
        self.allocations + self.reallocations
    }

    fn with(self, other: Self, pick: fn(u64, u64) -> u64) -> Self {
        Self {
            allocations: pick(self.allocations, other.allocations),
            reallocations: pick(self.reallocations, other.reallocations),
            bytes: pick(self.bytes, other.bytes),
            peak_bytes: pick(self.peak_bytes, other.peak_bytes),
            frees: pick(self.frees, other.frees),
        }
    }
}

impl From<Usage> for Counts {
    fn from(usage: Usage) -> Self {
        Self {
            allocations: usage.allocs,
            reallocations: usage.reallocs,
            bytes: usage.bytes_allocated,
            peak_bytes: usage.peak_bytes,
            frees: usage.frees,
        }
    }
}

/// The counts of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    /// Of every run; of a variant that is not steady, the highest of each figure.
    pub counts: Counts,
    /// The lowest of each figure, if the runs do not agree.
    pub lowest: Option<Counts>,
}

impl Counted {
    fn from_runs(runs: &[Counts]) -> Self {
        let first = runs.first().copied().unwrap_or_default();
        let highest = runs.iter().fold(first, |all, run| all.with(*run, u64::max));
        let lowest = runs.iter().fold(first, |all, run| all.with(*run, u64::min));
        Self { counts: highest, lowest: (lowest != highest).then_some(lowest) }
    }
}

/// Counts a variant on a request that it has served before: in the time `before`.
pub(crate) fn count(
    variant: &mut dyn Variant,
    input: &Input,
    before: Duration,
) -> Result<Counted, Error> {
    if before > PATIENCE {
        // Once served, what is kept is as large as it will be.
        return Ok(Counted::from_runs(&[one(variant, &input.bytes, input.shape)?]));
    }
    let start = Instant::now();
    let enough = |run, patience| run >= MIN_RUNS && start.elapsed() > patience;
    for run in 0..WARM_UP {
        if enough(run, PATIENCE) {
            break;
        }
        input.shape.serve(variant, &input.bytes)?;
    }
    let mut runs = Vec::with_capacity(RUNS);
    for run in 0..RUNS {
        if enough(run, 2 * PATIENCE) {
            break;
        }
        runs.push(one(variant, &input.bytes, input.shape)?);
    }
    Ok(Counted::from_runs(&runs))
}

/// One request. Its response is freed by the next one, so in a steady state what the last response
/// frees here is what this one will free there.
fn one(variant: &mut dyn Variant, request: &[u8], shape: Shape) -> Result<Counts, Error> {
    let scope = Scope::enter();
    let served = shape.serve(variant, request).map(<[u8]>::len);
    let usage = scope.finish();
    served.map(|_| usage.into())
}

/// Whether the counter counts at all, and exactly: a pass on something that is known.
pub(crate) fn is_exact() -> bool {
    let ((), usage) = meter::measure(|| {
        let mut bytes: Vec<u8> = Vec::with_capacity(100);
        bytes.resize(100, 1);
        bytes.reserve_exact(50);
        drop(std::hint::black_box(bytes));
    });
    let known = Counts { allocations: 1, reallocations: 1, bytes: 150, peak_bytes: 150, frees: 1 };
    Counts::from(usage) == known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::variant;

    /// Counts how often it serves.
    #[derive(Debug, Default)]
    struct Calls(usize);

    impl Variant for Calls {
        fn name(&self) -> &'static str {
            "calls"
        }

        fn about(&self) -> &'static str {
            "counts its calls"
        }

        fn handle(&mut self, _: &[u8]) -> Result<&[u8], Error> {
            self.0 += 1;
            Ok(&[])
        }

        fn handle_other(&mut self, request: &[u8]) -> Result<&[u8], Error> {
            self.handle(request)
        }
    }

    #[test]
    fn what_took_long_is_counted_once_more_and_no_oftener() {
        crate::allocator::count();
        let runs_after = |before| {
            let mut calls = Calls::default();
            count(&mut calls, &Input::embedded(), before).unwrap();
            calls.0
        };
        assert_eq!(runs_after(PATIENCE * 2), 1);
        assert!(runs_after(Duration::ZERO) > MIN_RUNS);
    }

    #[test]
    fn one_run_after_one_is_as_steady_as_many() {
        crate::allocator::count();
        for name in ["buffers", "zero_copy_inline"] {
            let input = Input::embedded();
            let [many, one] = [Duration::ZERO, PATIENCE * 2].map(|before| {
                let mut variant = variant(name).unwrap();
                variant.handle(&input.bytes).unwrap();
                count(&mut *variant, &input, before).unwrap()
            });
            assert_eq!(many, one, "{name}");
        }
    }

    #[test]
    fn runs_that_agree_are_one_figure() {
        let run = Counts { allocations: 3, bytes: 40, ..Counts::default() };
        assert_eq!(Counted::from_runs(&[run, run]), Counted { counts: run, lowest: None });
    }

    #[test]
    fn runs_that_differ_are_a_range() {
        let low = Counts { allocations: 3, bytes: 50, ..Counts::default() };
        let high = Counts { allocations: 4, bytes: 40, ..Counts::default() };
        let counted = Counted::from_runs(&[low, high]);
        assert_eq!((counted.counts.allocations, counted.counts.bytes), (4, 50));
        let lowest = counted.lowest.unwrap();
        assert_eq!((lowest.allocations, lowest.bytes), (3, 40));
    }
}
