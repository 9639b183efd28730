//! A message read from an async reader, beside `read_buf` into a vector.
//!
//! ```text
//! cargo bench --features tokio --bench read_async
//! ```

#[path = "support/rows.rs"]
mod rows;

use criterion::{Criterion, Throughput};
use std::alloc::System;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use thrifty::meter::Metered;
use thrifty::pool::{BufferPool, PoolConfig, StaticBufferPool};
use tokio::io::AsyncReadExt;

use rows::Rows;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

static POOL: StaticBufferPool = BufferPool::new_static(PoolConfig::new());

fn main() {
    rows::run(message);
}

fn message(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "read_async/message");
    let stream = vec![7; 64 << 10];
    for n in [64, 4 << 10, 64 << 10] {
        let size = usize::try_from(n).expect("sizes fit");
        rows.group.throughput(Throughput::Bytes(n));
        rows.row("std, read_buf", n, |_| {
            let (mut buf, mut socket) = (Vec::with_capacity(size), &stream[..size]);
            assert_eq!(ready(socket.read_buf(&mut buf)).expect("it does not fail"), size);
            buf
        });
        rows.row("thrifty", n, |_| {
            let (mut buf, mut socket) = (POOL.get(size), &stream[..size]);
            let read = ready(buf.read_from_async(&mut socket, size));
            assert_eq!(read.expect("it does not fail"), size);
            buf
        });
    }
}

fn ready<R>(future: impl Future<Output = R>) -> R {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => unreachable!("the bytes are there"),
    }
}
