//! `acquire`: to wait takes nothing. Beside a semaphore and a vector each.

use crate::ledger::{Block, NOTHING, Row, heap, measure};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use thrifty::pool::{BufferPool, Pool, PoolConfig};

const HANDED: &str = "100 blocks of 4 KiB, each handed to who waits";
const AT_ONCE: &str = "100 blocks of 4 KiB, nobody waits";
const OBJECTS: &str = "100 objects, each handed to who waits";

pub(crate) fn block() -> Block {
    Block {
        name: "acquire",
        about: "Who waits is woken by the drop of a buffer, and gets its block. The pool is warm.",
        rows: vec![
            Row::thrifty(HANDED, "BufferPool::acquire", NOTHING, || {
                let pool = bounded(1);
                measure(|| (0..100).for_each(|_| hand_over(&pool)))
            }),
            Row::thrifty(AT_ONCE, "BufferPool::acquire", NOTHING, || {
                let pool = bounded(1);
                measure(|| {
                    for _ in 0..100 {
                        assert!(poll_once(pool.acquire(4096)).unwrap().is_ok());
                    }
                })
            }),
            Row::peer(AT_ONCE, "tokio's Semaphore, Vec", heap(100, 409_600, 4096), || {
                let semaphore = tokio::sync::Semaphore::new(1);
                measure(|| {
                    for _ in 0..100 {
                        let permit = poll_once(semaphore.acquire()).unwrap().unwrap();
                        drop((std::hint::black_box(Vec::<u8>::with_capacity(4096)), permit));
                    }
                })
            }),
            Row::thrifty(OBJECTS, "Pool::acquire", NOTHING, || {
                static POOL: Pool<Vec<u8>> = Pool::new().max_objects(1);
                let hand_over = || {
                    let held = POOL.try_get().unwrap();
                    let (mut task, mut context) = (pin!(POOL.acquire()), context());
                    assert!(task.as_mut().poll(&mut context).is_pending());
                    drop(held);
                    assert!(task.poll(&mut context).is_ready());
                };
                hand_over();
                measure(|| (0..100).for_each(|_| hand_over()))
            }),
        ],
    }
}

/// A pool of so many blocks of 4 KiB, made and idle.
fn bounded(blocks: usize) -> BufferPool {
    let config = PoolConfig::new().max_bytes(blocks * 4128).block_sizes(4096, 4096);
    let pool = BufferPool::new(config).unwrap();
    hand_over(&pool);
    pool
}

fn hand_over(pool: &BufferPool) {
    let held = pool.try_get(4096).unwrap();
    let (mut task, mut context) = (pin!(pool.acquire(4096)), context());
    assert!(task.as_mut().poll(&mut context).is_pending());
    drop(held);
    assert!(matches!(task.poll(&mut context), Poll::Ready(Ok(_))));
}

fn poll_once<R>(future: impl Future<Output = R>) -> Option<R> {
    match pin!(future).poll(&mut context()) {
        Poll::Ready(result) => Some(result),
        Poll::Pending => None,
    }
}

fn context() -> Context<'static> {
    Context::from_waker(Waker::noop())
}
