//! `ArrayVec<u64, 32>` beside `Vec<u64>`: it owns no heap memory, so no case may take any.

use crate::ledger::{Block, Heap, NOTHING, Row, heap, measure};
use std::hint::black_box;
use thrifty::inline::ArrayVec;

type Array = ArrayVec<u64, 32>;
const ARRAY: &str = "ArrayVec<u64, 32>";

/// Items, and what pushing them one by one takes: `Vec::new`, `Vec::with_capacity`.
const PUSH: [(u64, Heap, Heap); 6] = [
    (1, heap(1, 32, 32), heap(1, 8, 8)),
    (2, heap(1, 32, 32), heap(1, 16, 16)),
    (4, heap(1, 32, 32), heap(1, 32, 32)),
    (8, heap(2, 96, 64), heap(1, 64, 64)),
    (16, heap(3, 224, 128), heap(1, 128, 128)),
    (32, heap(4, 480, 256), heap(1, 256, 256)),
];

pub(crate) fn block() -> Block {
    let mut rows = Vec::new();
    for (n, grown, sized) in PUSH {
        let case = format!("push {n}");
        rows.push(Row::thrifty(&case, ARRAY, NOTHING, move || {
            measure(|| pushed(Array::new(), n, Array::push))
        }));
        rows.push(Row::std(&case, "Vec::new", grown, move || {
            measure(|| pushed(Vec::new(), n, Vec::push))
        }));
        rows.push(Row::std(&case, "Vec::with_capacity", sized, move || {
            measure(|| pushed(Vec::with_capacity(n.try_into().unwrap()), n, Vec::push))
        }));
    }
    rows.extend(others());
    Block {
        name: "array_vec",
        about: "Items are u64 (8 bytes); `push 16` is 16 calls. What does not fit is handed back.",
        rows,
    }
}

fn others() -> Vec<Row> {
    vec![
        Row::thrifty("try_push into 32 of 32", ARRAY, NOTHING, || {
            let mut full: Array = (0..32).collect();
            measure(|| assert_eq!(full.try_push(black_box(7)).unwrap_err().element(), 7))
        }),
        Row::thrifty("extend from slice of 32", ARRAY, NOTHING, || {
            let items: Vec<u64> = (0..32).collect();
            measure(|| {
                let mut array = Array::new();
                array.try_extend_from_slice(black_box(&items)).unwrap();
                array
            })
        }),
        Row::std("extend from slice of 32", "Vec::new", heap(1, 256, 256), || {
            let items: Vec<u64> = (0..32).collect();
            measure(|| {
                let mut vec = Vec::new();
                vec.extend_from_slice(black_box(&items));
                vec
            })
        }),
        Row::thrifty("collect 32", ARRAY, NOTHING, || {
            measure(|| (0..black_box(32)).collect::<Array>())
        }),
        Row::std("collect 32", "Vec", heap(1, 256, 256), || {
            measure(|| (0..black_box(32)).collect::<Vec<u64>>())
        }),
        Row::thrifty("clone of 32", ARRAY, NOTHING, || {
            let original: Array = (0..32).collect();
            measure(|| black_box(&original).clone())
        }),
        Row::std("clone of 32", "Vec", heap(1, 256, 256), || {
            let original: Vec<u64> = (0..32).collect();
            measure(|| black_box(&original).clone())
        }),
        // Moved often, or held in an enum or a future, a large one is cheaper behind one block.
        Row::thrifty("Box of 32", "Box<ArrayVec<u64, 32>>", heap(1, 264, 264), || {
            measure(|| Box::new((0..black_box(32)).collect::<Array>()))
        }),
        Row::thrifty("100 times clear, push 32", ARRAY, NOTHING, || {
            let mut warm: Array = (0..32).collect();
            measure(|| {
                for _ in 0..100 {
                    warm.clear();
                    warm = pushed(warm, 32, Array::push);
                }
            })
        }),
        Row::std("100 times clear, push 32", "Vec", NOTHING, || {
            let mut warm: Vec<u64> = (0..32).collect();
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
