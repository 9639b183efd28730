//! The tags of an article: nearly always a few, so they fit beside the article itself.
//!
//! ```text
//! cargo run --example small_vec
//! ```

use std::alloc::System;
use thrifty::{
    inline::SmallVec,
    meter::{Metered, measure},
};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

/// Four tags of 16 bytes are an object of 72 bytes; most articles have fewer.
type Tags<'a> = SmallVec<[&'a str; 4]>;

fn main() {
    let few = "rust, allocation, heap";
    let many = "rust, allocation, heap, stack, inline";

    for line in [few, many] {
        let (on_heap, std) = measure(|| split(line).collect::<Vec<_>>());
        let (inline, thrifty) = measure(|| {
            // Filled where it stands: `collect` would hand it over by value.
            let mut tags = Tags::new();
            tags.extend(split(line));
            tags
        });
        assert_eq!(on_heap[..], inline[..]);
        println!(
            "{} tags: Vec {} (re)allocations, {} bytes; SmallVec {} (re)allocations, {} bytes",
            inline.len(),
            std.allocs + std.reallocs,
            std.bytes_allocated,
            thrifty.allocs + thrifty.reallocs,
            thrifty.bytes_allocated,
        );
    }
}

fn split(line: &str) -> impl Iterator<Item = &str> {
    line.split(',').map(str::trim)
}
