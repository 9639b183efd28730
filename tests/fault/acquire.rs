//! Memory runs out for who waits: it is told so, and the next in line goes on.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use thrifty::fault::Fail;
use thrifty::pool::{BufferPool, Pool, PoolConfig, PoolError, PooledBuf};

use crate::script::Task;
use crate::tally::{self, each_panic_point};

const BLOCK: usize = 4096;

/// One block, and this thread's magazines made.
fn warm() -> BufferPool {
    let config = PoolConfig::new().max_bytes(BLOCK + 32).block_sizes(256, BLOCK);
    let pool = BufferPool::new(config).unwrap();
    drop(pool.get(BLOCK));
    pool
}

type Wait<'a> = Task<'a, Result<PooledBuf, PoolError>>;

fn line(pool: &BufferPool) -> (PooledBuf, Vec<Wait<'_>>) {
    let held = pool.try_get(BLOCK).unwrap();
    let wait = |_| Task::started(pool.acquire(256)).expect_err("it has to wait");
    (held, (0..3).map(wait).collect())
}

/// To wait, to be told and to be served with what came back asks for nothing.
#[test]
fn waiting_asks_for_nothing() {
    let pool = warm();
    let sweep = tally::sweep(|| {
        let held = pool.try_get(BLOCK)?;
        let mut context = Context::from_waker(Waker::noop());
        let mut task = pin!(pool.acquire(BLOCK));
        assert!(task.as_mut().poll(&mut context).is_pending());
        drop(held);
        let Poll::Ready(buf) = task.poll(&mut context) else { panic!("it is there") };
        buf.map(drop)
    });
    assert_eq!(sweep.points, 0);
    sweep.assert_clean();
}

/// The block that came back is of another size, and the allocator has none of the new one.
#[test]
fn who_has_the_turn_is_told_that_there_is_no_memory() {
    let pool = warm();
    let (held, mut line) = line(&pool);
    drop(held.into_vec());
    let run = tally::with(Fail::From(1), || line[0].poll());
    assert!(run.failed > 0);
    assert_eq!(run.value.unwrap().unwrap_err(), PoolError::OutOfMemory { requested: 256 });
    assert_eq!(pool.stats().allocated_bytes, 0, "the failed block is not charged");
    for task in &mut line[1..] {
        assert!(task.is_woken(), "the turn is passed on");
        assert!(task.poll().unwrap().is_ok());
    }
    assert_eq!(pool.stats().outstanding, 0);
}

/// Who holds what others wait for panics: it comes back all the same.
#[test]
fn a_panic_of_the_holder_wakes_the_next() {
    let panics = each_panic_point(|fuse| {
        let pool: Pool<Vec<u8>> = Pool::new().max_objects(1);
        let held = pool.try_get().unwrap();
        let mut task = Task::started(pool.acquire()).expect_err("it has to wait");
        let used = fuse.catch(move || {
            let _held = held;
            fuse.tick("in use");
        });
        assert!(task.is_woken(), "{used:?}");
        drop(task.poll().unwrap().unwrap());
        assert_eq!((pool.stats().in_use, pool.stats().idle), (0, 1));
    });
    assert_eq!(panics.points, 1);
    panics.assert_clean();
}
