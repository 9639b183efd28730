//! Text of 58 bytes: nothing to change, and something.

use crate::ledger::{Block, NOTHING, Row, heap, measure};
use std::hint::black_box;
use thrifty::share::CowExt;

/// 58 bytes each; the second differs in its last.
const NOTHING_TO_DO: &str = "the quick brown fox jumps over the lazy dog and then slept";
const LAST: &str = "the quick brown fox jumps over the lazy dog and then slepT";
const NOT_ASCII: &str = "straße, ναι, да, 東京";
const CAPITALS: &str = "STRASSE, ΝΑΙ, ДА, 東京";

pub(crate) fn block() -> Block {
    Block {
        name: "cow",
        about: "Text is 58 bytes of ASCII where nothing else is said.",
        rows: [cases(), replacements()].into_iter().flatten().collect(),
    }
}

fn cases() -> Vec<Row> {
    let copy = heap(1, 58, 58);
    vec![
        Row::thrifty("lowercase, nothing to do", "cow_to_lowercase", NOTHING, || {
            measure(|| black_box(NOTHING_TO_DO).cow_to_lowercase())
        }),
        Row::std("lowercase, nothing to do", "to_lowercase", copy, || {
            measure(|| black_box(NOTHING_TO_DO).to_lowercase())
        }),
        Row::thrifty("lowercase, last byte changes", "cow_to_lowercase", copy, || {
            measure(|| black_box(LAST).cow_to_lowercase())
        }),
        Row::std("lowercase, last byte changes", "to_lowercase", copy, || {
            measure(|| black_box(LAST).to_lowercase())
        }),
        Row::thrifty("lowercase, 5 scripts, nothing to do", "cow_to_lowercase", NOTHING, || {
            measure(|| black_box(NOT_ASCII).cow_to_lowercase())
        }),
        Row::thrifty("lowercase, 5 scripts", "cow_to_lowercase", heap(1, 29, 29), || {
            measure(|| black_box(CAPITALS).cow_to_lowercase())
        }),
        Row::thrifty("uppercase, nothing to do", "cow_to_uppercase", NOTHING, || {
            measure(|| black_box(CAPITALS).cow_to_uppercase())
        }),
        Row::thrifty("uppercase", "cow_to_uppercase", copy, || {
            measure(|| black_box(NOTHING_TO_DO).cow_to_uppercase())
        }),
        Row::thrifty("ASCII lowercase, nothing to do", "cow_to_ascii_lowercase", NOTHING, || {
            measure(|| black_box(NOTHING_TO_DO).cow_to_ascii_lowercase())
        }),
        Row::thrifty("ASCII lowercase", "cow_to_ascii_lowercase", copy, || {
            measure(|| black_box(LAST).cow_to_ascii_lowercase())
        }),
        Row::thrifty("ASCII uppercase, nothing to do", "cow_to_ascii_uppercase", NOTHING, || {
            measure(|| black_box("GET").cow_to_ascii_uppercase())
        }),
        Row::thrifty("ASCII uppercase", "cow_to_ascii_uppercase", copy, || {
            measure(|| black_box(LAST).cow_to_ascii_uppercase())
        }),
    ]
}

fn replacements() -> Vec<Row> {
    vec![
        Row::thrifty("replace, nothing found", "cow_replace", NOTHING, || {
            measure(|| black_box(NOTHING_TO_DO).cow_replace("&", "&amp;"))
        }),
        Row::std("replace, nothing found", "replace", heap(1, 58, 58), || {
            measure(|| black_box(NOTHING_TO_DO).replace('&', "&amp;"))
        }),
        Row::thrifty("replace by itself", "cow_replace", NOTHING, || {
            measure(|| black_box(NOTHING_TO_DO).cow_replace("fox", "fox"))
        }),
        Row::thrifty("replace a word by a shorter one", "cow_replace", heap(1, 58, 58), || {
            measure(|| black_box(NOTHING_TO_DO).cow_replace("brown ", ""))
        }),
        Row::thrifty("replace a byte by a longer text", "cow_replace", heap(2, 174, 116), || {
            measure(|| black_box(NOTHING_TO_DO).cow_replace('q', "aaaaa"))
        }),
        Row::std("replace a byte by a longer text", "replace", heap(2, 174, 116), || {
            measure(|| black_box(NOTHING_TO_DO).replace('q', "aaaaa"))
        }),
    ]
}
