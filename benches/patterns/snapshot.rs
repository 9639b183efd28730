//! Pattern: exact figures in a committed file, so that every change of them is seen in review.
//!
//! Copy this file to `tests/snapshot.rs` and add to `Cargo.toml`:
//!
//! ```toml
//! [dev-dependencies]
//! thrifty = { path = "../thrifty" } # where you cloned it, until it is on crates.io
//!
//! [[test]]
//! name = "snapshot"
//! ```
//!
//! Write the file once and commit it, `tests/allocs.txt`; then compare. Both at once, to see it:
//!
//! Run: `BLESS=1 cargo test --test snapshot && env -u BLESS CI=1 cargo test --test snapshot`
//! Prints: `test result: ok. 2 passed`
//!
//! A budget bounds; a snapshot notices. It fails when any figure is higher than the committed one,
//! and with `strict` also when one is lower, so that an improvement is committed as well and nobody
//! loses it again. `BLESS=1 cargo test` writes what is measured: the diff in `allocs.txt` is the
//! review. With `CI` set a name that has no line fails. Debug and release have lines of their own.

use std::alloc::System;
use std::collections::BTreeMap;

use thrifty::meter::Metered;
use thrifty::snapshot;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

const LINE: &str = "id=17; user=ada; lang=en; tz=utc";

/// The code under test: put yours here.
fn fields(line: &str) -> Vec<(&str, &str)> {
    line.split("; ").filter_map(|field| field.split_once('=')).collect()
}

#[test]
fn fields_are_split() {
    let fields = snapshot!("fields of a line", strict, || fields(LINE));
    assert_eq!(fields[1], ("user", "ada"));
}

#[test]
fn fields_are_sorted() {
    let sorted =
        snapshot!("fields in a tree", || fields(LINE).into_iter().collect::<BTreeMap<_, _>>());
    assert_eq!(sorted.keys().copied().collect::<Vec<_>>(), ["id", "lang", "tz", "user"]);
}
