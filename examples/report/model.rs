//! The report as data: what `report.json` holds, and what every other form of it is made from.

use serde::Serialize;

use crate::build::Versions;
use crate::count::{Counted, Counts};
use crate::machine::Machine;
use crate::parent::{Ladder, Swap};
use crate::request::{Input, Shape};
use crate::stats::Estimate;
use crate::steady::Steady;
use crate::support::Variant;

/// Everything that was found out.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    pub allocator: String,
    pub request: Request,
    pub variants: Vec<Row>,
    /// The rungs "allocator swapped, nothing else", relative to `naive` on the system's allocator.
    pub allocator_swaps: Vec<Swap>,
    /// Many requests that differ; only with the embedded one.
    pub steady: Option<Steady>,
    /// Further pairs of variants, from the same rounds.
    pub pairs: Vec<Pair>,
    /// `naive` relative to itself: what no difference looks like on this machine.
    pub self_check: Option<Pair>,
    pub rounds: usize,
    /// That the rounds were timed in, one after the other.
    pub processes: usize,
    /// Why there are no times.
    pub untimed: Option<String>,
    pub profile: &'static str,
    pub versions: Versions,
    #[serde(flatten)]
    pub machine: Machine,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Request {
    pub name: String,
    pub bytes: usize,
    pub shape: Shape,
    pub stages: &'static str,
    pub note: Option<String>,
}

/// One variant: exact figures per request, and its time relative to `naive`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    pub name: &'static str,
    pub about: &'static str,
    #[serde(flatten)]
    pub counts: Counts,
    /// The lowest figures, if the runs did not agree; the others are then the highest.
    pub lowest: Option<Counts>,
    pub time_ratio: Option<f64>,
    pub spread: Option<[f64; 2]>,
    /// The median time of a request.
    pub nanoseconds: Option<f64>,
    #[serde(skip)]
    pub estimate: Option<Estimate>,
}

/// The time of one variant relative to another's.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Pair {
    pub name: &'static str,
    pub base: &'static str,
    pub time_ratio: f64,
    pub spread: [f64; 2],
    #[serde(skip)]
    pub estimate: Estimate,
}

/// The pairs that the advice speaks of.
const PAIRS: [(&str, &str); 12] = [
    ("zero_copy", "numbers"),
    ("zero_copy_inline", "existing"),
    ("zero_copy_inline", "buffers_zero_copy"),
    ("owned", "zero_copy_inline"),
    ("small", "inline"),
    ("shared", "owned"),
    ("shared", "existing"),
    ("pooled", "existing"),
    ("pieces", "existing"),
    ("best", "owned"),
    ("best", "pieces"),
    ("best", "existing"),
];

impl Report {
    #[expect(clippy::too_many_arguments, reason = "one for each part of the report")]
    pub(crate) fn new(
        input: &Input,
        machine: Machine,
        versions: Versions,
        variants: &[Box<dyn Variant>],
        counted: &[Counted],
        ladder: &Result<Ladder, String>,
        allocator_swaps: Vec<Swap>,
        steady: Option<Steady>,
    ) -> Self {
        let ladder = ladder.as_ref();
        let rows: Vec<Row> = variants
            .iter()
            .zip(counted)
            .enumerate()
            .map(|(index, (variant, counted))| Row::new(&**variant, *counted, index, ladder.ok()))
            .collect();
        let index = |name| rows.iter().position(|row| row.name == name);
        let pairs = PAIRS.iter().filter_map(|&(name, base)| {
            let estimate = ladder.ok()?.ratio(index(name)?, index(base)?)?;
            Some(Pair::new(name, base, estimate))
        });
        Self {
            allocator: crate::allocator::backend().to_string(),
            request: Request {
                name: input.name.clone(),
                bytes: input.bytes.len(),
                shape: input.shape,
                stages: input.stages,
                note: input.note.clone(),
            },
            allocator_swaps,
            steady,
            pairs: pairs.collect(),
            self_check: ladder
                .ok()
                .and_then(|ladder| ladder.ratio(variants.len(), 0))
                .map(|estimate| Pair::new("naive", "naive", estimate)),
            rounds: ladder.map_or(0, Ladder::rounds),
            processes: ladder.map_or(0, Ladder::processes),
            untimed: ladder.err().cloned(),
            profile: if cfg!(debug_assertions) { "debug" } else { "release" },
            versions,
            machine,
            variants: rows,
        }
    }

    pub(crate) fn row(&self, name: &str) -> Option<&Row> {
        self.variants.iter().find(|row| row.name == name)
    }

    pub(crate) fn pair(&self, name: &str, base: &str) -> Option<&Pair> {
        self.pairs.iter().find(|pair| pair.name == name && pair.base == base)
    }

    /// What the reader should know before believing a figure.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.profile == "debug" {
            warnings.push(
                "this is a debug build: its times mean nothing; run it with --release".to_owned(),
            );
        }
        if self.machine.loaded && self.rounds > 0 {
            warnings.push(format!(
                "the machine is busy (load {:.1} on {} cores): counts are exact all the same, times \
                 are not; run it again when it is quiet",
                self.machine.load.unwrap_or_default(),
                self.machine.cores
            ));
        }
        let misses =
            |check: &&Pair| (check.time_ratio - 1.0).abs() > 0.01 && check.estimate.differs();
        if let Some(check) = self.self_check.as_ref().filter(misses) {
            warnings.push(format!(
                "`naive` beside itself came out as {}: do not believe a difference of that size",
                check.estimate.in_words()
            ));
        }
        for row in self.variants.iter().filter(|row| row.lowest.is_some()) {
            warnings.push(format!(
                "{} is not steady: its runs differ, and the table shows the highest figures",
                row.name
            ));
        }
        warnings
    }
}

impl Row {
    fn new(variant: &dyn Variant, counted: Counted, index: usize, ladder: Option<&Ladder>) -> Self {
        let estimate = match index {
            0 => ladder.map(|_| Estimate::ONE),
            _ => ladder.and_then(|ladder| ladder.ratio(index, 0)),
        };
        let nanoseconds = ladder.and_then(|ladder| ladder.nanos(index));
        Self::from_parts(variant.name(), variant.about(), counted, estimate, nanoseconds)
    }

    pub(crate) fn from_parts(
        name: &'static str,
        about: &'static str,
        counted: Counted,
        estimate: Option<Estimate>,
        nanoseconds: Option<f64>,
    ) -> Self {
        Self {
            name,
            about,
            counts: counted.counts,
            lowest: counted.lowest,
            time_ratio: estimate.map(|estimate| rounded(estimate.median)),
            spread: estimate.map(|estimate| [rounded(estimate.low), rounded(estimate.high)]),
            nanoseconds: nanoseconds.map(rounded),
            estimate,
        }
    }
}

impl Pair {
    fn new(name: &'static str, base: &'static str, estimate: Estimate) -> Self {
        Self {
            name,
            base,
            time_ratio: rounded(estimate.median),
            spread: [rounded(estimate.low), rounded(estimate.high)],
            estimate,
        }
    }
}

/// Four decimals: more is noise.
pub(crate) fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}
