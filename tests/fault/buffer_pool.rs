//! A pool without memory: `try_get` and `try_reserve` say so, `get` gives idle blocks back first.

use std::io::{self, Read};

use bytes::Bytes;
use thrifty::fault::{Fail, Fuse};
use thrifty::pool::{BufferPool, PoolConfig, PoolError};

use crate::tally::{self, each_panic_point};

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
    let sweep = tally::sweep(|| {
        let pool = fresh.next().expect("fewer points than pools");
        pool.try_get(4096).map(|mut buf| buf.extend_from_slice(b"served"))
    });
    assert!(sweep.points > 0);
}

#[test]
fn try_get_at_every_point() {
    let pool = warm();
    for point in 1..10 {
        let run = tally::with(Fail::From(point), || pool.try_get(4096).map(drop));
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
    let run = tally::with(Fail::From(1), || buf.try_reserve(4000));
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
    let run = tally::with(Fail::Nth(1), || pool.get(4096).capacity());
    assert_eq!((run.value, run.failed), (4096, 1));
    assert_eq!(pool.stats().allocated_bytes, 4096 + 32);
}

/// A thread that cannot have magazines does without: its blocks go through the depot.
#[test]
fn without_memory_for_bookkeeping_buffers_still_come_and_go() {
    let pool = BufferPool::new(PoolConfig::new()).unwrap();
    // Joined: what the thread holds comes back when it has ended, and a scope alone does not wait
    // for that.
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            drop(vec![1; 100]);
            for point in 1..20 {
                let run = tally::with(Fail::Nth(point), || pool.try_get(1024).map(drop));
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
    let run = tally::with(Fail::From(4), || pool.prewarm(10, 4096));
    assert!((1..10).contains(&run.value), "{}", run.value);
    assert_eq!(pool.stats().idle_bytes, run.value as u64 * (4096 + 32));
}

#[cfg(all(unix, not(miri)))]
#[test]
fn what_cannot_say_no_ends_the_process_or_goes_on() {
    let sweep = tally::sweep_infallible(|| {
        let pool = BufferPool::new(PoolConfig::new().align(16)).unwrap();
        let mut buf = pool.get(100);
        buf.extend_from_slice(b"one");
        buf.push(b'2');
        buf.resize(300, 3);
        buf.reserve(2000);
        buf.read_from(&mut &b"four"[..], 6000).unwrap();
        assert_eq!((&buf[..4], &buf[300..]), (&b"one2"[..], &b"four"[..]));
        let bytes = pool.get_zeroed(5000).into_bytes();
        let frozen = buf.freeze();
        let (shared, vec) = (Bytes::from(frozen.clone()), pool.get_zeroed(9).into_vec());
        // At an alignment of 1 the vector takes the block over.
        drop(BufferPool::new(PoolConfig::new()).unwrap().get(100).into_vec());
        assert_eq!((bytes.len(), vec.as_slice(), shared.len()), (5000, &[0; 9][..], 304));
        drop((frozen, bytes, shared));
        let held: Vec<_> = (0..100).map(|_| pool.get(64)).collect();
        drop(held);
        pool.flush_thread();
        let stats = pool.stats();
        assert_eq!((stats.outstanding, stats.idle_bytes), (0, stats.allocated_bytes), "{stats:?}");
        pool.close();
    });
    assert!(sweep.points > 20, "{sweep}");
    // What the pool asks for itself it can do without, and leaves to the next pool in its place (so
    // that counts as leaked); a block it cannot.
    assert!(sweep.aborted > 0 && sweep.ended.is_empty(), "{sweep}");
}

/// The reader and the iterator are the user's code.
#[test]
fn a_reader_and_an_iterator_panic() {
    struct Touchy(Fuse);
    impl Read for Touchy {
        fn read(&mut self, window: &mut [u8]) -> io::Result<usize> {
            self.0.tick("read");
            window[..3].copy_from_slice(b"new");
            self.0.tick("read, half-way");
            Ok(3)
        }
    }
    let pool = warm();
    let panics = each_panic_point(|fuse| {
        let mut buf = pool.get(256);
        buf.extend_from_slice(b"old");
        let read = fuse.catch(|| buf.read_from(&mut Touchy(fuse), 100).unwrap());
        assert_eq!(&*buf, if read.is_ok() { &b"oldnew"[..] } else { b"old" });
        buf.truncate(3);
        let bytes = (b'a'..b'e').inspect(|_| fuse.tick("next"));
        let _ = fuse.catch(|| buf.extend(bytes));
        assert!(b"oldabcd".starts_with(&buf) && buf.len() >= 3);
        drop(buf);
        let stats = pool.stats();
        assert_eq!((stats.outstanding, stats.idle_bytes), (0, stats.allocated_bytes));
    });
    assert_eq!(panics.points, 6);
    panics.assert_clean();
}

/// The depot has no memory for what a thread gives back: that is freed, and charged to nobody.
#[test]
fn what_the_depot_cannot_take_is_freed() {
    let pool = warm();
    let held: Vec<_> = (0..200).map(|_| pool.get(256)).collect();
    let run = tally::with(Fail::From(1), || {
        drop(held);
        pool.flush_thread()
    });
    assert!(run.failed > 0, "the depot asked for nothing");
    let stats = pool.stats();
    assert_eq!((stats.outstanding, stats.idle_bytes), (0, stats.allocated_bytes), "{stats:?}");
    assert!(stats.allocated_bytes < 200 * (256 + 32), "{stats:?}");
}
