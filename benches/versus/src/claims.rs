//! Every claim with its goal. This is the one place where goals stand.
//!
//! A goal is changed only with the reason in the commit; a missed goal stays as missed.

use crate::claim::Against::{Best, Named};
use crate::claim::Goal::{Figure, Ratio, Threads};
use crate::claim::Metric::{Allocations, Bytes, Instructions, Time};
use crate::claim::{Against, Claim, Goal, Metric};

/// The claims, room by room.
pub(crate) fn claims() -> impl Iterator<Item = &'static Claim> {
    [METER, INLINE, REPORT].into_iter().flatten()
}

const fn claim(
    case: &'static str,
    metric: Metric,
    goal: Goal,
    against: Against,
    text: &'static str,
) -> Claim {
    Claim { case, metric, goal, against, text }
}

const METER: &[Claim] = &[
    claim(
        "meter/pair-64",
        Instructions,
        Figure(16.0),
        Best,
        "Metered<System> adds at most 16 instructions to a malloc and free of 64 bytes.",
    ),
    claim(
        "meter/pair-64-counts",
        Instructions,
        Figure(5.0),
        Best,
        "Metered::counts_only(System) adds at most 5 instructions to a malloc and free of 64 bytes.",
    ),
    claim(
        "meter/pair-64-2threads",
        Time,
        Threads(1.1),
        Best,
        "Metered<System> on two cores at once: a malloc and free of 64 bytes takes at most 1.1 of the time that it takes on one.",
    ),
    claim(
        "meter/counting-naive",
        Instructions,
        Ratio(1.05),
        Named("system"),
        "Counting everything costs the report's naive request at most 1.05 of the instructions on bare System.",
    ),
    claim(
        "meter/counting-naive-counts",
        Instructions,
        Ratio(1.01),
        Named("system"),
        "The counts-only mode costs the report's naive request at most 1.01 of the instructions on bare System.",
    ),
    claim(
        "meter/pair-64-time",
        Time,
        Ratio(1.12),
        Named("system"),
        "A malloc and free of 64 bytes takes at most 1.12 of bare System's time.",
    ),
    claim(
        "meter/zeroed-64m",
        Instructions,
        Ratio(1.1),
        Named("system"),
        "`vec![0; 64 MiB]` stays lazy: at most 1.1 of bare System's instructions.",
    ),
    claim(
        "meter/zeroed-64m-time",
        Time,
        Ratio(1.1),
        Named("system"),
        "64 MiB of zeroes, not touched, take at most 1.1 of bare System's time.",
    ),
    claim(
        "meter/grow-64m",
        Instructions,
        Ratio(1.1),
        Named("system"),
        "A Vec that doubles up to 64 MiB grows in place: at most 1.1 of bare System's instructions.",
    ),
    claim(
        "meter/grow-64m-time",
        Time,
        Ratio(1.1),
        Named("system"),
        "A block that doubles up to 64 MiB takes at most 1.1 of bare System's time.",
    ),
];

const INLINE: &[Claim] = &[
    claim(
        "inline/vec-4",
        Instructions,
        Ratio(0.35),
        Named("vec"),
        "Pushing 4 u64 into a SmallVec<[u64; 8]> and dropping it takes at most 0.35 of the instructions of Vec::new().",
    ),
    claim(
        "inline/vec-8",
        Instructions,
        Ratio(0.35),
        Named("vec"),
        "Pushing 8 u64 into a SmallVec<[u64; 8]> and dropping it takes at most 0.35 of the instructions of Vec::new().",
    ),
    claim(
        "inline/vec-8-allocations",
        Allocations,
        Figure(0.0),
        Named("vec"),
        "Pushing 8 u64 into a SmallVec<[u64; 8]> allocates nothing.",
    ),
    claim(
        "inline/vec-8-bytes",
        Bytes,
        Figure(0.0),
        Named("vec"),
        "Pushing 8 u64 into a SmallVec<[u64; 8]> takes no byte from the heap.",
    ),
];

const REPORT: &[Claim] = &[
    claim(
        "report/best-vs-naive",
        Instructions,
        Ratio(0.526),
        Named("naive"),
        "Serving the report's request with zero-copy parsing, inline collections, reused buffers and amounts written as digits takes at most 0.526 of naive's instructions (`thrifty` is the variant zero_copy_inline).",
    ),
    claim(
        "report/existing-vs-naive",
        Instructions,
        Ratio(0.556),
        Named("naive"),
        "Serving it with existing crates and amounts written as digits takes at most 0.556 of naive's instructions (`thrifty` is the variant existing).",
    ),
    claim(
        "report/best-allocations",
        Allocations,
        Figure(1.0),
        Named("naive"),
        "Serving the report's request takes at most 1 allocation or reallocation (`thrifty` is the variant zero_copy_inline).",
    ),
    claim(
        "report/existing-allocations",
        Allocations,
        Figure(4.0),
        Named("naive"),
        "Serving it with existing crates alone takes at most 4 allocations or reallocations (`thrifty` is the variant existing).",
    ),
];
