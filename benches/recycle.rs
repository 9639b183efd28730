//! The fields of a line as `&str`, line after line: a new vector each beside one that is recycled.
//!
//! ```text
//! cargo bench --bench recycle
//! ```

#[path = "support/rows.rs"]
mod rows;

use criterion::{Criterion, Throughput};
use std::{alloc::System, cell::Cell, cell::RefCell, hint::black_box};
use thrifty::{
    meter::Metered,
    pool::{RecycleSlot, recycle},
};

use rows::Rows;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

const FIELDS: [&str; 11] =
    ["id", "name", "street", "town", "code", "state", "land", "mail", "phone", "since", "notes"];

fn main() {
    rows::run(fields);
}

fn fields(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "recycle/fields");
    let kept: Cell<Vec<&'static str>> = Cell::default();
    let slot: RefCell<RecycleSlot<&'static str>> = RefCell::default();
    for n in [1, 4, 11] {
        let expected = filled(&mut Vec::new(), n);
        assert_eq!(filled(&mut slot.borrow_mut().lend(), n), expected);
        rows.group.throughput(Throughput::Elements(n));
        rows.row("std", n, |n| filled(&mut Vec::new(), n));
        rows.row("std, with_capacity", n, |n| filled(&mut Vec::with_capacity(11), n));
        rows.row("thrifty", n, |n| {
            let mut fields = recycle(kept.take());
            let bytes = filled(&mut fields, n);
            kept.set(recycle(fields));
            bytes
        });
        rows.row("thrifty, RecycleSlot", n, |n| filled(&mut slot.borrow_mut().lend(), n));
    }
}

/// The first `n` fields; their length is unknown to the vector.
fn filled(fields: &mut Vec<&str>, n: u64) -> usize {
    for field in FIELDS.iter().take(n.try_into().unwrap()) {
        fields.push(black_box(field));
    }
    black_box(&*fields).iter().map(|field| field.len()).sum()
}
