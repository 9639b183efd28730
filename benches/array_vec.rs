//! `ArrayVec<u64, 32>` beside `Vec<u64>`: built, then dropped.
//!
//! Lengths go from one item to a full array. `copy` is the clone of a finished one: the array
//! copies its items, the vector allocates first.
//!
//! ```text
//! cargo bench --bench array_vec
//! ```

#[path = "support/rows.rs"]
mod rows;

use criterion::{Criterion, Throughput};
use std::{alloc::System, hint::black_box};
use thrifty::{inline::ArrayVec, meter::Metered};

use rows::Rows;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

type Array = ArrayVec<u64, 32>;

const LENGTHS: [u64; 6] = [1, 2, 4, 8, 16, 32];

fn main() {
    rows::run(|criterion| {
        push(criterion);
        copy(criterion);
    });
}

fn push(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "array_vec/push");
    for n in LENGTHS {
        assert_eq!(array(n)[..], std_new(n));
        assert_eq!(std_sized(n), std_new(n));
        rows.group.throughput(Throughput::Elements(n));
        rows.row("std", n, std_new);
        rows.row("std, with_capacity", n, std_sized);
        // By reference: returning it would time a copy of all 32 places.
        rows.row("thrifty", n, |n| black_box(&array(n)).len());
    }
}

fn copy(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "array_vec/copy");
    for n in LENGTHS {
        let (vec, array) = (std_new(n), array(n));
        assert_eq!(array.clone()[..], vec.clone());
        rows.group.throughput(Throughput::Elements(n));
        rows.row("std", n, |_| black_box(&vec).clone());
        rows.row("thrifty", n, |_| black_box(&black_box(&array).clone()).len());
    }
}

fn array(n: u64) -> Array {
    pushed(Array::new(), n, Array::push)
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
