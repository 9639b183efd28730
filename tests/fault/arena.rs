//! Requests of an arena and of its reset fail; code around it panics.

use bumpalo::Bump;
use thrifty::fault;
use thrifty::pool::{ArenaPool, Reset, with_arena};

use crate::tally::{self, each_panic_point};

#[test]
fn every_request_may_fail() {
    let pool = ArenaPool::new().retain(1 << 20);
    drop(pool.get());
    let sweep = tally::sweep(|| {
        let arena = pool.get();
        let first = arena.try_alloc([1_u8; 100]).map(|bytes| bytes[99]);
        let second = arena.try_alloc([2_u8; 5000]).map(|bytes| bytes[4999]);
        drop(arena);
        // What is kept is no leak: the arena goes before the books are closed.
        let mut kept = pool.get();
        assert_eq!(kept.iter_allocated_chunks().map(<[_]>::len).sum::<usize>(), 0);
        *kept = Bump::new();
        first.and(second)
    });
    // The two chunks are the user's. The one that takes their place is the reset's own, and without
    // it the arena is just empty.
    assert_eq!((sweep.points, sweep.refused), (3, 2));
    assert_eq!(
        (sweep.swallowed.as_slice(), sweep.leaked.as_slice()),
        ([3].as_slice(), [].as_slice())
    );
}

/// The only request of the room that nobody sees: without memory the arena is just empty.
#[test]
fn a_reset_without_memory_leaves_an_empty_arena() {
    let mut arena = Bump::new();
    arena.alloc([1_u8; 100]);
    arena.alloc([2_u8; 5000]);
    let run = tally::with(fault::Fail::Nth(1), || Reset::reset(&mut arena));
    assert_eq!((run.failed, arena.allocated_bytes()), (1, 0));
    assert_eq!(arena.alloc(7), &7);
}

#[test]
fn an_arena_that_saw_a_panic_is_not_kept() {
    let panics = each_panic_point(|fuse| {
        let pool = ArenaPool::new();
        let used = fuse.catch(|| {
            let arena = pool.get();
            arena.alloc(1);
            fuse.tick("in use");
        });
        assert_eq!(pool.stats().idle, u64::from(used.is_ok()));
        let used = fuse.catch(|| {
            with_arena(|arena| {
                arena.alloc(1);
                fuse.tick("in use");
            });
        });
        with_arena(|arena| assert_eq!(*arena.alloc(2), 2, "{used:?}"));
    });
    assert_eq!(panics.points, 2);
    panics.assert_clean();
}
