//! Text and records that are handed on.

use super::claim;
use crate::claim::Against::Named;
use crate::claim::Claim;
use crate::claim::Goal::{Figure, Ratio};
use crate::claim::Metric::{Allocations, Instructions, Time};

pub(super) const SHARE: &[Claim] = &[
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
