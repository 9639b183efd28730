//! `Str` beside `String`, `Arc<str>`, `Bytes` and `CompactString`: made or cut, then dropped.
//!
//! Where `Str` loses: an atomic clone costs more than a copy of 100 bytes, so `clone` shows both
//! lengths, and one at which sharing has won.
//!
//! ```text
//! cargo bench --bench str
//! ```

#[path = "support/rows.rs"]
mod rows;

use compact_str::CompactString;
use criterion::{Criterion, Throughput};
use std::{alloc::System, hint::black_box, sync::Arc};
use thrifty::{
    meter::Metered,
    share::{Str, bytes::Bytes},
};

use rows::Rows;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

fn main() {
    rows::run(|criterion| {
        new(criterion);
        from_string(criterion);
        clone(criterion);
        slice(criterion);
    });
}

fn text(len: u64) -> String {
    ('a'..='z').cycle().take(len.try_into().unwrap()).collect()
}

fn new(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "str/new");
    for n in [8, 23, 100] {
        let text = text(n);
        let text = || black_box(&*text);
        assert_eq!(Str::from(text()), text());
        rows.group.throughput(Throughput::Bytes(n));
        rows.row("std", n, |_| String::from(text()));
        rows.row("std, Arc", n, |_| Arc::<str>::from(text()));
        rows.row("compact_str-0.10", n, |_| CompactString::from(text()));
        rows.row("thrifty", n, |_| Str::from(text()));
    }
}

/// 100 bytes in a `String` of that capacity, made in the row, shared by two handles.
fn from_string(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "str/from_string");
    let text = text(100);
    let string = |capacity: u64| {
        let mut string = String::with_capacity(capacity.try_into().unwrap());
        string.push_str(black_box(&text));
        string
    };
    for capacity in [100, 128] {
        assert_eq!(twice(Str::from(string(capacity))).1, text);
        rows.group.throughput(Throughput::Bytes(100));
        rows.row("std", capacity, |n| twice(string(n)));
        rows.row("std, Arc", capacity, |n| twice(Arc::<str>::from(string(n))));
        rows.row("bytes-1", capacity, |n| twice(Bytes::from(string(n))));
        rows.row("thrifty", capacity, |n| twice(Str::from(string(n))));
    }
}

fn clone(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "str/clone");
    for n in [23, 100, 4096] {
        let string = text(n);
        let (arc, bytes) = (Arc::<str>::from(&*string), Bytes::from(string.clone()));
        let (str, compact) = (Str::from(&*string), CompactString::from(&*string));
        assert_eq!(str.clone(), string);
        // From the second clone on.
        let _counted = (bytes.clone(), str.clone());
        rows.group.throughput(Throughput::Bytes(n));
        rows.row("std", n, |_| black_box(&string).clone());
        rows.row("std, Arc", n, |_| Arc::clone(black_box(&arc)));
        rows.row("bytes-1", n, |_| black_box(&bytes).clone());
        rows.row("compact_str-0.10", n, |_| black_box(&compact).clone());
        rows.row("thrifty", n, |_| black_box(&str).clone());
    }
}

fn slice(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "str/slice");
    let string = text(4096);
    let (bytes, str) = (Bytes::from(string.clone()), Str::from(&*string));
    let _counted = (bytes.clone(), str.clone());
    for n in [12, 23, 100] {
        let at = |n: u64| 40..40 + usize::try_from(n).unwrap();
        assert_eq!(str.slice(at(n)), string[at(n)]);
        rows.group.throughput(Throughput::Bytes(n));
        rows.row("std", n, |n| black_box(&*string)[at(n)].to_owned());
        rows.row("bytes-1", n, |n| black_box(&bytes).slice(at(n)));
        rows.row("compact_str-0.10", n, |n| CompactString::from(&black_box(&*string)[at(n)]));
        rows.row("thrifty", n, |n| black_box(&str).slice(at(n)));
    }
}

fn twice<T: Clone>(first: T) -> (T, T) {
    let second = first.clone();
    (first, second)
}
