//! `Pool<T>`: what an object costs when it is made, and that it costs nothing from then on.
//!
//! The pools are statics that nothing else uses, and warm: the tables of the first use on a thread
//! are the process's and stay.

use crate::ledger::{Block, NOTHING, Row, heap, measure};
use std::collections::HashMap;
use std::hint::black_box;
use thrifty::pool::{Pool, Pooled, Reset};

type Words = HashMap<u64, Vec<u8>>;

pub(crate) fn block() -> Block {
    let mut rows = steady();
    rows.extend(made());
    Block {
        name: "objects",
        about: "Each object is taken, used and given back; the pool is warm, except for `made`.",
        rows,
    }
}

fn steady() -> Vec<Row> {
    const MAP: &str = "100 maps of 20 numbers";
    const HELD: &str = "100 times 20 vectors of 100 bytes at once";
    vec![
        Row::thrifty(MAP, "Pool<HashMap>", NOTHING, || {
            static POOL: Pool<HashMap<u64, u64>> = Pool::new();
            filled(&mut POOL.get());
            measure(|| (0..100).for_each(|_| filled(&mut POOL.get())))
        }),
        Row::std(MAP, "HashMap::new", heap(100, 56_000, 560), || {
            measure(|| (0..100).for_each(|_| filled(&mut HashMap::new())))
        }),
        Row::thrifty(HELD, "Pool<Vec>", NOTHING, || {
            static POOL: Pool<Vec<u8>> = Pool::new();
            let mut held: Vec<Pooled<Vec<u8>>> = Vec::with_capacity(20);
            let mut round = move || {
                held.extend((0..20).map(|_| hundred(POOL.get())));
                held.clear();
            };
            (0..4).for_each(|_| round());
            measure(|| (0..100).for_each(|_| round()))
        }),
        Row::thrifty("100 times through the depot", "Pool<Vec>", NOTHING, || {
            static POOL: Pool<Vec<u8>> = Pool::new().thread_objects(0);
            (0..4).for_each(|_| drop(hundred(POOL.get())));
            measure(|| (0..100).for_each(|_| drop(hundred(POOL.get()))))
        }),
        Row::thrifty("what its values own is freed", "Pool<HashMap>", heap(1, 8, 8), || {
            static POOL: Pool<Words> = Pool::new();
            POOL.get().insert(1, Vec::new());
            measure(|| {
                POOL.get().insert(1, vec![0; black_box(8)]);
            })
        }),
    ]
}

fn made() -> Vec<Row> {
    const BOX: u64 = 24 + 8;
    vec![
        // The box holds the vector and a word beside it.
        Row::thrifty(
            "made, with 100 bytes, and taken along",
            "Pool<Vec>",
            heap(2, BOX + 100, 132),
            || {
                static POOL: Pool<Vec<u8>> = Pool::with(|| Vec::with_capacity(100));
                drop(POOL.get());
                drop(POOL.get().detach());
                measure(|| POOL.get().detach())
            },
        ),
        Row::thrifty("made beside a full pool", "Pool<Vec>", heap(1, BOX, BOX), || {
            static POOL: Pool<Vec<u8>> = Pool::new().max_objects(1);
            let _held = POOL.get();
            drop(POOL.get());
            measure(|| POOL.get())
        }),
        Row::thrifty("no object in a full pool", "Pool::try_get", NOTHING, || {
            static POOL: Pool<Vec<u8>> = Pool::new().max_objects(1);
            let _held = POOL.get();
            measure(|| assert!(POOL.try_get().is_err()))
        }),
        Row::thrifty("grown above what is retained", "Pool<Vec>", heap(2, BOX + 101, 133), || {
            static POOL: Pool<Vec<u8>> = Pool::new().retain(100);
            drop(POOL.get().detach());
            measure(|| POOL.get().reserve_exact(101))
        }),
        Row::thrifty("100 resets of 4 that are kept", "Reset", NOTHING, || {
            let mut values =
                (String::new(), vec![1_u64; 9], HashMap::from([(1, 2)]), Box::new(vec![0]));
            values.0.push_str("text");
            measure(|| {
                for _ in 0..100 {
                    values.reset();
                    values.0.push_str("text");
                    values.1.extend([1; 9]);
                    values.2.insert(1, 2);
                    values.3.push(1);
                }
            })
        }),
    ]
}

fn hundred(mut bytes: Pooled<Vec<u8>>) -> Pooled<Vec<u8>> {
    bytes.resize(black_box(100), 1);
    bytes
}

fn filled(map: &mut HashMap<u64, u64>) {
    assert!(map.is_empty());
    map.extend((0..black_box(20)).map(|number| (number, number)));
}
