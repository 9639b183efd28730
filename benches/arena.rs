//! The values of a request in an arena: a new one each beside one that is kept, beside boxes.
//!
//! ```text
//! cargo bench --features arena --bench arena
//! ```

#[path = "support/rows.rs"]
mod rows;

use bumpalo::Bump;
use criterion::{Criterion, Throughput};
use std::{alloc::System, cell::RefCell, hint::black_box};
use thrifty::{
    meter::Metered,
    pool::{ArenaPool, with_arena},
};

use rows::Rows;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

static ARENAS: ArenaPool = ArenaPool::new();

fn main() {
    rows::run(request);
}

fn request(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "arena/request");
    let kept = RefCell::new(Bump::new());
    for n in [10, 100, 1000] {
        let sum = boxed(n);
        assert_eq!(placed(&Bump::new(), n), sum);
        assert_eq!(placed(&ARENAS.get(), n), sum);
        assert_eq!(with_arena(|arena| placed(arena, n)), sum);
        rows.group.throughput(Throughput::Elements(n));
        rows.row("std, Box", n, boxed);
        rows.row("bumpalo, new", n, |n| placed(&Bump::new(), n));
        rows.row("bumpalo, kept and reset", n, |n| {
            let mut kept = kept.borrow_mut();
            kept.reset();
            placed(&kept, n)
        });
        rows.row("thrifty", n, |n| placed(&ARENAS.get(), n));
        rows.row("thrifty, with_arena", n, |n| with_arena(|arena| placed(arena, n)));
    }
}

/// `n` values of 64 bytes.
fn placed(arena: &Bump, n: u64) -> u64 {
    (0..n).map(|number| black_box(arena.alloc([number; 8]))[7]).sum()
}

fn boxed(n: u64) -> u64 {
    let values: Vec<Box<[u64; 8]>> =
        (0..n).map(|number| black_box(Box::new([number; 8]))).collect();
    values.iter().map(|value| value[7]).sum()
}
