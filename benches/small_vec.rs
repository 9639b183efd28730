//! `SmallVec<[u64; 8]>` beside `Vec<u64>`: built, then dropped.
//!
//! Lengths go from far below the inline capacity to four times beyond it, where the rows with
//! `Vec::with_capacity` win: the length was known after all. `filtered` keeps every second of 2n
//! numbers, so no one knows the length; it is also where `collect` and filling in place part.
//!
//! ```text
//! cargo bench --bench small_vec
//! ```

#[path = "support/rows.rs"]
mod rows;

use criterion::{Criterion, Throughput};
use std::{alloc::System, hint::black_box};
use thrifty::{inline::SmallVec, meter::Metered};

use rows::Rows;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

type Small = SmallVec<[u64; 8]>;

const LENGTHS: [u64; 6] = [1, 2, 4, 8, 16, 32];

fn main() {
    rows::run(|criterion| {
        push(criterion);
        filtered(criterion);
    });
}

fn push(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "small_vec/push");
    for n in LENGTHS {
        assert_eq!(pushed(Small::new(), n, Small::push)[..], std_new(n));
        assert_eq!(std_sized(n), std_new(n));
        rows.group.throughput(Throughput::Elements(n));
        rows.row("std", n, std_new);
        rows.row("std, with_capacity", n, std_sized);
        rows.row("thrifty", n, |n| pushed(Small::new(), n, Small::push));
    }
}

fn filtered(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "small_vec/filtered");
    for n in LENGTHS {
        assert_eq!(odd(n).collect::<Small>()[..], odd(n).collect::<Vec<_>>());
        rows.group.throughput(Throughput::Elements(n));
        rows.row("std", n, |n| black_box(&odd(n).collect::<Vec<_>>()).len());
        rows.row("thrifty, collect", n, |n| black_box(&odd(n).collect::<Small>()).len());
        rows.row("thrifty", n, |n| {
            let mut small = Small::new();
            small.extend(odd(n));
            black_box(&small).len()
        });
    }
}

fn std_new(n: u64) -> Vec<u64> {
    pushed(Vec::new(), n, Vec::push)
}

fn std_sized(n: u64) -> Vec<u64> {
    pushed(Vec::with_capacity(n.try_into().unwrap()), n, Vec::push)
}

fn pushed<C>(mut to: C, n: u64, push: impl Fn(&mut C, u64)) -> C {
    for item in 0..n {
        push(&mut to, item);
    }
    to
}

fn odd(n: u64) -> impl Iterator<Item = u64> {
    (0..2 * n).filter(|item| item % 2 == 1)
}
