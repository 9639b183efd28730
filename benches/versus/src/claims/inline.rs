//! Small collections and short text.

use super::claim;
use crate::claim::Against::{BestBut, Named};
use crate::claim::Claim;
use crate::claim::Goal::{Figure, Ratio};
use crate::claim::Metric::{Allocations, Bytes, Instructions, Time};

pub(super) const INLINE: &[Claim] = &[
    claim(
        "inline/vec-4",
        Instructions,
        Ratio(0.35),
        Named("vec"),
        "Pushing 4 u64 into a SmallVec<[u64; 8]> and dropping it takes at most 0.35 of the \
         instructions of Vec::new().",
    ),
    claim(
        "inline/vec-8",
        Instructions,
        Ratio(0.35),
        Named("vec"),
        "Pushing 8 u64 into a SmallVec<[u64; 8]> and dropping it takes at most 0.35 of the \
         instructions of Vec::new().",
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

/// Those that hold at most N.
const FIXED: &[&str] = &["micromap", "heapless"];

pub(super) const MAPS: &[Claim] = &[
    claim(
        "inline/map-u32-8",
        Instructions,
        Ratio(0.8),
        BestBut(FIXED),
        "The life of a SmallMap<u32, u64, 8> of 8 (inserting all, finding all, missing as many, \
         reading and dropping) takes at most 0.8 of the instructions of the best map that \
         spills.",
    ),
    claim(
        "inline/map-u32-8-time",
        Time,
        Ratio(0.75),
        BestBut(FIXED),
        "The same in time: at most 0.75.",
    ),
    claim(
        "inline/map-u32-16",
        Time,
        Ratio(0.7),
        BestBut(FIXED),
        "The life of a SmallMap<u32, u64, 16> of 16 takes at most 0.7 of the time of the best \
         map that spills.",
    ),
    claim(
        "inline/map-u32-16-instructions",
        Instructions,
        Ratio(1.0),
        BestBut(FIXED),
        "The same in instructions: at most as many.",
    ),
    claim(
        "inline/map-str-8",
        Instructions,
        Ratio(1.05),
        BestBut(FIXED),
        "The life of a SmallMap<&str, u64, 8> of 8 takes at most 1.05 of the instructions of \
         the best map that spills.",
    ),
    claim(
        "inline/map-str-8-time",
        Time,
        Ratio(1.05),
        BestBut(FIXED),
        "The same in time: at most 1.05.",
    ),
    claim(
        "inline/map-u32-8-vs-std",
        Instructions,
        Ratio(0.2),
        Named("std"),
        "With the default hasher of both, the life of 8 u32 keys takes at most 0.2 of the \
         instructions of std's HashMap.",
    ),
    claim(
        "inline/map-str-8-vs-std",
        Instructions,
        Ratio(0.27),
        Named("std"),
        "With the default hasher of both, the life of 8 &str keys takes at most 0.27 of the \
         instructions of std's HashMap.",
    ),
    claim(
        "inline/map-spilled",
        Time,
        Ratio(1.05),
        Named("hashbrown"),
        "The life of 24 u32 keys in a SmallMap<u32, u64, 8> takes at most 1.05 of the time of \
         hashbrown's map, grown from empty with the same hasher.",
    ),
    claim(
        "inline/map-spilled-instructions",
        Instructions,
        Ratio(1.05),
        Named("hashbrown"),
        "The same in instructions: at most 1.05.",
    ),
    claim(
        "inline/map-u32-8-allocations",
        Allocations,
        Figure(0.0),
        Named("std"),
        "8 entries in a SmallMap<u32, u64, 8> allocate nothing.",
    ),
    claim(
        "inline/map-u32-9-allocations",
        Allocations,
        Figure(1.0),
        Named("std"),
        "The 9th allocates once.",
    ),
];

pub(super) const STRINGS: &[Claim] = &[
    claim(
        "inline/format",
        Time,
        Ratio(0.55),
        Named("format!"),
        "small_format! of 21 bytes into 32 takes at most 0.55 of the time of format!.",
    ),
    claim(
        "inline/format-instructions",
        Instructions,
        Ratio(0.75),
        Named("format!"),
        "The same in instructions: at most 0.75.",
    ),
    claim(
        "inline/concat",
        Instructions,
        Ratio(0.2),
        Named("format!"),
        "small_concat! of text, a number, a character and text takes at most 0.2 of the \
         instructions of format!.",
    ),
    claim(
        "inline/concat-vs-smolstr",
        Time,
        Ratio(0.35),
        Named("smol_str"),
        "small_concat! takes at most 0.35 of the time of format_smolstr!.",
    ),
    claim(
        "inline/push-char",
        Time,
        Ratio(0.7),
        Named("String"),
        "22 characters pushed into a SmallString<32> take at most 0.7 of the time that they \
         take into a String from empty.",
    ),
    claim(
        "inline/push-char-instructions",
        Instructions,
        Ratio(0.7),
        Named("String"),
        "The same in instructions: at most 0.7.",
    ),
    claim(
        "inline/format-spilled",
        Time,
        Ratio(0.9),
        Named("format!"),
        "small_format! of 65 bytes into 32, which spills, takes at most 0.9 of the time of \
         format!.",
    ),
    claim(
        "inline/format-spilled-instructions",
        Instructions,
        Ratio(1.0),
        Named("format!"),
        "The same in instructions: at most as many.",
    ),
    claim(
        "inline/format-allocations",
        Allocations,
        Figure(0.0),
        Named("format!"),
        "small_format! of text that fits allocates nothing.",
    ),
    claim(
        "inline/format-spilled-allocations",
        Allocations,
        Figure(1.0),
        Named("format!"),
        "small_format! of text that does not fit allocates once.",
    ),
];
