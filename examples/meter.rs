//! The number, three ways: measured, averaged and asserted.
//!
//! `cargo run --release --example meter`

use std::alloc::System;
use std::fmt::Write;

use thrifty::assert_allocs;
use thrifty::meter::{Metered, allocs_per_run, measure};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

fn join(ids: &[u32]) -> String {
    ids.iter().map(|id| format!("#{id}")).collect::<Vec<_>>().join(",")
}

fn join_into(line: &mut String, ids: &[u32]) {
    line.clear();
    for (index, id) in ids.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        write!(line, "{comma}#{id}").expect("a String takes everything");
    }
}

fn main() {
    let ids = [7, 42, 1001, 65_536];

    let (text, usage) = measure(|| join(&ids));
    println!("a String for each id:  {usage}");

    let mut line = String::new();
    let average = allocs_per_run(100, || join_into(&mut line, &ids));
    println!("one line, used again:  {average}");

    // The same as a test: this line is what fails when somebody brings the `format!` back.
    assert_allocs!(== 0, { join_into(&mut line, &ids) });
    assert_eq!(line, text);
    println!("saved per call:        {} requests", usage.requests() - average.requests());
}
