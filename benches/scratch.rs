//! A request line from five pieces, sent and forgotten: a new vector beside one that is kept.
//!
//! `std, cleared` is what a caller can do who has a place for the vector: there `with_scratch` costs
//! a few instructions more, and saves the place.
//!
//! ```text
//! cargo bench --bench scratch
//! ```

#[path = "support/rows.rs"]
mod rows;

use criterion::{Criterion, Throughput};
use std::{alloc::System, cell::RefCell, hint::black_box};
use thrifty::{
    meter::Metered,
    pool::{scratch, with_scratch},
};

use rows::Rows;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

scratch! { static LINE: Vec<u8>, retain = 4096 }

const PIECES: [&str; 5] =
    ["GET ", "/api/v1/users/4711/orders", " HTTP/1.1\r\n", "Host: example.com", "\r\n\r\n"];

fn main() {
    rows::run(line);
}

fn line(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "scratch/line");
    let kept = RefCell::new(Vec::new());
    for n in [1, 10, 100] {
        let length = built(&mut Vec::new(), n);
        assert_eq!(with_scratch(|line| built(line, n)), length);
        assert_eq!(LINE.with(|line| built(line, n)), length);
        rows.group.throughput(Throughput::Bytes(length as u64));
        rows.row("std", n, |n| built(&mut Vec::new(), n));
        rows.row("std, with_capacity", n, |n| built(&mut Vec::with_capacity(length), n));
        rows.row("std, cleared", n, |n| {
            let mut kept = kept.borrow_mut();
            kept.clear();
            built(&mut kept, n)
        });
        rows.row("thrifty", n, |n| with_scratch(|line| built(line, n)));
        rows.row("thrifty, scratch!", n, |n| LINE.with(|line| built(line, n)));
    }
}

/// The line `n` times.
fn built(line: &mut Vec<u8>, n: u64) -> usize {
    for _ in 0..n {
        for piece in PIECES {
            line.extend_from_slice(black_box(piece).as_bytes());
        }
    }
    black_box(&*line).len()
}
