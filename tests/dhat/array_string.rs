//! `ArrayString<32>` beside `String`: it owns no heap memory, so no case may take any.

use crate::ledger::{Block, Heap, NOTHING, Row, heap, measure};
use compact_str::{CompactString, format_compact};
use std::{fmt::Write as _, hint::black_box};
use thrifty::inline::ArrayString;

type Array = ArrayString<32>;
const ARRAY: &str = "ArrayString<32>";
const COMPACT: &str = "compact_str 0.10";

/// Bytes, and what pushing them one by one takes: `String::new`, `String::with_capacity`,
/// `CompactString`.
///
/// A `String` starts with 8 bytes and doubles; a `CompactString` holds 24 inline and grows by half.
const PUSH: [(usize, Heap, Heap, Heap); 6] = [
    (1, heap(1, 8, 8), heap(1, 1, 1), NOTHING),
    (2, heap(1, 8, 8), heap(1, 2, 2), NOTHING),
    (4, heap(1, 8, 8), heap(1, 4, 4), NOTHING),
    (8, heap(1, 8, 8), heap(1, 8, 8), NOTHING),
    (16, heap(2, 24, 16), heap(1, 16, 16), NOTHING),
    (32, heap(3, 56, 32), heap(1, 32, 32), heap(1, 36, 36)),
];

pub(crate) fn block() -> Block {
    let mut rows = Vec::new();
    for (n, grown, sized, compact) in PUSH {
        let case = format!("push {n}");
        rows.push(Row::thrifty(&case, ARRAY, NOTHING, move || {
            measure(|| pushed(Array::new(), n, Array::push))
        }));
        rows.push(Row::std(&case, "String::new", grown, move || {
            measure(|| pushed(String::new(), n, String::push))
        }));
        rows.push(Row::std(&case, "String::with_capacity", sized, move || {
            measure(|| pushed(String::with_capacity(n), n, String::push))
        }));
        rows.push(Row::peer(&case, COMPACT, compact, move || {
            measure(|| pushed(CompactString::default(), n, CompactString::push))
        }));
    }
    rows.extend(texts());
    rows.extend(formatted());
    Block {
        name: "array_string",
        about: "Texts are ASCII; `push 16` is 16 calls of one char. What does not fit is handed back.",
        rows,
    }
}

fn texts() -> Vec<Row> {
    vec![
        Row::thrifty("try_push_str of 33 bytes", ARRAY, NOTHING, || {
            let (mut array, text) = (Array::new(), "x".repeat(33));
            measure(|| assert!(array.try_push_str(black_box(&text)).is_err()))
        }),
        Row::thrifty("from 32 bytes", ARRAY, NOTHING, || {
            let text = "x".repeat(32);
            measure(|| Array::from(black_box(&text)).unwrap())
        }),
        Row::std("from 32 bytes", "String", heap(1, 32, 32), || {
            let text = "x".repeat(32);
            measure(|| String::from(black_box(&*text)))
        }),
        Row::peer("from 32 bytes", COMPACT, heap(1, 32, 32), || {
            let text = "x".repeat(32);
            measure(|| CompactString::from(black_box(&*text)))
        }),
        Row::thrifty("clone of 32 bytes", ARRAY, NOTHING, || {
            let original = pushed(Array::new(), 32, Array::push);
            measure(|| *black_box(&original))
        }),
        Row::std("clone of 32 bytes", "String", heap(1, 32, 32), || {
            let original = "x".repeat(32);
            measure(|| black_box(&original).clone())
        }),
        Row::thrifty("100 times clear, push 32", ARRAY, NOTHING, || {
            let mut warm = pushed(Array::new(), 32, Array::push);
            measure(|| {
                for _ in 0..100 {
                    warm.clear();
                    warm = pushed(warm, 32, Array::push);
                }
            })
        }),
        Row::std("100 times clear, push 32", "String", NOTHING, || {
            let mut warm = pushed(String::new(), 32, String::push);
            measure(|| {
                for _ in 0..100 {
                    warm.clear();
                    warm = pushed(warm, 32, String::push);
                }
            })
        }),
    ]
}

/// `user:1234567:alice`, 18 bytes.
fn formatted() -> Vec<Row> {
    vec![
        Row::thrifty("write! of 18 bytes", ARRAY, NOTHING, || {
            measure(|| {
                let (id, name) = black_box((1_234_567_u64, "alice"));
                let mut text = Array::new();
                write!(text, "user:{id}:{name}").unwrap();
                text
            })
        }),
        Row::std("write! of 18 bytes", "format!", heap(2, 36, 24), || {
            measure(|| {
                let (id, name) = black_box((1_234_567_u64, "alice"));
                format!("user:{id}:{name}")
            })
        }),
        Row::peer("write! of 18 bytes", COMPACT, NOTHING, || {
            measure(|| {
                let (id, name) = black_box((1_234_567_u64, "alice"));
                format_compact!("user:{id}:{name}")
            })
        }),
        Row::thrifty("number as text", ARRAY, NOTHING, || {
            measure(|| {
                let mut text = Array::new();
                write!(text, "{}", black_box(u64::MAX)).unwrap();
                text
            })
        }),
        Row::std("number as text", "u64::to_string", heap(1, 20, 20), || {
            measure(|| black_box(u64::MAX).to_string())
        }),
    ]
}

/// One byte a call, the length unknown to the text.
fn pushed<C>(mut to: C, n: usize, push: impl Fn(&mut C, char)) -> C {
    for _ in 0..black_box(n) {
        push(&mut to, black_box('x'));
    }
    to
}
