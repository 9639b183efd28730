//! Arenas that come back: the values are right, and the memory settles.

use std::hint::black_box;

use bumpalo::Bump;
use proptest::collection::vec;
use proptest::prelude::*;
use thrifty::meter::measure;
use thrifty::pool::{ArenaPool, PooledArena, Reset, with_arena};

fn fill(arena: &Bump, sizes: &[usize]) {
    let slices: Vec<_> = sizes
        .iter()
        .zip(0_u8..)
        .map(|(&size, byte)| arena.alloc_slice_fill_copy(size, byte))
        .collect();
    let texts: Vec<_> = sizes.iter().map(|size| arena.alloc_str(&size.to_string())).collect();
    for ((slice, byte), (text, size)) in slices.iter().zip(0_u8..).zip(texts.iter().zip(sizes)) {
        assert!(slice.len() == *size && slice.iter().all(|found| *found == byte));
        assert_eq!(**text, size.to_string());
    }
}

proptest! {
    /// The same requests again take nothing: one round brings the memory to its size.
    #[test]
    fn one_round_is_enough(sizes in vec(vec(0..3000_usize, 1..30), 1..10)) {
        let pool = ArenaPool::new().retain(1 << 20);
        let round = || sizes.iter().for_each(|sizes| fill(&pool.get(), sizes));
        round();
        let before = pool.stats();
        let ((), allocs) = measure(|| {
            for sizes in &sizes {
                let arena = pool.get();
                for &size in sizes {
                    black_box(arena.alloc_slice_fill_copy(size, 1_u8));
                }
            }
        });
        prop_assert_eq!(allocs.allocs + allocs.reallocs, 0);
        let after = pool.stats();
        prop_assert_eq!(after.made, before.made);
        prop_assert_eq!(after.reused, before.reused + sizes.len() as u64);
    }

    #[test]
    fn a_reset_keeps_all_of_the_memory_in_one_chunk(sizes in vec(0..5000_usize, 0..40)) {
        let mut arena = Bump::new();
        fill(&arena, &sizes);
        let (before, chunks) = (arena.allocated_bytes(), arena.iter_allocated_chunks().count());
        Reset::reset(&mut arena);
        prop_assert!(arena.iter_allocated_chunks().count() <= 1);
        prop_assert!(arena.allocated_bytes() >= before);
        prop_assert!(arena.allocated_bytes() <= 2 * before + 4096, "no more than rounding");
        prop_assert!(chunks > 1 || arena.allocated_bytes() == before);
        prop_assert_eq!(arena.iter_allocated_chunks().map(<[_]>::len).sum::<usize>(), 0);
        prop_assert_eq!(arena.footprint(), arena.allocated_bytes());
    }
}

#[test]
fn memory_does_not_grow_from_round_to_round() {
    let pool = ArenaPool::new().retain(1 << 20);
    let mut sizes = Vec::new();
    for _ in 0..50 {
        fill(&pool.get(), &[100, 2000, 700, 5000]);
        sizes.push(pool.get().allocated_bytes());
    }
    assert!(sizes[0] > 7800 && sizes.iter().all(|size| *size == sizes[0]), "{sizes:?}");
}

#[test]
fn what_is_above_the_limit_is_freed() {
    let pool = ArenaPool::new().retain(10_000);
    fill(&pool.get(), &[100]);
    assert_eq!(pool.stats().idle, 1);
    fill(&pool.get(), &[100_000]);
    assert_eq!(pool.stats().idle, 0);
    with_arena(|arena| black_box(arena.alloc_slice_fill_copy(1 << 20, 1_u8)).len());
    with_arena(|arena| assert_eq!(arena.allocated_bytes(), 0));
}

/// A limit that one user sets is not the next one's.
#[test]
fn an_allocation_limit_ends_with_its_user() {
    let pool = ArenaPool::new();
    let arena = pool.get();
    arena.set_allocation_limit(Some(10));
    assert!(arena.try_alloc([0_u8; 1000]).is_err());
    drop(arena);
    assert!(pool.get().try_alloc([0_u8; 1000]).is_ok());
    with_arena(|arena| arena.set_allocation_limit(Some(0)));
    with_arena(|arena| assert!(arena.try_alloc([0_u8; 1000]).is_ok()));
}

#[test]
fn arenas_inside_of_each_other_are_different() {
    with_arena(|outer| {
        let one = outer.alloc(1);
        with_arena(|inner| {
            let two = inner.alloc(2);
            assert_eq!((*one, *two), (1, 2));
        });
        assert_eq!(*one, 1);
    });
}

#[test]
fn a_guard_may_live_across_an_await() {
    fn sent<T: Send>(future: T) -> T {
        future
    }
    async fn handle(arena: PooledArena) -> usize {
        let length = arena.alloc_str("before").len();
        tokio::task::yield_now().await;
        length + arena.alloc_str("after").len()
    }
    static ARENAS: ArenaPool = ArenaPool::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..20).map(|_| tokio::spawn(sent(handle(ARENAS.get())))).collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), 11);
        }
    });
    assert_eq!(ARENAS.stats().in_use, 0);
}
