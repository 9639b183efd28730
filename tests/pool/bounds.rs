//! Bounds are kept, and say so when they are reached.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use thrifty::pool::{BufferPool, ConfigError, PoolConfig, PoolError, PooledBuf, PooledBytes};

use crate::{FOOT, pool};

/// Mixed sizes on 64 threads, and one request of 100 MiB, at every moment within the bound.
#[test]
fn many_threads_stay_within_the_bound() {
    const MAX: usize = 8 << 20;
    const THREAD: usize = 256 << 10;
    const THREADS: usize = 64;
    let config = PoolConfig::new().max_bytes(MAX).thread_bytes(THREAD);
    let pool = BufferPool::new(config).unwrap();
    let (barrier, most) = (Barrier::new(THREADS), AtomicU64::new(0));
    thread::scope(|scope| {
        let threads = (0..THREADS).map(|seed| {
            let (pool, barrier, most) = (&pool, &barrier, &most);
            scope.spawn(move || {
                let mut rng = fastrand::Rng::with_seed(seed as u64);
                let mut held = Vec::new();
                for step in 0..400 {
                    let size = 1 << rng.u32(6..19);
                    let mut buf = pool.get(size);
                    buf.resize(size, 1);
                    held.push(buf);
                    if held.len() > 8 || rng.bool() {
                        held.swap_remove(rng.usize(..held.len()));
                    }
                    if seed == 7 && step == 200 {
                        let huge = pool.get_zeroed(100 << 20);
                        assert!(!huge.is_pooled());
                    }
                    most.fetch_max(pool.stats().allocated_bytes, Relaxed);
                }
                drop(held);
                // All are done, and none has ended: the most that can be idle. Nobody may fail here,
                // where the others would wait for it.
                barrier.wait();
                let stats = pool.stats();
                barrier.wait();
                stats
            })
        });
        // A join waits for the destructors of thread-locals, the end of the scope does not.
        for thread in threads.collect::<Vec<_>>() {
            let stats = thread.join().unwrap();
            assert!(stats.thread_bytes <= (MAX / 2) as u64, "{stats:?}");
            assert!(stats.thread_bytes <= (THREAD * THREADS) as u64, "{stats:?}");
            assert_eq!((stats.outstanding, stats.idle_bytes), (0, stats.allocated_bytes));
        }
    });
    assert!(most.into_inner() <= MAX as u64);
    let stats = pool.stats();
    assert!(stats.high_water <= MAX as u64 && stats.unpooled > 0, "{stats:?}");
    assert_eq!((stats.thread_bytes, stats.outstanding), (0, 0), "all threads have ended");
    pool.trim(0);
    assert_eq!((pool.stats().idle_bytes, pool.stats().allocated_bytes), (0, 0));
}

/// 64 threads ask for more than there is: nobody gets over the bound, nobody waits, nothing is lost.
#[test]
fn many_threads_at_the_bound() {
    const THREADS: usize = 64;
    const BLOCKS: u64 = 40;
    const MAX: u64 = BLOCKS * (4096 + FOOT);
    let config = PoolConfig::new().block_sizes(256, 4096).max_bytes(usize::try_from(MAX).unwrap());
    let pool = BufferPool::new(config).unwrap();
    // As the users see it, not the pool: bytes of pooled blocks that are in use.
    let (in_use, refused, barrier) = (AtomicU64::new(0), AtomicU64::new(0), Barrier::new(THREADS));
    thread::scope(|scope| {
        let threads = (0..THREADS).map(|seed| {
            let (pool, in_use, refused, barrier) = (&pool, &in_use, &refused, &barrier);
            scope.spawn(move || {
                let mut rng = fastrand::Rng::with_seed(seed as u64);
                let mut held = Vec::new();
                // Together more than there is. Nobody may fail here, where the others would wait.
                let first = pool.try_get(4096);
                barrier.wait();
                refused.fetch_add(u64::from(first.is_err()), Relaxed);
                drop(first);
                barrier.wait();
                for _ in 0..300 {
                    let size = 4096 >> rng.u32(..5);
                    match pool.try_get(size) {
                        Ok(buf) => {
                            assert!(buf.is_pooled());
                            let bytes = buf.capacity() as u64 + FOOT;
                            let now = in_use.fetch_add(bytes, Relaxed) + bytes;
                            assert!(now <= MAX, "{now} of {MAX} bytes are in use");
                            held.push((buf, bytes));
                        }
                        Err(PoolError::Exhausted { .. }) => {
                            refused.fetch_add(1, Relaxed);
                            // Others may go on at once, beside the pool.
                            assert_eq!(pool.get(size).capacity(), size);
                        }
                        Err(other) => panic!("{other}"),
                    }
                    assert!(pool.stats().allocated_bytes <= MAX);
                    if held.len() > 2 || rng.bool() {
                        let at = rng.usize(..=held.len());
                        for (buf, bytes) in held.drain(at..) {
                            in_use.fetch_sub(bytes, Relaxed);
                            drop(buf);
                        }
                    }
                }
                for (buf, bytes) in held {
                    in_use.fetch_sub(bytes, Relaxed);
                    drop(buf);
                }
            })
        });
        // A join waits for the destructors of thread-locals, the end of the scope does not.
        for thread in threads.collect::<Vec<_>>() {
            thread.join().unwrap();
        }
    });
    let stats = pool.stats();
    assert!(stats.high_water <= MAX, "{stats:?}");
    assert!(refused.into_inner() >= THREADS as u64 - BLOCKS, "{stats:?}");
    assert_eq!((stats.outstanding, stats.thread_bytes), (0, 0), "{stats:?}");
    assert_eq!(stats.idle_bytes, stats.allocated_bytes);
    // All of it is there again, for one user.
    let all: Vec<_> = (0..BLOCKS).map(|_| pool.try_get(4096).unwrap()).collect();
    drop(all);
    pool.trim(0);
    assert_eq!(pool.stats().allocated_bytes, 0);
}

/// One thread, all sizes in turn: its magazines together keep to its bytes.
#[test]
fn a_thread_keeps_to_its_bytes_across_sizes() {
    const THREAD: u64 = 300 << 10;
    let config = PoolConfig::new().thread_bytes(usize::try_from(THREAD).unwrap());
    let pool = BufferPool::new(config).unwrap();
    for round in 0..20 {
        let size = 256 << (round % 11);
        let held: Vec<_> = (0..40).map(|_| pool.get(size)).collect();
        drop(held);
        let stats = pool.stats();
        assert!(stats.thread_bytes <= THREAD, "{stats:?}");
        // The size in use is at hand in spite of those before it.
        let (hits, exchanges) = (stats.hits, stats.exchanges);
        let one = size <= 1 << 17;
        for _ in 0..100 {
            drop(pool.get(size));
        }
        let stats = pool.stats();
        assert_eq!(stats.hits, hits + 100);
        assert!(!one || stats.exchanges <= exchanges + 4, "size {size}: {stats:?}");
    }
}

/// A size that gives its room away keeps no place for the block that is in use at that moment.
#[test]
fn room_that_was_given_away_is_gone() {
    const BLOCK: u64 = 256 + FOOT;
    let config = PoolConfig::new().thread_bytes(4 * BLOCK as usize).block_sizes(256, 512);
    let pool = BufferPool::new(config).unwrap();
    drop([pool.get(256), pool.get(256), pool.get(256)]);
    let used = pool.get(256);
    drop(pool.get(512));
    let stats = pool.stats();
    assert_eq!(stats.thread_bytes, 2 * BLOCK + 512 + FOOT, "{stats:?}");
    drop(used);
    let stats = pool.stats();
    assert!(stats.thread_bytes <= 4 * BLOCK, "{stats:?}");
    assert_eq!((stats.outstanding, stats.idle_bytes), (0, stats.allocated_bytes));
}

#[test]
fn beyond_the_bound_get_goes_on_and_try_get_says_why() {
    let config = PoolConfig::new().max_bytes(10_000).block_sizes(64, 4096);
    let pool = BufferPool::new(config).unwrap();
    let held = [pool.get(4096), pool.get(4096)];
    let beside = pool.get(4096);
    assert!(!beside.is_pooled() && held[0].is_pooled());
    let error = pool.try_get(4000).unwrap_err();
    assert_eq!(error, PoolError::Exhausted { limit: 10_000, requested: 4000 });
    assert!(error.to_string().contains("raise `max_bytes`"), "{error}");
    assert_eq!(pool.try_get(5000).unwrap_err(), PoolError::TooLarge { max: 4096 });
    assert_eq!((pool.stats().outstanding, pool.stats().unpooled), (3, 1));
    drop((held, beside));
    assert_eq!(pool.stats().outstanding, 0);
    // Idle blocks of another size make way.
    assert_eq!(pool.stats().idle_bytes, 2 * (4096 + FOOT));
    let small: Vec<_> = (0..100).map(|_| pool.try_get(64).unwrap()).collect();
    assert_eq!(pool.stats().allocated_bytes, 100 * (64 + FOOT));
    drop(small);
}

#[test]
fn a_buffer_that_grew_pins_nothing() {
    let pool = pool();
    let mut buf = pool.get(256);
    buf.resize(100 << 20, 1);
    buf.clear();
    drop(buf);
    let stats = pool.stats();
    assert!(stats.idle_bytes < 4 << 20, "{stats:?}");
    assert_eq!(pool.get(256).capacity(), 256);
}

#[test]
fn what_nobody_needs_decays() {
    let config = PoolConfig::new().decay(Some(Duration::ZERO)).thread_bytes(0);
    let pool = BufferPool::new(config).unwrap();
    drop((0..64).map(|_| pool.get(16 << 10)).collect::<Vec<_>>());
    let before = pool.stats().idle_bytes;
    for _ in 0..1_000 {
        drop(pool.get(256));
    }
    assert!(pool.stats().idle_bytes < before / 4, "{:?}", pool.stats());

    let keeps = BufferPool::new(config.decay(None)).unwrap();
    drop((0..64).map(|_| keeps.get(16 << 10)).collect::<Vec<_>>());
    for _ in 0..1_000 {
        drop(keeps.get(256));
    }
    assert!(keeps.stats().idle_bytes >= before, "{:?}", keeps.stats());
}

#[test]
fn trimming_keeps_what_it_is_told() {
    let pool = pool();
    drop((0..20).map(|_| pool.get(4096)).collect::<Vec<_>>());
    let block = 4096 + usize::try_from(FOOT).unwrap();
    assert_eq!(pool.trim(5 * block), 15 * block);
    assert_eq!(pool.stats().idle_bytes, 5 * (4096 + FOOT));
    assert_eq!(pool.trim(5 * block), 0);
}

#[test]
fn bad_configurations_say_what_to_do() {
    let config = PoolConfig::new();
    for (bad, text) in [
        (config.block_sizes(100, 4096), "block sizes from 100 to 4096"),
        (config.block_sizes(4096, 256), "the smaller first"),
        (config.block_sizes(32, 256), "from 64 to 1073741824"),
        (config.block_sizes(64, 2 << 30), "from 64 to 1073741824"),
        (config.align(3), "alignment 3"),
        (config.align(8192), "a power of two from 1 to 4096"),
        (config.max_bytes(1 << 20), "max_bytes is 1048576: pass at least 1048608"),
        (config.max_bytes(1 << 40), "less than 1 TiB"),
    ] {
        let error = BufferPool::new(bad).unwrap_err();
        assert!(error.to_string().contains(text), "{error}");
    }
    assert!(matches!(BufferPool::new(config.align(0)), Err(ConfigError::Align { align: 0 })));
}

#[test]
fn all_sizes_and_alignments() {
    for align in [1, 2, 8, 64, 4096] {
        let pool = BufferPool::new(PoolConfig::new().align(align)).unwrap();
        for min in [0, 1, 255, 256, 257, 4095, 4096, 4097, 1 << 20, (1 << 20) + 1] {
            let mut buf = pool.get(min);
            assert_eq!(buf.capacity(), min.max(256).next_power_of_two());
            assert_eq!(buf.as_ptr().addr() % align, 0);
            buf.resize(min, 3);
            let vec = buf.into_vec();
            assert_eq!(vec, vec![3; min]);
        }
        assert_eq!(pool.stats().outstanding, 0);
        assert_eq!(pool.stats().idle_bytes, pool.stats().allocated_bytes);
    }
}

#[test]
#[should_panic(expected = "capacity overflow")]
fn more_than_memory_can_be_panics_as_vec_does() {
    drop(pool().get(usize::MAX));
}

/// A byte less than two blocks need is room for one.
#[test]
fn the_bound_is_exact_to_the_byte() {
    let both = 2 * (4096 + FOOT);
    for (bound, second) in [(both, true), (both - 1, false)] {
        let config = PoolConfig::new().block_sizes(64, 4096);
        let pool = BufferPool::new(config.max_bytes(usize::try_from(bound).unwrap())).unwrap();
        let first = pool.try_get(4096).unwrap();
        assert_eq!(pool.try_get(4096).is_ok(), second, "{bound} bytes");
        assert!(pool.stats().allocated_bytes <= bound);
        drop(first);
    }
}

/// Sums with what is nearly the largest number must not wrap, in release builds either.
#[test]
fn sizes_that_no_machine_has_are_refused() {
    let pool = pool();
    let mut buf = pool.get(64);
    buf.extend_from_slice(b"kept");
    let capacity = buf.capacity();
    for less in 0..16 {
        let size = usize::MAX - less;
        assert!(matches!(pool.try_get(size), Err(PoolError::TooLarge { .. })));
        assert!(matches!(buf.try_reserve(size), Err(PoolError::TooLarge { .. })));
        let requests: [&dyn Fn(&mut PooledBuf); 3] =
            [&|buf| buf.reserve(size), &|buf| buf.resize(size, 0), &|_| drop(pool.get(size))];
        for request in requests {
            let panic = catch_unwind(AssertUnwindSafe(|| request(&mut buf))).unwrap_err();
            let text = panic.downcast_ref::<&str>().unwrap();
            assert!(text.contains("capacity overflow"), "{text}");
        }
        assert_eq!((&*buf, buf.capacity()), (&b"kept"[..], capacity));
    }
}

/// As slices have it: what is not there is refused, and nothing is changed.
#[test]
fn ranges_that_are_not_there_are_refused() {
    let mut buf = pool().get(64);
    buf.extend_from_slice(b"abcdef");
    let mut bytes = buf.freeze();
    let refused: [&dyn Fn(&mut PooledBytes); 8] = [
        &|bytes| drop(bytes.slice(..7)),
        &|bytes| drop(bytes.slice(7..)),
        #[expect(clippy::reversed_empty_ranges, reason = "this is what is refused")]
        &|bytes| drop(bytes.slice(4..2)),
        &|bytes| drop(bytes.slice(..=usize::MAX)),
        &|bytes| drop(bytes.slice(usize::MAX..)),
        &|bytes| drop(bytes.slice(usize::MAX..usize::MAX)),
        &|bytes| drop(bytes.split_to(7)),
        &|bytes| bytes::Buf::advance(bytes, 7),
    ];
    for (number, refused) in refused.iter().enumerate() {
        let panic = catch_unwind(AssertUnwindSafe(|| refused(&mut bytes)));
        assert!(panic.is_err(), "number {number}");
        assert_eq!((&*bytes, bytes.is_unique()), (&b"abcdef"[..], true), "number {number}");
    }
    assert_eq!((bytes.slice(6..).len(), bytes.slice(..=5).len()), (0, 6));
}
