//! Buffers go from thread to thread.

use std::sync::mpsc;
use std::thread;

use thrifty::pool::{BufferPool, PoolConfig, PooledBuf, PooledBytes, StaticBufferPool};

use crate::{FOOT, pool};

#[test]
fn handles_are_small_and_may_go_anywhere() {
    fn anywhere<T: Send + Sync + 'static>() -> usize {
        assert_eq!(size_of::<Option<T>>(), size_of::<T>());
        size_of::<T>()
    }
    assert_eq!(anywhere::<PooledBuf>(), 24);
    assert_eq!(anywhere::<PooledBytes>(), 24);
}

/// One thread only takes, the other only drops: blocks come back through the depot.
#[test]
fn a_producer_and_a_consumer_need_few_blocks() {
    let pool = pool();
    let (send, receive) = mpsc::sync_channel::<PooledBuf>(16);
    thread::scope(|scope| {
        let consumer = scope.spawn(move || receive.iter().map(|buf| buf.len()).sum::<usize>());
        for _ in 0..20_000 {
            let mut buf = pool.get(1024);
            buf.extend_from_slice(b"item");
            send.send(buf).unwrap();
        }
        drop(send);
        assert_eq!(consumer.join().unwrap(), 80_000);
    });
    let stats = pool.stats();
    // 16 in the channel, a magazine here, a magazine there, and some in the depot: 82. While whoever
    // holds the depot's lock is preempted, the other makes new blocks, as many as the channel takes.
    assert!(stats.misses < 20_000 / 20, "{stats:?}");
    assert_eq!(stats.outstanding, 0);
}

#[test]
fn what_a_thread_had_is_there_for_others_when_it_ends() {
    let pool = pool();
    thread::scope(|scope| {
        // A join waits for the destructors of thread-locals, the end of the scope does not.
        let thread = scope.spawn(|| drop((0..8).map(|_| pool.get(4096)).collect::<Vec<_>>()));
        thread.join().unwrap();
    });
    let stats = pool.stats();
    assert_eq!((stats.misses, stats.thread_bytes), (8, 0));
    assert_eq!(stats.idle_bytes, 8 * (4096 + FOOT));
    let held: Vec<_> = (0..8).map(|_| pool.get(4096)).collect();
    assert_eq!(pool.stats().misses, 8);
    drop(held);
}

/// Threads that come and go take over what those before them left.
#[test]
fn a_thousand_threads_need_one_block() {
    let pool = pool();
    for _ in 0..1_000 {
        thread::scope(|scope| {
            scope.spawn(|| pool.get(4096).extend_from_slice(b"x")).join().unwrap();
        });
    }
    assert_eq!((pool.stats().gets, pool.stats().misses), (1_000, 1));
}

#[test]
fn an_idle_thread_can_hand_its_blocks_over() {
    let pool = pool();
    let (done, wait) = mpsc::channel::<()>();
    let (flushed, waiting) = mpsc::channel();
    thread::scope(|scope| {
        let pool = &pool;
        scope.spawn(move || {
            drop(pool.get(4096));
            flushed.send(pool.flush_thread()).unwrap();
            wait.recv().unwrap();
        });
        assert_eq!(waiting.recv().unwrap() as u64, 4096 + FOOT);
        assert_eq!(pool.stats().thread_bytes, 0);
        drop(pool.get(4096));
        assert_eq!(pool.stats().misses, 1);
        done.send(()).unwrap();
    });
}

/// Many at once, checked byte by byte: a block never has two owners.
#[test]
fn no_block_has_two_owners() {
    static POOL: StaticBufferPool =
        BufferPool::new_static(PoolConfig::new().max_bytes(4 << 20).thread_bytes(64 << 10));
    let (send, receive) = mpsc::sync_channel::<(PooledBytes, u8)>(64);
    let receive = std::sync::Mutex::new(receive);
    let rounds = if cfg!(debug_assertions) { 2_000 } else { 20_000 };
    thread::scope(|scope| {
        let threads = (0..4).map(|number| {
            let (send, receive) = (send.clone(), &receive);
            scope.spawn(move || {
                let mut rng = fastrand::Rng::with_seed(number);
                for _ in 0..rounds {
                    let (mark, size) = (rng.u8(..), rng.usize(..3000));
                    let mut buf = POOL.get(size);
                    buf.resize(size, mark);
                    assert!(buf.iter().all(|&byte| byte == mark));
                    let bytes = buf.freeze();
                    if send.try_send((bytes.clone(), mark)).is_err()
                        && let Ok(receive) = receive.try_lock()
                        && let Ok((other, mark)) = receive.try_recv()
                    {
                        assert!(other.iter().all(|&byte| byte == mark));
                    }
                    assert!(bytes.iter().all(|&byte| byte == mark));
                }
            })
        });
        // A join waits for the destructors of thread-locals, the end of the scope does not.
        for thread in threads.collect::<Vec<_>>() {
            thread.join().unwrap();
        }
    });
    drop((send, receive));
    let stats = POOL.stats();
    assert_eq!((stats.outstanding, stats.idle_bytes), (0, stats.allocated_bytes), "{stats:?}");
}
