//! Which lines of a function allocate, and what to take instead.
//!
//! `cargo run --example advise` (a release build has no lines, unless its profile sets `debug`)

use std::alloc::System;
use std::collections::HashMap;

use thrifty::meter::{Metered, advise};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

/// Counts words without regard to case, and lists those that occur twice or more.
fn frequent(text: &str) -> Vec<String> {
    let mut counts: HashMap<String, u32> = HashMap::new();
    for word in text.split(' ') {
        *counts.entry(word.to_lowercase()).or_default() += 1;
    }
    let mut lines = Vec::new();
    for (word, count) in &counts {
        if *count > 1 {
            lines.push(format!("{count} x {word}"));
        }
    }
    lines.sort();
    lines
}

fn main() {
    let text = "The heap is a number and the number is for you to know";
    let advice = advise(|| assert_eq!(frequent(text), ["2 x is", "2 x number", "2 x the"]));
    println!("{advice}");

    let first = &advice.sites()[0];
    println!("first: line {:?} saves {} of all", first.line, first.saves);
    println!("for programs: {} bytes of JSON", advice.to_json().len());
}
