//! `SmallMap<u64, u64, 8>` beside `HashMap<u64, u64>`.
//!
//! The rows hold on to what the type promises: nothing up to `N` keys, one block at `N + 1`, the
//! next one only beyond the first table, and no block for a key that is there already.

use crate::ledger::{Block, Heap, NOTHING, Row, heap, measure};
use std::{collections::HashMap, hint::black_box};
use thrifty::inline::SmallMap;

type Small = SmallMap<u64, u64, 8>;
type Std = HashMap<u64, u64>;
const SMALL: &str = "SmallMap<u64, u64, 8>";

/// Entries, and what inserting them one by one takes: ours, `HashMap::new`, `with_capacity`.
///
/// A table of 16 bytes an entry has 32, 64 ... buckets, a control byte for each, and 16 more. Ours
/// begins with 32 buckets, for 28 entries.
const INSERT: [(u64, Heap, Heap, Heap); 12] = [
    (0, NOTHING, NOTHING, NOTHING),
    (1, NOTHING, heap(1, 84, 84), heap(1, 84, 84)),
    (2, NOTHING, heap(1, 84, 84), heap(1, 84, 84)),
    (3, NOTHING, heap(1, 84, 84), heap(1, 84, 84)),
    (4, NOTHING, heap(2, 236, 236), heap(1, 152, 152)),
    (5, NOTHING, heap(2, 236, 236), heap(1, 152, 152)),
    (6, NOTHING, heap(2, 236, 236), heap(1, 152, 152)),
    (7, NOTHING, heap(2, 236, 236), heap(1, 152, 152)),
    (8, NOTHING, heap(3, 524, 440), heap(1, 288, 288)),
    (9, heap(1, 560, 560), heap(3, 524, 440), heap(1, 288, 288)),
    (28, heap(1, 560, 560), heap(4, 1084, 848), heap(1, 560, 560)),
    (29, heap(2, 1664, 1664), heap(5, 2188, 1664), heap(1, 1104, 1104)),
];

pub(crate) fn block() -> Block {
    let mut rows = Vec::new();
    for (n, small, grown, sized) in INSERT {
        let case = format!("insert {n}");
        rows.push(Row::thrifty(&case, SMALL, small, move || measure(|| filled(Small::new(), n))));
        rows.push(Row::std(&case, "HashMap::new", grown, move || {
            measure(|| filled_std(Std::new(), n))
        }));
        rows.push(Row::std(&case, "HashMap::with_capacity", sized, move || {
            measure(|| filled_std(Std::with_capacity(to_usize(n)), n))
        }));
    }
    rows.extend(full());
    rows.extend(at_once());
    rows.extend(brought_back());
    Block {
        name: "small_map",
        about: "Keys and values are u64 (8 bytes each) unless the case says otherwise; `insert 8` is 8 calls.",
        rows,
    }
}

/// A full inline map, to which no new key comes.
fn full() -> Vec<Row> {
    vec![
        Row::thrifty("8 keys, each inserted again", SMALL, NOTHING, || {
            measure(|| filled(filled(Small::new(), 8), 8))
        }),
        Row::thrifty("8 keys, each looked up by entry", SMALL, NOTHING, || {
            measure(|| {
                let mut map = filled(Small::new(), 8);
                for key in 0..black_box(8) {
                    *map.entry(key).or_insert(0) += 1;
                }
                let _vacant = map.entry(99);
                map
            })
        }),
        Row::thrifty("1000 times insert, remove", SMALL, NOTHING, || {
            measure(|| {
                let mut map = filled(Small::new(), 7);
                for key in 100..black_box(1100) {
                    map.insert(key, key);
                    map.remove(&key);
                }
                map
            })
        }),
        Row::thrifty("try_insert of 8", SMALL, NOTHING, || {
            measure(|| {
                let mut map = Small::new();
                for key in 0..black_box(8) {
                    assert!(map.try_insert(key, key).is_ok());
                }
                map
            })
        }),
        Row::thrifty(
            "entry_ref, 3 texts 100 times",
            "SmallMap<String, u64, 8>",
            heap(3, 72, 72),
            || {
                let names = ["a".repeat(24), "b".repeat(24), "c".repeat(24)];
                measure(|| {
                    let mut map: SmallMap<String, u64, 8> = SmallMap::new();
                    for number in 0..300_usize {
                        *map.entry_ref(names[number % 3].as_str()).or_insert(0) += 1;
                    }
                    map
                })
            },
        ),
        Row::std("entry, 3 texts 100 times", "HashMap<String, u64>", heap(301, 7348, 244), || {
            let names = ["a".repeat(24), "b".repeat(24), "c".repeat(24)];
            measure(|| {
                let mut map: HashMap<String, u64> = HashMap::new();
                for number in 0..300_usize {
                    *map.entry(names[number % 3].clone()).or_insert(0) += 1;
                }
                map
            })
        }),
    ]
}

/// One call that brings all entries.
fn at_once() -> Vec<Row> {
    let pairs = |n: u64| (0..black_box(n)).map(|key| (key, key));
    vec![
        Row::thrifty("collect 8", SMALL, NOTHING, move || measure(|| pairs(8).collect::<Small>())),
        Row::std("collect 8", "HashMap", heap(1, 288, 288), move || {
            measure(|| pairs(8).collect::<Std>())
        }),
        Row::thrifty("collect 100", SMALL, heap(1, 2192, 2192), move || {
            measure(|| pairs(100).collect::<Small>())
        }),
        Row::std("collect 100", "HashMap", heap(1, 2192, 2192), move || {
            measure(|| pairs(100).collect::<Std>())
        }),
        Row::thrifty("collect 1000, 8 keys", SMALL, NOTHING, move || {
            measure(|| pairs(1000).map(|(key, value)| (key % 8, value)).collect::<Small>())
        }),
        Row::std("collect 1000, 8 keys", "HashMap", heap(1, 34832, 34832), move || {
            measure(|| pairs(1000).map(|(key, value)| (key % 8, value)).collect::<Std>())
        }),
        Row::thrifty("with_capacity(8)", SMALL, NOTHING, || {
            measure(|| Small::with_capacity(black_box(8)))
        }),
        Row::thrifty("with_capacity(9), insert 14", SMALL, heap(1, 288, 288), || {
            measure(|| filled(Small::with_capacity(black_box(9)), 14))
        }),
        Row::thrifty("reserve(100), insert 100", SMALL, heap(1, 2192, 2192), || {
            measure(|| {
                let mut map = Small::new();
                map.reserve(100);
                filled(map, 100)
            })
        }),
        Row::thrifty("try_reserve(100), insert 100", SMALL, heap(1, 2192, 2192), || {
            measure(|| {
                let mut map = filled(Small::new(), 8);
                map.try_reserve(92).unwrap();
                filled(map, 100)
            })
        }),
        Row::thrifty("clone of 8", SMALL, NOTHING, || {
            let map = filled(Small::new(), 8);
            measure(|| black_box(&map).clone())
        }),
        Row::std("clone of 8", "HashMap", heap(1, 288, 288), || {
            let map = filled_std(Std::new(), 8);
            measure(|| black_box(&map).clone())
        }),
    ]
}

/// Maps that were larger once.
fn brought_back() -> Vec<Row> {
    vec![
        Row::thrifty("insert 9, remove 1, shrink_to_fit", SMALL, heap(1, 560, 560), || {
            measure(|| {
                let mut map = filled(Small::new(), 9);
                map.remove(&0);
                map.shrink_to_fit();
                assert!(!map.spilled());
                map
            })
        }),
        Row::thrifty("clone of a spilled map of 8", SMALL, NOTHING, || {
            let mut map = filled(Small::new(), 9);
            map.remove(&0);
            measure(|| black_box(&map).clone())
        }),
        Row::thrifty("clone_from of 9 into 9", SMALL, NOTHING, || {
            let map = filled(Small::new(), 9);
            let mut copy = map.clone();
            measure(|| copy.clone_from(black_box(&map)))
        }),
        Row::thrifty("100 times clear, insert 28", SMALL, NOTHING, || {
            let mut warm = filled(Small::new(), 28);
            measure(|| {
                for _ in 0..100 {
                    warm.clear();
                    for key in 0..black_box(28) {
                        warm.insert(key, key);
                    }
                }
            })
        }),
        Row::std("100 times clear, insert 28", "HashMap", NOTHING, || {
            let mut warm = filled_std(Std::new(), 28);
            measure(|| {
                for _ in 0..100 {
                    warm.clear();
                    for key in 0..black_box(28) {
                        warm.insert(key, key);
                    }
                }
            })
        }),
        Row::thrifty("look at, change and empty 8", SMALL, NOTHING, || {
            measure(|| {
                let mut map = filled(Small::new(), 8);
                map.retain(|key, _| *key != 3);
                map.values_mut().for_each(|value| *value += 1);
                let odd = map.extract_if(|key, _| key % 2 == 1).count();
                assert!(map.get_disjoint_mut([&0, &2]).iter().all(Option::is_some));
                let even = map.drain().count();
                assert_eq!((odd, even), (3, 4));
                map
            })
        }),
    ]
}

fn filled(mut map: Small, n: u64) -> Small {
    for key in 0..black_box(n) {
        map.insert(key, key);
    }
    map
}

fn filled_std(mut map: Std, n: u64) -> Std {
    for key in 0..black_box(n) {
        map.insert(key, key);
    }
    map
}

fn to_usize(n: u64) -> usize {
    n.try_into().unwrap()
}
