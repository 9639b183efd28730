//! `SmallSet<u64, 8>` beside `HashSet<u64>`.

use crate::ledger::{Block, Heap, NOTHING, Row, heap, measure};
use std::{collections::HashSet, hint::black_box};
use thrifty::inline::SmallSet;

type Small = SmallSet<u64, 8>;
type Std = HashSet<u64>;
const SMALL: &str = "SmallSet<u64, 8>";

/// Values, and what inserting them one by one takes: ours, `HashSet::new`.
const INSERT: [(u64, Heap, Heap); 12] = [
    (0, NOTHING, NOTHING),
    (1, NOTHING, heap(1, 52, 52)),
    (2, NOTHING, heap(1, 52, 52)),
    (3, NOTHING, heap(1, 52, 52)),
    (4, NOTHING, heap(2, 140, 140)),
    (5, NOTHING, heap(2, 140, 140)),
    (6, NOTHING, heap(2, 140, 140)),
    (7, NOTHING, heap(2, 140, 140)),
    (8, NOTHING, heap(3, 300, 248)),
    (9, heap(1, 304, 304), heap(3, 300, 248)),
    (28, heap(1, 304, 304), heap(4, 604, 464)),
    (29, heap(2, 896, 896), heap(5, 1196, 896)),
];

pub(crate) fn block() -> Block {
    let mut rows = Vec::new();
    for (n, small, grown) in INSERT {
        let case = format!("insert {n}");
        rows.push(Row::thrifty(&case, SMALL, small, move || measure(|| filled(Small::new(), n))));
        rows.push(Row::std(&case, "HashSet::new", grown, move || {
            measure(|| filled(Std::new(), n))
        }));
    }
    rows.extend(combined());
    Block { name: "small_set", about: "Values are u64 (8 bytes); `insert 8` is 8 calls.", rows }
}

/// More than one value at a time.
fn combined() -> Vec<Row> {
    vec![
        Row::thrifty("8 values, each inserted again", SMALL, NOTHING, || {
            measure(|| filled(filled(Small::new(), 8), 8))
        }),
        Row::thrifty("replace, get_or_insert in a full set", SMALL, NOTHING, || {
            measure(|| {
                let mut set = filled(Small::new(), 8);
                assert_eq!(set.replace(3), Some(3));
                assert_eq!(*set.get_or_insert(4), 4);
                assert_eq!(*set.get_or_insert_with(&5, |value| *value), 5);
                set
            })
        }),
        Row::thrifty("4 | 4, 4 & 4, 4 ^ 4, 4 - 4", SMALL, NOTHING, || {
            let (one, two) = (Small::from([1, 2, 3, 4]), Small::from([3, 4, 5, 6]));
            measure(|| (&one | &two, &one & &two, &one ^ &two, &one - &two))
        }),
        Row::std("4 | 4, 4 & 4, 4 ^ 4, 4 - 4", "HashSet", heap(5, 332, 280), || {
            let (one, two) = (Std::from([1, 2, 3, 4]), Std::from([3, 4, 5, 6]));
            measure(|| (&one | &two, &one & &two, &one ^ &two, &one - &two))
        }),
        Row::thrifty("collect 8", SMALL, NOTHING, || {
            measure(|| (0..black_box(8)).collect::<Small>())
        }),
        Row::std("collect 8", "HashSet", heap(1, 160, 160), || {
            measure(|| (0..black_box(8)).collect::<Std>())
        }),
        Row::thrifty("insert 9, take 1, shrink_to_fit", SMALL, heap(1, 304, 304), || {
            measure(|| {
                let mut set = filled(Small::new(), 9);
                assert_eq!(set.take(&0), Some(0));
                set.shrink_to_fit();
                assert!(!set.spilled());
                set
            })
        }),
        Row::thrifty("reserve(100), insert 100", SMALL, heap(1, 1168, 1168), || {
            measure(|| {
                let mut set = Small::new();
                set.reserve(100);
                filled(set, 100)
            })
        }),
    ]
}

fn filled<C: Extend<u64>>(mut set: C, n: u64) -> C {
    for value in 0..black_box(n) {
        set.extend([value]);
    }
    set
}
