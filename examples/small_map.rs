//! The parameters of a query: nearly always a few, so no table is needed to look them up.
//!
//! ```text
//! cargo run --example small_map
//! ```

use std::{alloc::System, collections::HashMap};
use thrifty::{
    inline::SmallMap,
    meter::{Metered, measure},
};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

/// Eight parameters; a query with more of them is served too, from the heap.
type Parameters<'a> = SmallMap<&'a str, &'a str, 8>;

fn main() {
    let few = "page=2&size=20&sort=name";
    let many = "a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8&i=9";

    for query in [few, many] {
        let (table, std) = measure(|| split(query).collect::<HashMap<_, _>>());
        let (inline, thrifty) = measure(|| {
            let mut parameters = Parameters::new();
            parameters.extend(split(query));
            parameters
        });
        assert!(table.iter().all(|(name, value)| inline.get(name) == Some(value)));
        println!(
            "{} parameters: HashMap {} allocations, {} bytes; SmallMap {} allocations, {} bytes",
            inline.len(),
            std.allocs,
            std.bytes_allocated,
            thrifty.allocs,
            thrifty.bytes_allocated,
        );
    }
}

fn split(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter_map(|pair| pair.split_once('='))
}
