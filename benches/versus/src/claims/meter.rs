//! What counting costs.

use super::claim;
use crate::claim::Against::{Best, Named};
use crate::claim::Claim;
use crate::claim::Goal::{Figure, Ratio, Threads};
use crate::claim::Metric::{Instructions, Time};

pub(super) const METER: &[Claim] = &[
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
        "Metered::counts_only(System) adds at most 5 instructions to a malloc and free of 64 \
         bytes.",
    ),
    claim(
        "meter/pair-64-2threads",
        Time,
        Threads(1.1),
        Best,
        "Metered<System> on two cores at once: a malloc and free of 64 bytes takes at most 1.1 \
         of the time that it takes on one.",
    ),
    claim(
        "meter/counting-naive",
        Instructions,
        Ratio(1.05),
        Named("system"),
        "Counting everything costs the report's naive request at most 1.05 of the instructions \
         on bare System.",
    ),
    claim(
        "meter/counting-naive-counts",
        Instructions,
        Ratio(1.01),
        Named("system"),
        "The counts-only mode costs the report's naive request at most 1.01 of the instructions \
         on bare System.",
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
        "A Vec that doubles up to 64 MiB grows in place: at most 1.1 of bare System's \
         instructions.",
    ),
    claim(
        "meter/grow-64m-time",
        Time,
        Ratio(1.1),
        Named("system"),
        "A block that doubles up to 64 MiB takes at most 1.1 of bare System's time.",
    ),
];
