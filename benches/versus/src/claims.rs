//! Every claim with its goal. This is the one place where goals stand.
//!
//! A goal is changed only with the reason in the commit; a missed goal stays as missed.

use crate::claim::Against::{Best, BestBut, Named};
use crate::claim::Goal::{Figure, Ratio, Stays, Threads};
use crate::claim::Metric::{Allocations, Bytes, Instructions, Resident, Time};
use crate::claim::{Against, Claim, Goal, Metric};

/// The claims, room by room.
pub(crate) fn claims() -> impl Iterator<Item = &'static Claim> {
    [METER, HEAP, INLINE, MAPS, STRINGS, SHARE, REPORT].into_iter().flatten()
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

const INLINE: &[Claim] = &[
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

const HEAP: &[Claim] = &[
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

/// Those that hold at most N.
const FIXED: &[&str] = &["micromap", "heapless"];

const MAPS: &[Claim] = &[
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

const STRINGS: &[Claim] = &[
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

const SHARE: &[Claim] = &[
    claim(
        "share/head-fields",
        Time,
        Ratio(0.4),
        Named("String"),
        "Parsing an HTTP head into the 26 fields of a Fields<26>, and dropping it, takes at \
         most 0.4 of the time that 26 Strings take.",
    ),
    claim(
        "share/head-fields-instructions",
        Instructions,
        Ratio(0.4),
        Named("String"),
        "The same in instructions: at most 0.4.",
    ),
    claim(
        "share/head-fields-vs-borrowed",
        Time,
        Ratio(1.1),
        Named("borrowed"),
        "It takes at most 1.1 of the time of 26 &str in an array.",
    ),
    claim(
        "share/head-fields-vs-borrowed-instructions",
        Instructions,
        Ratio(1.15),
        Named("borrowed"),
        "The same in instructions: at most 1.15.",
    ),
    claim(
        "share/head-fields-allocations",
        Allocations,
        Figure(1.0),
        Named("String"),
        "The buffer is the only allocation of a Fields<26>.",
    ),
    claim(
        "share/head-fields-read",
        Time,
        Ratio(0.5),
        Named("String"),
        "With all fields read as well it takes at most 0.5 of the time of Strings.",
    ),
    claim(
        "share/head-fields-read-vs-borrowed",
        Time,
        Ratio(1.5),
        Named("borrowed"),
        "A field is read by its offsets, which are checked again: with all fields read as well \
         it takes at most 1.5 of the time of 26 &str in an array.",
    ),
    claim(
        "share/head-fields-httparse",
        Time,
        Ratio(0.55),
        Named("String"),
        "With httparse, whose own time is the same for all, it takes at most 0.55 of the time \
         of Strings.",
    ),
    claim(
        "share/head-str",
        Time,
        Ratio(0.45),
        Named("bytestring"),
        "Parsing an HTTP head into 26 Strs that share its buffer takes at most 0.45 of the time \
         of bytestring.",
    ),
    claim(
        "share/head-str-instructions",
        Instructions,
        Ratio(1.0),
        Named("bytestring"),
        "The same in instructions: at most as many.",
    ),
    claim(
        "share/head-str-vs-hipstr",
        Time,
        Ratio(0.65),
        Named("hipstr"),
        "It takes at most 0.65 of the time of hipstr.",
    ),
    claim(
        "share/head-str-vs-hipstr-instructions",
        Instructions,
        Ratio(0.8),
        Named("hipstr"),
        "The same in instructions: at most 0.8.",
    ),
    claim(
        "share/head-str-read",
        Time,
        Ratio(0.5),
        Named("bytestring"),
        "With all fields read as well it takes at most 0.5 of the time of bytestring.",
    ),
    claim(
        "share/head-str-httparse",
        Time,
        Ratio(0.55),
        Named("bytestring"),
        "With httparse, whose own time is the same for all, it takes at most 0.55 of the time \
         of bytestring.",
    ),
    claim(
        "share/head-str-api",
        Time,
        Ratio(0.5),
        Named("bytestring"),
        "A head of which 9 fields and not 7 are too long to lie inline takes at most 0.5 of the \
         time of bytestring.",
    ),
    claim(
        "share/head-slicer",
        Time,
        Ratio(0.42),
        Named("bytestring"),
        "With Str::slicer, which counts once for all, the head takes at most 0.42 of the time \
         of bytestring.",
    ),
    claim(
        "share/head-slicer-instructions",
        Instructions,
        Ratio(0.95),
        Named("bytestring"),
        "The same in instructions: at most 0.95.",
    ),
    claim(
        "share/slice-23",
        Time,
        Ratio(0.2),
        Named("bytestring"),
        "A slice of 23 bytes out of 4 KiB takes at most 0.2 of the time of bytestring.",
    ),
    claim(
        "share/slice-23-instructions",
        Instructions,
        Ratio(0.7),
        Named("bytestring"),
        "The same in instructions: at most 0.7.",
    ),
    claim(
        "share/slice-23-vs-hipstr",
        Time,
        Ratio(0.3),
        Named("hipstr"),
        "It takes at most 0.3 of the time of hipstr.",
    ),
    claim(
        "share/slice-23-vs-hipstr-instructions",
        Instructions,
        Ratio(0.6),
        Named("hipstr"),
        "The same in instructions: at most 0.6.",
    ),
    claim(
        "share/new-inline",
        Time,
        Ratio(1.15),
        Named("compact_str"),
        "Making and dropping 64 texts of 0 to 22 bytes takes at most 1.15 of the time of \
         compact_str.",
    ),
    claim(
        "share/new-inline-instructions",
        Instructions,
        Ratio(1.2),
        Named("compact_str"),
        "The same in instructions: at most 1.2.",
    ),
    claim(
        "share/clone-heap",
        Time,
        Ratio(1.05),
        Named("Arc<str>"),
        "Cloning 100 bytes and dropping the clone takes at most 1.05 of the time of Arc<str>.",
    ),
    claim(
        "share/clone-heap-instructions",
        Instructions,
        Figure(40.0),
        Named("Arc<str>"),
        "The same in instructions: at most 40, since a Str asks first where its text lies.",
    ),
    claim(
        "share/from-string-spare",
        Allocations,
        Figure(0.0),
        Named("bytestring"),
        "A String of 100 bytes with room for 28 more becomes a Str, and that is cloned, without \
         an allocation.",
    ),
    claim(
        "share/with-source",
        Time,
        Ratio(0.8),
        Named("String"),
        "Deserialising 50 orders of six strings within Str::with_source takes at most 0.8 of \
         the time of String fields.",
    ),
    claim(
        "share/with-source-instructions",
        Instructions,
        Ratio(0.9),
        Named("String"),
        "The same in instructions: at most 0.9.",
    ),
    claim(
        "share/with-source-allocations",
        Allocations,
        Figure(0.0),
        Named("String"),
        "It allocates no more than Cows that borrow: nothing for a string without escapes.",
    ),
    claim(
        "share/cow-lowercase",
        Time,
        Ratio(0.4),
        Named("std"),
        "cow_to_lowercase of 58 bytes that are lowercase takes at most 0.4 of the time of std.",
    ),
    claim(
        "share/cow-lowercase-instructions",
        Instructions,
        Ratio(0.4),
        Named("std"),
        "The same in instructions: at most 0.4.",
    ),
    claim(
        "share/cow-replace",
        Time,
        Ratio(0.15),
        Named("std"),
        "cow_replace of a one-byte &str that does not occur in 58 bytes takes at most 0.15 of \
         the time of std.",
    ),
    claim(
        "share/cow-replace-instructions",
        Instructions,
        Ratio(0.15),
        Named("std"),
        "The same in instructions: at most 0.15.",
    ),
    claim(
        "share/cow-changed",
        Time,
        Ratio(1.1),
        Named("std"),
        "cow_to_lowercase of 58 bytes whose last is uppercase takes at most 1.1 of the time of \
         std.",
    ),
    claim(
        "share/cow-changed-instructions",
        Instructions,
        Ratio(1.1),
        Named("std"),
        "The same in instructions: at most 1.1.",
    ),
    claim(
        "share/clone-from",
        Allocations,
        Figure(0.0),
        Named("derive"),
        "clone_from of a struct with clone_from! onto one of the same shape allocates nothing.",
    ),
];

const REPORT: &[Claim] = &[
    claim(
        "report/best-vs-naive",
        Instructions,
        Ratio(0.526),
        Named("naive"),
        "Serving the report's request with zero-copy parsing, inline collections, reused \
         buffers and amounts written as digits takes at most 0.526 of naive's instructions \
         (`thrifty` is the variant zero_copy_inline).",
    ),
    claim(
        "report/existing-vs-naive",
        Instructions,
        Ratio(0.556),
        Named("naive"),
        "Serving it with existing crates and amounts written as digits takes at most 0.556 of \
         naive's instructions (`thrifty` is the variant existing).",
    ),
    claim(
        "report/best-allocations",
        Allocations,
        Figure(1.0),
        Named("naive"),
        "Serving the report's request takes at most 1 allocation or reallocation (`thrifty` is \
         the variant zero_copy_inline).",
    ),
    claim(
        "report/existing-allocations",
        Allocations,
        Figure(4.0),
        Named("naive"),
        "Serving it with existing crates alone takes at most 4 allocations or reallocations \
         (`thrifty` is the variant existing).",
    ),
];
