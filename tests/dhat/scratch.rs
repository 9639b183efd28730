//! `with_scratch` and `scratch!` beside a vector made anew, each time used once before.

use crate::ledger::{Block, NOTHING, Row, heap, measure};
use std::collections::HashMap;
use std::fmt::Write;
use std::hint::black_box;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use thrifty::pool::{scratch, with_scratch, with_scratch_string};

const PIECES: [&[u8]; 5] = [b"GET ", b"/orders/4711?full=1", b" HTTP/1.1\r\n", b"Host: a", b"\r\n"];
const LIMIT: usize = 64 * 1024;

pub(crate) fn block() -> Block {
    let mut rows = built();
    rows.extend(not_kept());
    rows.extend(declared());
    Block {
        name: "scratch",
        about: "A line is 43 bytes, put together from 5 pieces. All but `first use` are warm.",
        rows,
    }
}

fn built() -> Vec<Row> {
    vec![
        Row::thrifty("100 lines", "with_scratch", NOTHING, || {
            with_scratch(put_together);
            measure(|| (0..100).for_each(|_| with_scratch(put_together)))
        }),
        Row::std("100 lines", "Vec::new", heap(300, 7_700, 46), || {
            measure(|| (0..100).for_each(|_| put_together(&mut Vec::new())))
        }),
        Row::std("100 lines", "Vec::with_capacity(64)", heap(100, 6_400, 64), || {
            measure(|| (0..100).for_each(|_| put_together(&mut Vec::with_capacity(64))))
        }),
        Row::thrifty("write! of a number", "with_scratch_string", NOTHING, || {
            let key = || with_scratch_string(|key| write!(key, "user:{}", black_box(4711)));
            key().unwrap();
            measure(key)
        }),
        Row::std("write! of a number", "format!", heap(1, 10, 10), || {
            measure(|| format!("user:{}", black_box(4711)))
        }),
        Row::thrifty("4 uses inside of each other", "with_scratch", NOTHING, || {
            nested(4);
            measure(|| nested(4))
        }),
        // One more than are kept.
        Row::thrifty("5 uses inside of each other", "with_scratch", heap(1, 8, 8), || {
            nested(5);
            measure(|| nested(5))
        }),
    ]
}

fn not_kept() -> Vec<Row> {
    vec![
        Row::thrifty("twice at the limit", "with_scratch", NOTHING, || {
            with_scratch(|bytes| bytes.reserve_exact(LIMIT));
            measure(|| (0..2).for_each(|_| with_scratch(|bytes| bytes.reserve_exact(LIMIT))))
        }),
        Row::thrifty("twice above the limit", "with_scratch", heap(2, 131_074, 65_537), || {
            with_scratch(mem::take);
            measure(|| (0..2).for_each(|_| with_scratch(|bytes| bytes.reserve_exact(LIMIT + 1))))
        }),
        Row::thrifty("taken", "with_scratch", heap(1, 64, 64), || {
            with_scratch(mem::take);
            measure(|| {
                with_scratch(|bytes| {
                    bytes.reserve_exact(64);
                    mem::take(bytes)
                })
            })
        }),
        Row::thrifty("after a panic", "scratch!", heap(1, 64, 64), || {
            scratch! { static LINE: Vec<u8>, retain = 1024 }
            LINE.with(|line| line.reserve_exact(64));
            let panicked = catch_unwind(AssertUnwindSafe(|| {
                LINE.with(|_| resume_unwind(Box::new("it")));
            }));
            assert!(panicked.is_err());
            measure(|| {
                LINE.with(|line| {
                    line.reserve_exact(64);
                    mem::take(line)
                })
            })
        }),
    ]
}

fn declared() -> Vec<Row> {
    const COUNTS: &str = "HashMap<u64, u32> of 20";
    vec![
        Row::thrifty("first use", "scratch!", heap(1, 64, 64), || {
            scratch! { static LINE: Vec<u8>, retain = 1024 }
            measure(|| {
                LINE.with(|line| {
                    line.reserve_exact(64);
                    mem::take(line)
                })
            })
        }),
        Row::thrifty(COUNTS, "scratch!", NOTHING, || {
            scratch! { static COUNTS: HashMap<u64, u32>, retain = 64 * 1024 }
            COUNTS.with(counted);
            measure(|| COUNTS.with(counted))
        }),
        Row::std(COUNTS, "HashMap::new", heap(4, 1_084, 848), || {
            measure(|| counted(&mut HashMap::new()))
        }),
    ]
}

fn put_together(line: &mut Vec<u8>) {
    for piece in PIECES {
        line.extend_from_slice(black_box(piece));
    }
    assert_eq!(line.len(), 43);
}

fn nested(levels: usize) {
    with_scratch(|bytes| {
        bytes.push(1);
        if levels > 1 {
            nested(levels - 1);
        }
        assert_eq!(bytes[..], [1]);
    });
}

fn counted(counts: &mut HashMap<u64, u32>) {
    for number in 0..40 {
        *counts.entry(number / 2).or_default() += 1;
    }
    assert_eq!(counts.len(), 20);
}
