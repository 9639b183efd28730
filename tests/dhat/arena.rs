//! `with_arena` and `ArenaPool` beside an arena made anew, and an arena beside boxes.

use crate::ledger::{Block, NOTHING, Row, heap, measure};
use bumpalo::Bump;
use std::hint::black_box;
use thrifty::pool::{ArenaPool, Reset, with_arena};

const REQUESTS: &str = "100 requests of 100 values";

pub(crate) fn block() -> Block {
    Block {
        name: "arena",
        about: "A value is 64 bytes, so a request takes 6,400. Warm, except for the first row.",
        rows: vec![
            Row::thrifty("the first request", "ArenaPool", heap(6, 15_824, 8_208), || {
                let arenas = ArenaPool::new();
                drop(arenas.get().detach());
                measure(|| {
                    let mut arena = arenas.get();
                    request(&arena, 100);
                    // What its drop does, with a look at the result.
                    Reset::reset(&mut *arena);
                    assert_eq!(arena.iter_allocated_chunks().count(), 1);
                    arena.detach()
                })
            }),
            Row::thrifty(REQUESTS, "ArenaPool", NOTHING, || {
                static ARENAS: ArenaPool = ArenaPool::new();
                request(&ARENAS.get(), 100);
                measure(|| (0..100).for_each(|_| request(&ARENAS.get(), 100)))
            }),
            Row::thrifty(REQUESTS, "with_arena", NOTHING, || {
                with_arena(|arena| request(arena, 100));
                measure(|| (0..100).for_each(|_| with_arena(|arena| request(arena, 100))))
            }),
            Row::peer(REQUESTS, "Bump::new", heap(400, 761_600, 7_616), || {
                measure(|| (0..100).for_each(|_| request(&Bump::new(), 100)))
            }),
            Row::std(REQUESTS, "Box", heap(10_000, 640_000, 6_400), || {
                measure(|| {
                    for _ in 0..100 {
                        let boxes: [Box<[u64; 8]>; 100] =
                            std::array::from_fn(|at| Box::new([black_box(at as u64); 8]));
                        black_box(&boxes);
                    }
                })
            }),
            // A smaller request after a larger one, and the other way round.
            Row::thrifty("requests of 10 to 100 values", "ArenaPool", NOTHING, || {
                static ARENAS: ArenaPool = ArenaPool::new();
                request(&ARENAS.get(), 100);
                measure(|| (1..=10).rev().for_each(|n| request(&ARENAS.get(), n * 10)))
            }),
            Row::thrifty("2 arenas inside of each other", "with_arena", NOTHING, || {
                let both = || {
                    with_arena(|outer| {
                        request(outer, 100);
                        with_arena(|inner| request(inner, 100));
                    });
                };
                (0..2).for_each(|_| both());
                measure(both)
            }),
            Row::thrifty("above what is retained", "ArenaPool", heap(2, 8_208, 8_208), || {
                let arenas = ArenaPool::new().retain(4096);
                drop(arenas.get().detach());
                measure(|| {
                    arenas.get().alloc([black_box(1_u8); 8000]);
                    assert_eq!(arenas.stats().idle, 0);
                })
            }),
        ],
    }
}

fn request(arena: &Bump, values: u64) {
    for number in 0..values {
        black_box(arena.alloc([black_box(number); 8]));
    }
}
