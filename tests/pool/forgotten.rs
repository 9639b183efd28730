//! Guards that never come back, and guards that come back late.

use std::any::Any;
use std::mem::ManuallyDrop;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use thrifty::pool::{
    BufferPool, Pool, PoolConfig, RecycleSlot, Reset, with_scratch, with_scratch_string,
};

use crate::{FOOT, pool};

/// As [`std::mem::forget`]: the destructor never runs. What is lost can still be reached, so that
/// tools which look for leaks find none.
fn lose<T: Any + Send>(guard: T) {
    static LOST: Mutex<Vec<Box<dyn Any + Send>>> = Mutex::new(Vec::new());
    let lost = Box::new(ManuallyDrop::new(guard));
    LOST.lock().unwrap_or_else(PoisonError::into_inner).push(lost);
}

#[test]
fn a_pool_goes_on_without_buffers_that_were_forgotten() {
    const BLOCK: usize = 4096 + 32;
    let config = PoolConfig::new().block_sizes(4096, 4096).max_bytes(8 * BLOCK);
    let pool = BufferPool::new(config).unwrap();
    lose(pool.get(4096));
    lose(pool.get(4096).freeze());
    let bytes = pool.get(4096).freeze();
    lose(bytes.clone());
    drop(bytes);
    lose(pool.get_zeroed(4096).into_bytes());
    let stats = pool.stats();
    assert_eq!((stats.outstanding, stats.allocated_bytes), (4, 4 * (4096 + FOOT)));
    // What is left of the bound is there for others, and only that.
    let held: Vec<_> = (0..4).map(|_| pool.try_get(4096).unwrap()).collect();
    assert!(pool.try_get(4096).is_err() && !pool.get(4096).is_pooled());
    drop(held);
    pool.trim(0);
    assert_eq!(pool.stats().allocated_bytes, 4 * (4096 + FOOT));
    pool.close();
    drop(pool);
    assert_eq!(self::pool().get(4096).capacity(), 4096);
}

#[test]
fn objects_that_were_forgotten_count_as_in_use() {
    static POOL: Pool<Vec<u8>> = Pool::new().max_objects(3);
    lose(POOL.get());
    lose(POOL.get());
    assert_eq!(POOL.stats().in_use, 2);
    for _ in 0..10 {
        POOL.try_get().unwrap().push(1);
    }
    let last = POOL.try_get().unwrap();
    assert_eq!(POOL.try_get().unwrap_err().limit, 3);
    assert!(last.is_empty());
    drop(last);
    assert_eq!((POOL.stats().made, POOL.trim(0), POOL.stats().idle), (3, 1, 0));
}

/// A scratch has no guard that could be forgotten, but what is in it can be.
#[test]
fn scratch_that_was_taken_away_is_there_again() {
    with_scratch(|bytes| {
        bytes.extend_from_slice(b"mine");
        lose(std::mem::take(bytes));
    });
    with_scratch_string(|text| {
        text.push_str("mine");
        lose(std::mem::take(text));
    });
    with_scratch(|bytes| assert!(bytes.is_empty()));
    with_scratch_string(|text| assert!(text.is_empty()));
}

#[test]
fn a_slot_goes_on_without_the_vector_that_was_forgotten() {
    let mut slot = RecycleSlot::<&'static str>::new();
    slot.lend().push("once");
    assert!(slot.capacity() > 0);
    // The vector is empty and without memory, so that nothing leaks.
    let mut lent = slot.lend::<&str>();
    *lent = Vec::new();
    #[expect(clippy::mem_forget, reason = "the guard is borrowed, and owns nothing any more")]
    std::mem::forget(lent);
    assert_eq!(slot.capacity(), 0);
    for text in ["a", "b"] {
        let mut lent = slot.lend();
        lent.push(text);
        assert_eq!(*lent, [text]);
    }
    assert!(slot.capacity() > 0);
}

#[cfg(feature = "arena")]
#[test]
fn arenas_that_were_forgotten_count_as_in_use() {
    use thrifty::pool::{ArenaPool, with_arena};

    static ARENAS: ArenaPool = ArenaPool::new().max_objects(2);
    let arena = ARENAS.get();
    arena.alloc(7_u64);
    lose(arena);
    assert_eq!(ARENAS.stats().in_use, 1);
    for number in 0..10_u64 {
        assert_eq!(*ARENAS.try_get().unwrap().alloc(number), number);
    }
    assert_eq!((ARENAS.stats().made, ARENAS.stats().in_use), (2, 1));
    assert_eq!(with_arena(|arena| *arena.alloc(7_u64)), 7);
}

/// What it holds goes with it, not before.
#[derive(Default)]
struct Kept(Vec<Arc<()>>);

impl Reset for Kept {
    fn reset(&mut self) {}
}

/// Taken on a thread that ends, given back here, when the pool is gone too.
#[test]
fn guards_outlive_their_thread_and_their_pool() {
    let witness = Arc::new(());
    let (buffers, objects) = (pool(), Pool::<Kept>::new());
    #[cfg(feature = "arena")]
    let arenas = thrifty::pool::ArenaPool::new();
    let (mut buf, bytes, foreign, mut object) = thread::scope(|scope| {
        let taken = scope.spawn(|| {
            let mut buf = buffers.get(1024);
            buf.extend_from_slice(b"buf");
            let bytes = buffers.get_zeroed(4096).freeze();
            let mut object = objects.get();
            object.0.push(Arc::clone(&witness));
            (buf, bytes, buffers.get_zeroed(4096).into_bytes(), object)
        });
        taken.join().unwrap()
    });
    #[cfg(feature = "arena")]
    let arena = thread::scope(|scope| {
        let taken = scope.spawn(|| {
            let arena = arenas.get();
            arena.alloc_str("arena");
            arena
        });
        taken.join().unwrap()
    });
    assert_eq!((buffers.stats().outstanding, objects.stats().in_use), (3, 1));
    // One of each comes back while its pool is there.
    drop((buffers.get(1024), objects.get()));
    drop((buffers, objects));
    #[cfg(feature = "arena")]
    {
        drop(arenas);
        assert_eq!(arena.alloc_str("late"), "late");
        drop(arena);
    }
    buf.extend_from_slice(&[7; 2048]);
    object.0.push(Arc::clone(&witness));
    assert_eq!((&buf[..3], object.0.len(), bytes.len()), (&b"buf"[..], 2, 4096));
    assert_eq!(foreign, vec![0; 4096]);
    thread::spawn(move || drop((buf, bytes, foreign, object))).join().unwrap();
    assert_eq!(Arc::strong_count(&witness), 1, "nobody keeps an object of a pool that is gone");
}
