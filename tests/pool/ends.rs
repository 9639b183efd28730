//! Pools, threads and processes end in any order.

use std::cell::RefCell;
#[cfg(unix)]
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

#[cfg(unix)]
use thrifty::pool::Pool;
use thrifty::pool::{BufferPool, PoolConfig, PoolError, PooledBuf, StaticBufferPool};

use crate::pool;

#[test]
fn buffers_outlive_their_pool() {
    let pool = pool();
    let (mut buf, bytes) = (pool.get(256), pool.get(4096).freeze());
    drop(pool);
    buf.extend_from_slice(&[1; 256]);
    assert!(!buf.is_pooled());
    // It grows, beside whatever pool has the place now.
    let next = self::pool();
    buf.extend_from_slice(&[2; 256]);
    assert_eq!((buf.len(), buf[255], buf[256]), (512, 1, 2));
    let copy = bytes.clone();
    drop((buf, bytes));
    drop(copy.try_into_mut().unwrap());
    assert_eq!((next.stats().gets, next.stats().idle_bytes), (0, 0));
}

/// The next pool in the same place has nothing of the one before.
#[test]
fn a_closed_pools_blocks_never_show_up_in_the_next() {
    for round in 0..5_000_u32 {
        let pool = pool();
        let late = pool.get(256);
        drop(pool.get(256));
        assert_eq!(pool.stats().misses, 2, "round {round}");
        drop(pool);
        drop(late);
    }
}

/// A late block is as large as those of the next pool, and that one's magazine has room.
#[test]
fn a_late_block_does_not_get_into_the_next_pools_magazine() {
    for round in 0..2_000_u32 {
        let closed = pool();
        let (late, bytes) = (closed.get(256), closed.get(256).freeze());
        drop(closed);
        // Mostly in the same place.
        let next = pool();
        drop(next.get(256));
        let before = next.stats();
        drop((late, bytes));
        assert_eq!(next.stats(), before, "round {round}");
    }
}

#[test]
fn a_closed_pool_says_so() {
    let pool = pool();
    let held = pool.get(256);
    drop(pool.get(4096));
    pool.close();
    pool.close();
    assert_eq!(pool.try_get(256).unwrap_err(), PoolError::Closed);
    assert!(!pool.get(256).is_pooled());
    drop(held);
    assert_eq!((pool.prewarm(1, 256), pool.trim(0)), (0, 0));
}

/// Another thread's magazines still hold blocks of a pool that is gone; it may go on, and end.
#[test]
fn a_thread_survives_the_pool() {
    let (pool, next) = (pool(), pool());
    let (to, from) = std::sync::mpsc::channel::<BufferPool>();
    let (warm, warmed) = std::sync::mpsc::channel();
    let thread = thread::spawn(move || {
        let mine: BufferPool = from.recv().unwrap();
        let late: Vec<PooledBuf> = (0..10).map(|_| mine.get(1024)).collect();
        drop(mine.get(4096));
        warm.send(mine).unwrap();
        let next: BufferPool = from.recv().unwrap();
        drop(late);
        drop(next.get(1024));
        next.stats().misses
    });
    to.send(pool).unwrap();
    drop(warmed.recv().unwrap());
    to.send(next).unwrap();
    assert_eq!(thread.join().unwrap(), 1);
}

/// A destructor of a thread-local runs when the magazines may be gone already.
#[test]
fn a_destructor_of_a_thread_local_may_hold_and_take_buffers() {
    static POOL: StaticBufferPool = BufferPool::new_static(PoolConfig::new());

    struct Holds(RefCell<Vec<PooledBuf>>);
    impl Drop for Holds {
        fn drop(&mut self) {
            self.0.borrow_mut().clear();
            POOL.get(1024).extend_from_slice(b"late");
            drop(POOL.get(1024).freeze());
        }
    }
    thread_local! {
        static FIRST: Holds = const { Holds(RefCell::new(Vec::new())) };
        static LAST: Holds = const { Holds(RefCell::new(Vec::new())) };
    }
    for _ in 0..50 {
        thread::spawn(|| {
            // One is registered before the pool's own destructor, the other after it.
            FIRST.with(|first| first.0.borrow_mut().reserve(8));
            let buffers = (0..4).map(|_| POOL.get(1024));
            FIRST.with(|first| first.0.borrow_mut().extend(buffers));
            LAST.with(|last| last.0.borrow_mut().extend((0..4).map(|_| POOL.get(1024))));
            drop(POOL.get(1024));
        })
        .join()
        .unwrap();
    }
    let stats = POOL.stats();
    assert_eq!((stats.outstanding, stats.idle_bytes), (0, stats.allocated_bytes), "{stats:?}");
    assert!(stats.misses <= 20, "threads reuse what those before them had: {stats:?}");
}

#[test]
fn a_forgotten_buffer_counts_as_outstanding() {
    let pool = pool();
    // Not `mem::forget`: the block would be a leak.
    let lost = std::mem::ManuallyDrop::new(pool.get(256));
    assert_eq!(pool.stats().outstanding, 1);
    drop(std::mem::ManuallyDrop::into_inner(lost));
}

#[test]
fn more_pools_than_a_thread_has_near() {
    let pools: Vec<_> = (0..200).map(|_| pool()).collect();
    for _ in 0..3 {
        for pool in &pools {
            pool.get(256).extend_from_slice(b"x");
        }
    }
    for pool in &pools {
        assert_eq!((pool.stats().gets, pool.stats().misses), (3, 1));
    }
}

/// The child of a fork goes on, also if a lock was held by a thread that it does not have, and with
/// the blocks that were in the magazines of such threads out of reach.
#[cfg(unix)]
#[test]
fn the_child_of_a_fork_never_waits() {
    // Without magazines: at the locks all the time.
    static LOCKS: StaticBufferPool =
        BufferPool::new_static(PoolConfig::new().thread_bytes(0).max_bytes(64 << 20));
    static MAGAZINES: StaticBufferPool =
        BufferPool::new_static(PoolConfig::new().max_bytes(64 << 20));
    static OBJECTS: Pool<Vec<u8>> = Pool::new();

    fn work(times: usize) {
        for _ in 0..times {
            for pool in [&LOCKS, &MAGAZINES] {
                for size in [256, 4096] {
                    pool.get(size).extend_from_slice(b"x");
                }
                // More than a magazine holds.
                drop((0..80).map(|_| pool.get(1024)).collect::<Vec<_>>());
            }
            OBJECTS.get().push(1);
        }
    }

    let stop = AtomicBool::new(false);
    let mut failed = 0;
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !stop.load(Relaxed) {
                    work(1);
                }
            });
        }
        for _ in 0..10 {
            // SAFETY: the child calls nothing that another thread of the parent could have locked but
            // the allocator, which glibc makes usable again, and ends by `_exit`.
            let child = unsafe { libc::fork() };
            if child == 0 {
                // SAFETY: a signal ends a child that waits.
                unsafe { libc::alarm(60) };
                work(10);
                LOCKS.close();
                MAGAZINES.close();
                // SAFETY: ends the child at once.
                unsafe { libc::_exit(0) };
            }
            let mut status = 0;
            // SAFETY: waits for the child, into a local.
            unsafe { libc::waitpid(child, &raw mut status, 0) };
            failed += i32::from(status != 0);
        }
        stop.store(true, Relaxed);
    });
    assert_eq!(failed, 0, "children were killed, or failed");
}
