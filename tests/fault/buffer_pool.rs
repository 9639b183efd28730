//! A pool without memory: `try_get` and `try_reserve` say so, `get` gives idle blocks back first.

use thrifty::fault::{self, Fail};
use thrifty::pool::{BufferPool, PoolConfig, PoolError};

/// With this thread's magazines made, so that what is asked for is the block.
fn warm() -> BufferPool {
    let pool = BufferPool::new(PoolConfig::new()).unwrap();
    drop((pool.get(256), pool.get(4096)));
    pool.trim(0);
    pool
}

#[test]
fn try_get_fails_and_loses_nothing() {
    // One for each point: to open a pool may take memory, and then it aborts as `Box::new` does.
    let pools: Vec<_> = (0..20).map(|_| BufferPool::new(PoolConfig::new()).unwrap()).collect();
    let mut fresh = pools.iter();
    let sweep = fault::sweep(|| {
        let pool = fresh.next().expect("fewer points than pools");
        pool.try_get(4096).map(|mut buf| buf.extend_from_slice(b"served"))
    });
    assert!(sweep.points > 0);
}

#[test]
fn try_get_at_every_point() {
    let pool = warm();
    for point in 1..10 {
        let run = fault::with(Fail::From(point), || pool.try_get(4096).map(drop));
        if run.failed == 0 {
            assert!(run.value.is_ok());
            break;
        }
        assert_eq!(run.value, Err(PoolError::OutOfMemory { requested: 4096 }));
        assert_eq!(pool.stats().allocated_bytes, 0, "the failed block is not charged");
        assert!(point < 9);
    }
    assert!(pool.try_get(4096).is_ok());
}

#[test]
fn growing_fails_and_keeps_the_bytes() {
    let pool = warm();
    let mut buf = pool.get(256);
    buf.extend_from_slice(b"kept");
    let before = pool.stats();
    let run = fault::with(Fail::From(1), || buf.try_reserve(4000));
    assert!(run.failed > 0);
    let error = run.value.unwrap_err();
    assert_eq!(error, PoolError::OutOfMemory { requested: 4004 });
    assert!(error.to_string().contains("no buffer of 4004 bytes: the allocator"), "{error}");
    assert_eq!((&*buf, buf.capacity()), (&b"kept"[..], 256));
    assert_eq!(pool.stats(), before);
    assert!(buf.try_reserve(4000).is_ok());
    assert_eq!(buf, b"kept");
}

/// The block that the allocator refuses may be had for the ones that lie idle.
#[test]
fn idle_blocks_go_before_a_get_fails() {
    let pool = warm();
    drop((pool.get(256), pool.get(512), pool.get(100_000)));
    let run = fault::with(Fail::Nth(1), || pool.get(4096).capacity());
    assert_eq!((run.value, run.failed), (4096, 1));
    assert_eq!(pool.stats().allocated_bytes, 4096 + 32);
}

/// A thread that cannot have magazines does without: its blocks go through the depot.
#[test]
fn without_memory_for_bookkeeping_buffers_still_come_and_go() {
    let pool = BufferPool::new(PoolConfig::new()).unwrap();
    // Joined: what the thread holds comes back when it has ended, which a scope alone does not wait for.
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            drop(vec![1; 100]);
            for point in 1..20 {
                let run = fault::with(Fail::Nth(point), || pool.try_get(1024).map(drop));
                if run.failed == 0 {
                    break;
                }
            }
            for _ in 0..10 {
                assert!(pool.try_get(1024).is_ok());
            }
        });
        thread.join().unwrap();
    });
    let stats = pool.stats();
    assert_eq!((stats.outstanding, stats.idle_bytes), (0, stats.allocated_bytes));
}

#[test]
fn prewarming_says_how_far_it_came() {
    let pool = warm();
    let run = fault::with(Fail::From(4), || pool.prewarm(10, 4096));
    assert!((1..10).contains(&run.value), "{}", run.value);
    assert_eq!(pool.stats().idle_bytes, run.value as u64 * (4096 + 32));
}
