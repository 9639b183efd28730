//! `SmallVec<[u64; 8]>` beside `Vec<u64>`.
//!
//! Two findings that the rows hold on to: past the inline capacity a vector made with its full
//! capacity at once allocates less than one that grows, small or not; and turning an inline vector
//! into a `Vec` pays for the block after all.

use crate::ledger::{Block, Heap, NOTHING, Row, heap, measure};
use std::hint::black_box;
use thrifty::inline::{SmallVec, smallvec};

type Small = SmallVec<[u64; 8]>;
const SMALL: &str = "SmallVec<[u64; 8]>";

/// Items, and what pushing them one by one takes: ours, `Vec::new`, `Vec::with_capacity`.
///
/// A `SmallVec` that outgrows its object doubles to 16 (128 bytes) and 32 (256). A `Vec<u64>`
/// starts with 4 and doubles.
const PUSH: [(u64, Heap, Heap, Heap); 7] = [
    (1, NOTHING, heap(1, 32, 32), heap(1, 8, 8)),
    (2, NOTHING, heap(1, 32, 32), heap(1, 16, 16)),
    (4, NOTHING, heap(1, 32, 32), heap(1, 32, 32)),
    (8, NOTHING, heap(2, 96, 64), heap(1, 64, 64)),
    (9, heap(1, 128, 128), heap(3, 224, 128), heap(1, 72, 72)),
    (16, heap(1, 128, 128), heap(3, 224, 128), heap(1, 128, 128)),
    (32, heap(2, 384, 256), heap(4, 480, 256), heap(1, 256, 256)),
];

pub(crate) fn block() -> Block {
    let mut rows = Vec::new();
    for (n, small, grown, sized) in PUSH {
        let case = format!("push {n}");
        rows.push(Row::thrifty(&case, SMALL, small, move || {
            measure(|| pushed(Small::new(), n, Small::push))
        }));
        rows.push(Row::std(&case, "Vec::new", grown, move || {
            measure(|| pushed(Vec::new(), n, Vec::push))
        }));
        rows.push(Row::std(&case, "Vec::with_capacity", sized, move || {
            measure(|| pushed(Vec::with_capacity(to_usize(n)), n, Vec::push))
        }));
    }
    rows.extend(built_at_once());
    rows.extend(copied());
    rows.extend(kept());
    Block {
        name: "small_vec",
        about: "Items are u64 (8 bytes) unless the case says otherwise; `push 16` is 16 calls.",
        rows,
    }
}

/// One call that brings all items.
fn built_at_once() -> Vec<Row> {
    vec![
        Row::thrifty("with_capacity(32), push 32", SMALL, heap(1, 256, 256), || {
            measure(|| pushed(Small::with_capacity(32), 32, Small::push))
        }),
        Row::thrifty("from_slice of 8", SMALL, NOTHING, || {
            let items = items(8);
            measure(|| Small::from_slice(black_box(&items)))
        }),
        Row::std("from_slice of 8", "slice::to_vec", heap(1, 64, 64), || {
            let items = items(8);
            measure(|| black_box(&items[..]).to_vec())
        }),
        Row::thrifty("from_slice of 32", SMALL, heap(1, 256, 256), || {
            let items = items(32);
            measure(|| Small::from_slice(black_box(&items)))
        }),
        Row::std("from_slice of 32", "slice::to_vec", heap(1, 256, 256), || {
            let items = items(32);
            measure(|| black_box(&items[..]).to_vec())
        }),
        Row::thrifty("extend by 8", SMALL, NOTHING, || {
            measure(|| extended(Small::new(), 0..black_box(8)))
        }),
        Row::std("extend by 8", "Vec::new", heap(1, 64, 64), || {
            measure(|| extended(Vec::new(), 0..black_box(8)))
        }),
        Row::thrifty("extend by 32", SMALL, heap(1, 256, 256), || {
            measure(|| extended(Small::new(), 0..black_box(32)))
        }),
        Row::std("extend by 32", "Vec::new", heap(1, 256, 256), || {
            measure(|| extended(Vec::new(), 0..black_box(32)))
        }),
        Row::thrifty("collect 8", SMALL, NOTHING, || {
            measure(|| (0..black_box(8)).collect::<Small>())
        }),
        Row::std("collect 8", "Vec", heap(1, 64, 64), || {
            measure(|| (0..black_box(8)).collect::<Vec<u64>>())
        }),
        // A filter hides the length from `collect`.
        Row::thrifty("collect 8 of 16, filtered", SMALL, NOTHING, || {
            measure(|| odd(black_box(16)).collect::<Small>())
        }),
        Row::std("collect 8 of 16, filtered", "Vec", heap(2, 96, 64), || {
            measure(|| odd(black_box(16)).collect::<Vec<u64>>())
        }),
        Row::thrifty("smallvec! of 8", SMALL, NOTHING, || measure(|| -> Small { smallvec![7; 8] })),
        Row::std("smallvec! of 8", "vec!", heap(1, 64, 64), || measure(|| vec![7_u64; 8])),
        // The object is small, what the items own is not: inline saves one block of five.
        Row::thrifty("4 String of 24 bytes", "SmallVec<[String; 4]>", heap(4, 96, 96), || {
            measure(|| (0..4).map(|_| text()).collect::<SmallVec<[String; 4]>>())
        }),
        Row::std("4 String of 24 bytes", "Vec", heap(5, 192, 192), || {
            measure(|| (0..4).map(|_| text()).collect::<Vec<String>>())
        }),
    ]
}

fn copied() -> Vec<Row> {
    vec![
        Row::thrifty("clone of 8", SMALL, NOTHING, || {
            let original = pushed(Small::new(), 8, Small::push);
            measure(|| black_box(&original).clone())
        }),
        Row::std("clone of 8", "Vec", heap(1, 64, 64), || {
            let original = pushed(Vec::new(), 8, Vec::push);
            measure(|| black_box(&original).clone())
        }),
        Row::thrifty("clone of 32", SMALL, heap(1, 256, 256), || {
            let original = pushed(Small::new(), 32, Small::push);
            measure(|| black_box(&original).clone())
        }),
        Row::std("clone of 32", "Vec", heap(1, 256, 256), || {
            let original = pushed(Vec::new(), 32, Vec::push);
            measure(|| black_box(&original).clone())
        }),
        Row::thrifty("into_vec of 8", SMALL, heap(1, 64, 64), || {
            let inline = pushed(Small::new(), 8, Small::push);
            measure(|| inline.into_vec())
        }),
        Row::thrifty("into_vec of 32", SMALL, NOTHING, || {
            let spilled = pushed(Small::new(), 32, Small::push);
            measure(|| spilled.into_vec())
        }),
        Row::thrifty("from_vec of 8", SMALL, NOTHING, || {
            let vec = items(8);
            measure(|| Small::from_vec(vec))
        }),
    ]
}

fn kept() -> Vec<Row> {
    vec![
        Row::thrifty("push 16, truncate to 8, shrink_to_fit", SMALL, heap(1, 128, 128), || {
            measure(|| {
                let mut items = pushed(Small::new(), 16, Small::push);
                assert!(items.spilled());
                items.truncate(8);
                items.shrink_to_fit();
                assert!(!items.spilled());
                items
            })
        }),
        Row::std("push 16, truncate to 8, shrink_to_fit", "Vec::new", heap(4, 288, 128), || {
            measure(|| {
                let mut items = pushed(Vec::new(), 16, Vec::push);
                items.truncate(8);
                items.shrink_to_fit();
                items
            })
        }),
        Row::thrifty("100 times clear, push 32", SMALL, NOTHING, || {
            let mut warm = pushed(Small::new(), 32, Small::push);
            measure(|| {
                for _ in 0..100 {
                    warm.clear();
                    warm = pushed(warm, 32, Small::push);
                }
            })
        }),
        Row::std("100 times clear, push 32", "Vec", NOTHING, || {
            let mut warm = pushed(Vec::new(), 32, Vec::push);
            measure(|| {
                for _ in 0..100 {
                    warm.clear();
                    warm = pushed(warm, 32, Vec::push);
                }
            })
        }),
    ]
}

/// One item a call, the length unknown to the collection.
fn pushed<C>(mut to: C, n: u64, push: impl Fn(&mut C, u64)) -> C {
    for item in 0..black_box(n) {
        push(&mut to, item);
    }
    to
}

fn extended<C: Extend<u64>>(mut to: C, items: impl Iterator<Item = u64>) -> C {
    to.extend(items);
    to
}

fn odd(below: u64) -> impl Iterator<Item = u64> {
    (0..below).filter(|item| item % 2 == 1)
}

fn items(n: u64) -> Vec<u64> {
    (0..n).collect()
}

fn text() -> String {
    "x".repeat(black_box(24))
}

fn to_usize(n: u64) -> usize {
    n.try_into().unwrap()
}
