//! Header names are nearly always lower case already, and text seldom has anything to escape.
//!
//! ```text
//! cargo run --example cow
//! ```

use std::alloc::System;
use std::borrow::Cow;
use thrifty::meter::{Metered, measure};
use thrifty::share::CowExt;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

const NAMES: [&str; 6] =
    ["host", "user-agent", "accept", "content-type", "X-Request-Id", "traceparent"];

fn main() {
    let (lower, std) = measure(|| NAMES.map(str::to_lowercase));
    let (cow, thrifty) = measure(|| NAMES.map(CowExt::cow_to_lowercase));
    assert_eq!(cow, lower);
    assert_eq!(cow.iter().filter(|name| matches!(name, Cow::Owned(_))).count(), 1);

    let note = "ring twice, please";
    let (escaped, std_escape) = measure(|| note.replace('&', "&amp;").replace('<', "&lt;"));
    let (same, cow_escape) = measure(|| match note.cow_replace('&', "&amp;") {
        Cow::Borrowed(text) => text.cow_replace('<', "&lt;"),
        Cow::Owned(text) => Cow::Owned(text.cow_replace('<', "&lt;").into_owned()),
    });
    assert_eq!(same, escaped);

    println!(
        "6 header names: to_lowercase {} allocations, cow_to_lowercase {}",
        std.allocs, thrifty.allocs,
    );
    println!(
        "nothing to escape, twice: replace {} allocations, cow_replace {}",
        std_escape.allocs, cow_escape.allocs,
    );
}
