//! `CowExt` beside std, on the same text: nothing to do, and a change of the last byte.
//!
//! ```text
//! cargo bench --bench cow
//! ```

#[path = "support/rows.rs"]
mod rows;

use criterion::{Criterion, Throughput};
use std::alloc::System;
use std::hint::black_box;
use thrifty::meter::Metered;
use thrifty::share::CowExt;

use rows::Rows;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

const TEXTS: [(&str, &str); 4] = [
    ("nothing to do", "the quick brown fox jumps over the lazy dog and then slept"),
    ("last byte", "the quick brown fox jumps over the lazy dog and then slepT"),
    ("cyrillic", "съешь же ещё этих мягких французских булок"),
    ("short", "content-type"),
];

fn main() {
    rows::run(|criterion| {
        lowercase(criterion);
        replace(criterion);
    });
}

fn lowercase(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "cow/to_lowercase");
    for (name, text) in TEXTS {
        assert_eq!(text.cow_to_lowercase(), text.to_lowercase());
        let len = text.len().try_into().unwrap();
        rows.group.throughput(Throughput::Bytes(len));
        rows.row(&format!("std, {name}"), len, |_| black_box(text).to_lowercase());
        rows.row(&format!("thrifty, {name}"), len, |_| black_box(text).cow_to_lowercase());
    }
}

fn replace(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "cow/replace");
    let text = TEXTS[0].1;
    let len = text.len().try_into().unwrap();
    rows.group.throughput(Throughput::Bytes(len));
    for (from, to) in [("&", "&amp;"), ("t", "+"), ("fox", "cat"), ("q", "kw")] {
        assert_eq!(text.cow_replace(from, to), text.replace(from, to));
        rows.row(&format!("std, {from}"), len, |_| {
            black_box(text).replace(black_box(from), black_box(to))
        });
        rows.row(&format!("thrifty, {from}"), len, |_| {
            black_box(text).cow_replace(black_box(from), black_box(to))
        });
    }
}
