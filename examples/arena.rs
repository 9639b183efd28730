//! The headers of a request in an arena: placed one behind the other, taken back in one step.
//!
//! ```text
//! cargo run --features arena --example arena
//! ```

use std::alloc::System;
use thrifty::{
    meter::{Metered, measure},
    pool::{ArenaPool, with_arena},
};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

static ARENAS: ArenaPool = ArenaPool::new();

const HEAD: &str = "Host: example.com\nAccept: text/html\nX-Trace: 4711\nTE: trailers";

fn main() {
    let (std, boxed) = measure(|| {
        let headers: Vec<(String, String)> = HEAD
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        headers.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>()
    });

    // In a task: the guard is `Send`, and may be held across an `.await`.
    assert_eq!(lower(&ARENAS.get()), std);
    let (sum, task) = measure(|| lower(&ARENAS.get()));

    // In a function: the arena of this thread.
    with_arena(lower);
    let (again, sync) = measure(|| with_arena(lower));

    assert_eq!((sum, again, task.allocs, sync.allocs), (std, std, 0, 0));
    println!("Vec of Strings: {} allocations, in an arena that is kept: 0", boxed.allocs);
}

/// Both texts of each header in the arena, the names in lower case.
fn lower(arena: &bumpalo::Bump) -> usize {
    let mut headers = bumpalo::vec![in arena; ("", ""); 0];
    for (name, value) in HEAD.lines().filter_map(|line| line.split_once(": ")) {
        let name = arena.alloc_str(name);
        name.make_ascii_lowercase();
        headers.push((&*name, &*arena.alloc_str(value)));
    }
    headers.iter().map(|(name, value)| name.len() + value.len()).sum()
}
