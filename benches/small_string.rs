//! `SmallString<32>` beside `String` and `CompactString`: built, then dropped.
//!
//! `push` adds one char at a time, up to the last byte that fits and beyond it. `key` writes a cache
//! key, `user:1234567:` and a name, as a request handler would, of 18 bytes and of 76; "std, reused"
//! is what costs no dependency.
//!
//! ```text
//! cargo bench --bench small_string
//! ```

#[path = "support/rows.rs"]
mod rows;

use compact_str::{CompactString, format_compact};
use criterion::{Criterion, Throughput};
use std::{alloc::System, cell::RefCell, fmt::Write, hint::black_box};
use thrifty::{
    inline::{SmallString, small_concat, small_format},
    meter::Metered,
};

use rows::Rows;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

type Small = SmallString<32>;

const LENGTHS: [u64; 6] = [1, 8, 22, 32, 33, 100];
const ID: u64 = 1_234_567;
const LONG: &str = "a-name-that-is-rather-long-and-does-not-fit-in-thirty-two-bytes";

fn main() {
    rows::run(|criterion| {
        push(criterion);
        key(criterion);
    });
}

fn push(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "small_string/push");
    for n in LENGTHS {
        let expected = pushed(String::new(), n, String::push);
        assert_eq!(*pushed(Small::new(), n, Small::push), expected);
        assert_eq!(std_sized(n), expected);
        assert_eq!(compact(n), expected);
        rows.group.throughput(Throughput::Bytes(n));
        rows.row("std", n, |n| pushed(String::new(), n, String::push));
        rows.row("std, with_capacity", n, std_sized);
        rows.row("compact_str-0.10", n, compact);
        rows.row("thrifty", n, |n| pushed(Small::new(), n, Small::push));
    }
}

fn key(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "small_string/key");
    let reused = RefCell::new(String::new());
    for name in ["alice", LONG] {
        let name = black_box(name);
        let key = format!("user:{ID}:{name}");
        let std_reused = |id| {
            let mut text = reused.borrow_mut();
            text.clear();
            write!(text, "user:{id}:{name}").unwrap();
            black_box(&**text).len()
        };
        assert_eq!(small_format!(32; "user:{ID}:{name}"), key);
        assert_eq!(small_concat!(32; "user:", ID, ':', name), key);
        assert_eq!(format_compact!("user:{ID}:{name}"), key);
        assert_eq!(std_reused(ID), key.len());
        assert_eq!(*reused.borrow(), key);

        let bytes = key.len().try_into().unwrap();
        rows.group.throughput(Throughput::Bytes(bytes));
        rows.row("std", bytes, |_| format!("user:{}:{name}", black_box(ID)));
        rows.row("std, reused", bytes, |_| std_reused(black_box(ID)));
        rows.row("compact_str-0.10", bytes, |_| format_compact!("user:{}:{name}", black_box(ID)));
        rows.row("thrifty", bytes, |_| small_format!(32; "user:{}:{name}", black_box(ID)));
        rows.row(
            "thrifty, concat",
            bytes,
            |_| small_concat!(32; "user:", black_box(ID), ':', name),
        );
    }
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
