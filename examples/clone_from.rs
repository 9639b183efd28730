//! A snapshot that is taken over and over into the same place.
//!
//! ```text
//! cargo run --example clone_from
//! ```

use std::alloc::System;
use thrifty::meter::{Metered, measure};
use thrifty::share::clone_from;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

#[derive(Clone)]
struct Derived {
    name: String,
    tags: Vec<String>,
}

struct Reusing {
    name: String,
    tags: Vec<String>,
}
clone_from! { impl Clone for Reusing { name, tags } }

fn main() {
    let tags = || vec!["red".to_owned(), "green".to_owned(), "blue".to_owned()];
    let derived = Derived { name: "lamp".to_owned(), tags: tags() };
    let reusing = Reusing { name: "lamp".to_owned(), tags: tags() };

    let mut snapshot = derived.clone();
    let ((), std) = measure(|| (0..100).for_each(|_| snapshot.clone_from(&derived)));
    assert_eq!((&snapshot.name, &snapshot.tags), (&derived.name, &derived.tags));

    let mut snapshot = reusing.clone();
    let ((), thrifty) = measure(|| (0..100).for_each(|_| snapshot.clone_from(&reusing)));
    assert_eq!((&snapshot.name, &snapshot.tags), (&reusing.name, &reusing.tags));

    println!(
        "100 snapshots: derive(Clone) {} allocations, clone_from! {}",
        std.allocs, thrifty.allocs,
    );
}
