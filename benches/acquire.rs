//! A block of a bounded pool beside a semaphore and a vector each.
//!
//! ```text
//! cargo bench --features async --bench acquire
//! ```

#[path = "support/rows.rs"]
mod rows;

use criterion::{Criterion, Throughput};
use std::alloc::System;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use thrifty::meter::Metered;
use thrifty::pool::{BufferPool, PoolConfig};
use tokio::sync::Semaphore;

use rows::Rows;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

const LARGEST: usize = 64 << 10;

fn main() {
    rows::run(blocks);
}

/// Nobody waits; and one waits, is told and is served.
fn blocks(criterion: &mut Criterion) {
    let config = PoolConfig::new().max_bytes(LARGEST + 32).block_sizes(256, LARGEST);
    let (pool, semaphore) = (BufferPool::new(config).expect("it makes sense"), Semaphore::new(1));
    let mut rows = Rows::new(criterion, "acquire/block");
    for n in [1 << 10, 64 << 10] {
        let size = usize::try_from(n).expect("sizes fit");
        rows.group.throughput(Throughput::Elements(1));
        rows.row("std and tokio, at once", n, |_| {
            let permit = ready(semaphore.acquire()).expect("it is open");
            let vec = black_box(Vec::<u8>::with_capacity(size));
            assert_eq!(vec.capacity(), size);
            drop((vec, permit));
        });
        rows.row("thrifty, at once", n, |_| {
            let buf = ready(pool.acquire(size)).expect("it is open");
            assert_eq!(buf.capacity(), size);
        });
        rows.row("std and tokio, handed over", n, |_| {
            let permit = ready(semaphore.acquire()).expect("it is open");
            let held = black_box(Vec::<u8>::with_capacity(size));
            let (mut task, mut context) = (pin!(semaphore.acquire()), context());
            assert!(task.as_mut().poll(&mut context).is_pending());
            drop((held, permit));
            assert!(task.poll(&mut context).is_ready());
            black_box(Vec::<u8>::with_capacity(size));
        });
        rows.row("thrifty, handed over", n, |_| {
            let held = ready(pool.acquire(size)).expect("it is open");
            let (mut task, mut context) = (pin!(pool.acquire(size)), context());
            assert!(task.as_mut().poll(&mut context).is_pending());
            drop(held);
            assert!(matches!(task.poll(&mut context), Poll::Ready(Ok(_))));
        });
    }
}

fn ready<R>(future: impl Future<Output = R>) -> R {
    match pin!(future).poll(&mut context()) {
        Poll::Ready(result) => result,
        Poll::Pending => unreachable!("nobody else holds anything"),
    }
}

fn context() -> Context<'static> {
    Context::from_waker(Waker::noop())
}
