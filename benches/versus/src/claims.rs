//! Every claim with its goal. This is the one place where goals stand.
//!
//! A goal is changed only with the reason in the commit; a missed goal stays as missed.

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
}

impl Metric {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Instructions => "instructions",
            Self::Time => "time",
            Self::Allocations => "allocations",
            Self::Bytes => "bytes",
        }
    }

    const fn unit(self) -> &'static str {
        match self {
            Self::Instructions => "instructions",
            Self::Time => "ns",
            Self::Allocations => "allocations",
            Self::Bytes => "bytes",
        }
    }

    pub(crate) const fn is_exact(self) -> bool {
        !matches!(self, Self::Time)
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
}

/// Who stands beside us in the claim's row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Against {
    /// The best of all that were measured.
    Best,
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
            _ => self.metric.unit(),
        }
    }

    pub(crate) fn room(&self) -> &'static str {
        self.case.split_once('/').map_or(self.case, |(room, _)| room)
    }
}

pub(crate) static CLAIMS: &[Claim] = &[
    Claim {
        case: "meter/pair-64",
        metric: Metric::Instructions,
        goal: Goal::Figure(16.0),
        against: Against::Best,
        text: "Metered<System> adds at most 16 instructions to a malloc and free of 64 bytes.",
    },
    Claim {
        case: "meter/pair-64-counts",
        metric: Metric::Instructions,
        goal: Goal::Figure(5.0),
        against: Against::Best,
        text: "Metered::counts_only(System) adds at most 5 instructions to a malloc and free of \
               64 bytes.",
    },
    Claim {
        case: "meter/pair-64-2threads",
        metric: Metric::Time,
        goal: Goal::Threads(1.1),
        against: Against::Best,
        text: "Metered<System> on two cores at once: a malloc and free of 64 bytes takes at most \
               1.1 of the time that it takes on one.",
    },
    Claim {
        case: "meter/counting-naive",
        metric: Metric::Instructions,
        goal: Goal::Ratio(1.05),
        against: Against::Named("system"),
        text: "Counting everything costs the report's naive request at most 1.05 of the \
               instructions on bare System.",
    },
    Claim {
        case: "meter/counting-naive-counts",
        metric: Metric::Instructions,
        goal: Goal::Ratio(1.01),
        against: Against::Named("system"),
        text: "The counts-only mode costs the report's naive request at most 1.01 of the \
               instructions on bare System.",
    },
    Claim {
        case: "meter/pair-64-time",
        metric: Metric::Time,
        goal: Goal::Ratio(1.12),
        against: Against::Named("system"),
        text: "A malloc and free of 64 bytes takes at most 1.12 of bare System's time.",
    },
    Claim {
        case: "meter/zeroed-64m",
        metric: Metric::Instructions,
        goal: Goal::Ratio(1.1),
        against: Against::Named("system"),
        text: "`vec![0; 64 MiB]` stays lazy: at most 1.1 of bare System's instructions.",
    },
    Claim {
        case: "meter/zeroed-64m-time",
        metric: Metric::Time,
        goal: Goal::Ratio(1.1),
        against: Against::Named("system"),
        text: "64 MiB of zeroes, not touched, take at most 1.1 of bare System's time.",
    },
    Claim {
        case: "meter/grow-64m",
        metric: Metric::Instructions,
        goal: Goal::Ratio(1.1),
        against: Against::Named("system"),
        text: "A Vec that doubles up to 64 MiB grows in place: at most 1.1 of bare System's \
               instructions.",
    },
    Claim {
        case: "meter/grow-64m-time",
        metric: Metric::Time,
        goal: Goal::Ratio(1.1),
        against: Against::Named("system"),
        text: "A block that doubles up to 64 MiB takes at most 1.1 of bare System's time.",
    },
    Claim {
        case: "inline/vec-4",
        metric: Metric::Instructions,
        goal: Goal::Ratio(0.35),
        against: Against::Named("vec"),
        text: "Pushing 4 u64 into a SmallVec<[u64; 8]> and dropping it takes at most 0.35 of the \
               instructions of Vec::new().",
    },
    Claim {
        case: "inline/vec-8",
        metric: Metric::Instructions,
        goal: Goal::Ratio(0.35),
        against: Against::Named("vec"),
        text: "Pushing 8 u64 into a SmallVec<[u64; 8]> and dropping it takes at most 0.35 of the \
               instructions of Vec::new().",
    },
    Claim {
        case: "inline/vec-8-allocations",
        metric: Metric::Allocations,
        goal: Goal::Figure(0.0),
        against: Against::Named("vec"),
        text: "Pushing 8 u64 into a SmallVec<[u64; 8]> allocates nothing.",
    },
    Claim {
        case: "inline/vec-8-bytes",
        metric: Metric::Bytes,
        goal: Goal::Figure(0.0),
        against: Against::Named("vec"),
        text: "Pushing 8 u64 into a SmallVec<[u64; 8]> takes no byte from the heap.",
    },
    Claim {
        case: "report/best-vs-naive",
        metric: Metric::Instructions,
        goal: Goal::Ratio(0.526),
        against: Against::Named("naive"),
        text: "Serving the report's request with zero-copy parsing, inline collections, reused \
               buffers and amounts written as digits takes at most 0.526 of naive's instructions (`thrifty` is the variant \
               zero_copy_inline).",
    },
    Claim {
        case: "report/existing-vs-naive",
        metric: Metric::Instructions,
        goal: Goal::Ratio(0.556),
        against: Against::Named("naive"),
        text: "Serving it with existing crates and amounts written as digits takes at most 0.556 of \
               naive's instructions (`thrifty` is the variant existing).",
    },
    Claim {
        case: "report/best-allocations",
        metric: Metric::Allocations,
        goal: Goal::Figure(1.0),
        against: Against::Named("naive"),
        text: "Serving the report's request takes at most 1 allocation or reallocation (`thrifty` \
               is the variant zero_copy_inline).",
    },
    Claim {
        case: "report/existing-allocations",
        metric: Metric::Allocations,
        goal: Goal::Figure(4.0),
        against: Against::Named("naive"),
        text: "Serving it with existing crates alone takes at most 4 allocations or reallocations \
               (`thrifty` is the variant existing).",
    },
];
