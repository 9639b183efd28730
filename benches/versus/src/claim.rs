//! What a claim consists of.

use serde::Serialize;

/// What is measured. Less is better in each of them, so that every goal is an upper limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Metric {
    /// Instructions for each operation, counted by callgrind: repeats exactly.
    Instructions,
    /// Wall time for each operation: noisy, never fails a check.
    Time,
    /// Allocations and reallocations for each operation, once it has warmed up: exact.
    Allocations,
    /// Bytes for each operation, growth of reallocations included, once it has warmed up: exact.
    Bytes,
    /// Memory that the kernel holds for the process: repeats within a percent or two.
    Resident,
}

impl Metric {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Instructions => "instructions",
            Self::Time => "time",
            Self::Allocations => "allocations",
            Self::Bytes => "bytes",
            Self::Resident => "resident",
        }
    }

    const fn unit(self) -> &'static str {
        match self {
            Self::Instructions => "instructions",
            Self::Time => "ns",
            Self::Allocations => "allocations",
            Self::Bytes | Self::Resident => "bytes",
        }
    }

    pub(crate) const fn is_exact(self) -> bool {
        !matches!(self, Self::Time | Self::Resident)
    }
}

/// The upper limit of a claim, and what it limits.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    /// Our figure divided by the peer's; for times the upper end of the spread.
    Ratio(f64),
    /// Our figure alone.
    Figure(f64),
    /// Our time on each of two threads at once divided by that on one thread alone; the upper end
    /// of its spread.
    Threads(f64),
    /// Our figure alone, which is the share of freed memory that stays resident.
    Stays(f64),
}

/// Who stands beside us in the claim's row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Against {
    /// The best of all that were measured.
    Best,
    /// The best, but for those that cannot do what the claim is about.
    BestBut(&'static [&'static str]),
    /// This implementation, since the claim names it; the others are shown by `--all`.
    Named(&'static str),
}

#[derive(Debug)]
pub(crate) struct Claim {
    /// `ROOM/NAME`, unique.
    pub(crate) case: &'static str,
    pub(crate) metric: Metric,
    pub(crate) goal: Goal,
    pub(crate) against: Against,
    pub(crate) text: &'static str,
}

impl Claim {
    /// What `thrifty` and `theirs` count.
    pub(crate) const fn unit(&self) -> &'static str {
        match self.goal {
            Goal::Threads(_) => "times",
            Goal::Stays(_) => "share",
            _ => self.metric.unit(),
        }
    }

    pub(crate) fn room(&self) -> &'static str {
        self.case.split_once('/').map_or(self.case, |(room, _)| room)
    }
}
