//! What choosing, shims and purges cost and bring.

use super::claim;
use crate::claim::Against::{Best, Named};
use crate::claim::Claim;
use crate::claim::Goal::{Figure, Ratio, Stays};
use crate::claim::Metric::{Instructions, Resident, Time};

pub(super) const HEAP: &[Claim] = &[
    claim(
        "heap/select-overhead-16",
        Instructions,
        Figure(6.5),
        Best,
        "ByEnv adds at most 6.5 instructions to a malloc and free of 16 bytes by Mimalloc (C \
         line v2).",
    ),
    claim(
        "heap/select-overhead-64",
        Instructions,
        Figure(6.5),
        Best,
        "ByEnv adds at most 6.5 instructions to a malloc and free of 64 bytes by Mimalloc (C \
         line v2).",
    ),
    claim(
        "heap/select-overhead-1000",
        Instructions,
        Figure(6.5),
        Best,
        "ByEnv adds at most 6.5 instructions to a malloc and free of 1000 bytes by Mimalloc (C \
         line v2).",
    ),
    claim(
        "heap/select-overhead-v3-16",
        Instructions,
        Figure(6.5),
        Best,
        "ByEnv adds at most 6.5 instructions to a malloc and free of 16 bytes by Mimalloc (C \
         line v3).",
    ),
    claim(
        "heap/select-overhead-v3-64",
        Instructions,
        Figure(6.5),
        Best,
        "ByEnv adds at most 6.5 instructions to a malloc and free of 64 bytes by Mimalloc (C \
         line v3).",
    ),
    claim(
        "heap/select-overhead-v3-1000",
        Instructions,
        Figure(6.5),
        Best,
        "ByEnv adds at most 6.5 instructions to a malloc and free of 1000 bytes by Mimalloc (C \
         line v3).",
    ),
    claim(
        "heap/select-vs-mimalloc-crate-16",
        Instructions,
        Ratio(1.0),
        Named("mimalloc"),
        "ByEnv on mimalloc takes at most the instructions of the mimalloc crate's fixed static \
         for 16 bytes (C line v2).",
    ),
    claim(
        "heap/select-vs-mimalloc-crate-64",
        Instructions,
        Ratio(1.0),
        Named("mimalloc"),
        "ByEnv on mimalloc takes at most the instructions of the mimalloc crate's fixed static \
         for 64 bytes (C line v2).",
    ),
    claim(
        "heap/select-vs-mimalloc-crate-1000",
        Instructions,
        Ratio(1.0),
        Named("mimalloc"),
        "ByEnv on mimalloc takes at most the instructions of the mimalloc crate's fixed static \
         for 1000 bytes (C line v2).",
    ),
    claim(
        "heap/select-vs-mimalloc-crate-v3-16",
        Instructions,
        Ratio(1.0),
        Named("mimalloc"),
        "ByEnv on mimalloc takes at most the instructions of the mimalloc crate's fixed static \
         for 16 bytes (C line v3).",
    ),
    claim(
        "heap/select-vs-mimalloc-crate-v3-64",
        Instructions,
        Ratio(1.0),
        Named("mimalloc"),
        "ByEnv on mimalloc takes at most the instructions of the mimalloc crate's fixed static \
         for 64 bytes (C line v3).",
    ),
    claim(
        "heap/select-vs-mimalloc-crate-v3-1000",
        Instructions,
        Ratio(1.0),
        Named("mimalloc"),
        "ByEnv on mimalloc takes at most the instructions of the mimalloc crate's fixed static \
         for 1000 bytes (C line v3).",
    ),
    claim(
        "heap/select-64-time",
        Time,
        Ratio(1.1),
        Named("mimalloc"),
        "A malloc and free of 64 bytes by ByEnv on mimalloc takes at most 1.1 of the time that it \
         takes by the mimalloc crate.",
    ),
    claim(
        "heap/select-64-time-vs-fixed",
        Time,
        Ratio(1.25),
        Named("fixed"),
        "The same beside Mimalloc fixed, in a loop of nothing else: at most 1.25.",
    ),
    claim(
        "heap/shim-16",
        Instructions,
        Ratio(0.9),
        Named("mimalloc"),
        "Mimalloc takes at most 0.9 of the mimalloc crate's instructions for a malloc and free \
         of 16 bytes (C line v2).",
    ),
    claim(
        "heap/shim-64",
        Instructions,
        Ratio(0.9),
        Named("mimalloc"),
        "Mimalloc takes at most 0.9 of the mimalloc crate's instructions for a malloc and free \
         of 64 bytes (C line v2).",
    ),
    claim(
        "heap/shim-1000",
        Instructions,
        Ratio(0.85),
        Named("mimalloc"),
        "Mimalloc takes at most 0.85 of the mimalloc crate's instructions for a malloc and free \
         of 1000 bytes (C line v2).",
    ),
    claim(
        "heap/shim-v3-16",
        Instructions,
        Ratio(0.9),
        Named("mimalloc"),
        "Mimalloc takes at most 0.9 of the mimalloc crate's instructions for a malloc and free \
         of 16 bytes (C line v3).",
    ),
    claim(
        "heap/shim-v3-64",
        Instructions,
        Ratio(0.9),
        Named("mimalloc"),
        "Mimalloc takes at most 0.9 of the mimalloc crate's instructions for a malloc and free \
         of 64 bytes (C line v3).",
    ),
    claim(
        "heap/shim-v3-1000",
        Instructions,
        Ratio(0.8),
        Named("mimalloc"),
        "Mimalloc takes at most 0.8 of the mimalloc crate's instructions for a malloc and free \
         of 1000 bytes (C line v3).",
    ),
    claim(
        "heap/shim-v3-resident-48",
        Resident,
        Ratio(0.78),
        Named("mimalloc"),
        "5 million blocks of 48 bytes take at most 0.78 of the resident memory that they take \
         by way of the mimalloc crate (C line v3).",
    ),
    claim(
        "heap/purge-system",
        Resident,
        Stays(0.03),
        Named("left alone"),
        "After 1 GiB of small blocks is freed, purge() leaves at most 0.03 of it resident on \
         system.",
    ),
    claim(
        "heap/purge-mimalloc",
        Resident,
        Stays(0.03),
        Named("left alone"),
        "After 1 GiB of small blocks is freed, purge() leaves at most 0.03 of it resident on \
         mimalloc.",
    ),
    claim(
        "heap/purge-jemalloc",
        Resident,
        Stays(0.03),
        Named("left alone"),
        "After 1 GiB of small blocks is freed, purge() leaves at most 0.03 of it resident on \
         jemalloc.",
    ),
];
