//! Responses of 4 KiB as bodies: from a pool, and each from a buffer of its own.
//!
//! ```text
//! cargo run --release --features http-body --example body
//! ```

use bytes::{BufMut, Bytes, BytesMut};
use http_body::Body;
use std::alloc::System;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use thrifty::meter::{Metered, measure};
use thrifty::pool::{BufferPool, PoolConfig, PooledBody, StaticBufferPool};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

static POOL: StaticBufferPool = BufferPool::new_static(PoolConfig::new());

const RESPONSES: u64 = 1_000;

fn main() {
    let (expected, bytes) = measure(|| (0..RESPONSES).map(|_| sent(own().len())).sum::<u64>());
    send(response()); // the first one makes the block
    let (sent, pooled) = measure(|| (0..RESPONSES).map(|_| send(response())).sum::<u64>());
    assert_eq!((sent, pooled.allocs), (expected, 0));
    println!(
        "{RESPONSES} responses of 4 KiB: BytesMut {} allocations, PooledBody {}",
        bytes.allocs, pooled.allocs
    );
}

/// In hyper this is what a service returns: `Response::new(response())`.
fn response() -> PooledBody {
    let mut buf = POOL.get(4096);
    buf.put_bytes(b'.', 4096);
    buf.into()
}

fn own() -> Bytes {
    let mut buf = BytesMut::with_capacity(4096);
    buf.put_bytes(b'.', 4096);
    buf.freeze()
}

/// As a connection does: one frame, of the length that was announced.
fn send(body: impl Body) -> u64 {
    let announced = body.size_hint().exact().expect("the length is known");
    let frame = pin!(body).poll_frame(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(frame, Poll::Ready(Some(Ok(_)))));
    sent(usize::try_from(announced).expect("4 KiB"))
}

fn sent(bytes: usize) -> u64 {
    bytes as u64
}
