//! `ArrayString<32>` beside `String` and `CompactString`: built, then dropped.
//!
//! `push` adds one char at a time, from one byte to a full string. `format` writes a cache key,
//! `user:1234567:alice`, as a request handler would; "std, reused" is what costs no dependency.
//!
//! ```text
//! cargo bench --bench array_string
//! ```

use compact_str::{CompactString, format_compact};
#[path = "support/rows.rs"]
mod rows;

use criterion::{Criterion, Throughput};
use std::{alloc::System, cell::RefCell, fmt::Write, hint::black_box};
use thrifty::{inline::ArrayString, meter::Metered};

use rows::Rows;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

type Array = ArrayString<32>;

const LENGTHS: [u64; 6] = [1, 2, 4, 8, 16, 32];
const ID: u64 = 1_234_567;

fn main() {
    rows::run(|criterion| {
        push(criterion);
        format(criterion);
    });
}

fn push(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "array_string/push");
    for n in LENGTHS {
        let expected = pushed(String::new(), n, String::push);
        assert_eq!(*pushed(Array::new(), n, Array::push), expected);
        assert_eq!(std_sized(n), expected);
        assert_eq!(compact(n), expected);
        rows.group.throughput(Throughput::Bytes(n));
        rows.row("std", n, |n| pushed(String::new(), n, String::push));
        rows.row("std, with_capacity", n, std_sized);
        rows.row("compact_str-0.10", n, compact);
        rows.row("thrifty", n, |n| pushed(Array::new(), n, Array::push));
    }
}

fn format(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "array_string/format");
    let name = black_box("alice");
    let key = format!("user:{ID}:{name}");
    let reused = RefCell::new(String::new());
    let std_reused = |id| {
        let mut text = reused.borrow_mut();
        text.clear();
        write!(text, "user:{id}:{name}").unwrap();
        black_box(&**text).len()
    };
    let array = |id| {
        let mut text = Array::new();
        write!(text, "user:{id}:{name}").unwrap();
        text
    };
    assert_eq!(*array(ID), key);
    assert_eq!(format_compact!("user:{ID}:{name}"), key);
    assert_eq!(std_reused(ID), key.len());
    assert_eq!(*reused.borrow(), key);

    rows.group.throughput(Throughput::Bytes(key.len().try_into().unwrap()));
    rows.row("std", ID, |id| format!("user:{id}:{name}"));
    rows.row("std, reused", ID, std_reused);
    rows.row("compact_str-0.10", ID, |id| format_compact!("user:{id}:{name}"));
    rows.row("thrifty", ID, array);
}

fn std_sized(n: u64) -> String {
    pushed(String::with_capacity(n.try_into().unwrap()), n, String::push)
}

fn compact(n: u64) -> CompactString {
    pushed(CompactString::default(), n, CompactString::push)
}

fn pushed<C>(mut to: C, n: u64, push: impl Fn(&mut C, char)) -> C {
    for _ in 0..n {
        push(&mut to, 'x');
    }
    to
}
