//! Cache keys: short text, used once and dropped, never longer than 32 bytes.
//!
//! ```text
//! cargo run --example array_string
//! ```

use core::fmt::Write;
use std::{alloc::System, collections::HashMap};
use thrifty::{
    inline::ArrayString,
    meter::{Metered, measure},
};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

fn main() {
    let cache = HashMap::from([("user:4711:name".to_owned(), "Alice")]);

    let (id, field) = (4711, "name");

    let (found, std) = measure(|| cache.get(&format!("user:{id}:{field}")));
    assert_eq!(found, Some(&"Alice"));

    let (found, thrifty) = measure(|| {
        let mut key = ArrayString::<32>::new();
        write!(key, "user:{id}:{field}").ok()?;
        cache.get(&*key)
    });
    assert_eq!(found, Some(&"Alice"));

    println!(
        "one lookup: format! {} (re)allocations, {} bytes; ArrayString {} (re)allocations, {} bytes",
        std.allocs + std.reallocs,
        std.bytes_allocated,
        thrifty.allocs + thrifty.reallocs,
        thrifty.bytes_allocated,
    );
}
