//! Ids that were seen in a request: nearly always a few, so no table is needed to tell them apart.
//!
//! ```text
//! cargo run --example small_set
//! ```

use std::{alloc::System, collections::HashSet};
use thrifty::{
    inline::SmallSet,
    meter::{Metered, measure},
};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

fn main() {
    let few = [7_u32, 3, 7, 7, 12];
    let many = [1_u32, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 1];

    for ids in [&few[..], &many] {
        let (table, std) = measure(|| ids.iter().copied().collect::<HashSet<_>>());
        let (inline, thrifty) = measure(|| {
            let mut seen: SmallSet<u32, 16> = SmallSet::new();
            seen.extend(ids);
            seen
        });
        assert!(table.len() == inline.len() && table.iter().all(|id| inline.contains(id)));
        println!(
            "{} of {} ids: HashSet {} allocations, {} bytes; SmallSet {} allocations, {} bytes",
            inline.len(),
            ids.len(),
            std.allocs,
            std.bytes_allocated,
            thrifty.allocs,
            thrifty.bytes_allocated,
        );
    }
}
