//! A path of at most eight segments: more is a bad request, so nothing has to grow.
//!
//! ```text
//! cargo run --example array_vec
//! ```

use std::alloc::System;
use thrifty::{
    inline::{ArrayVec, CapacityError},
    meter::{Metered, measure},
};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

fn main() {
    let path = "api/v1/users/4711/orders/17";
    let (on_heap, std) = measure(|| path.split('/').collect::<Vec<_>>());
    let (inline, thrifty) = measure(|| segments(path));
    assert_eq!(on_heap[..], inline.unwrap()[..]);
    println!(
        "{} segments: Vec {} (re)allocations, {} bytes; ArrayVec {} (re)allocations, {} bytes",
        on_heap.len(),
        std.allocs + std.reallocs,
        std.bytes_allocated,
        thrifty.allocs + thrifty.reallocs,
        thrifty.bytes_allocated,
    );

    // The limit is part of the type: the ninth segment comes back instead of a ninth place.
    let refused = segments("1/2/3/4/5/6/7/8/nine").unwrap_err();
    println!("refused at segment {:?}", refused.element());
}

fn segments(path: &str) -> Result<ArrayVec<&str, 8>, CapacityError<&str>> {
    let mut segments = ArrayVec::new();
    for segment in path.split('/') {
        segments.try_push(segment)?;
    }
    Ok(segments)
}
