//! A response as a body: pooled bytes beside `Bytes`.
//!
//! ```text
//! cargo bench --features http-body --bench body
//! ```

#[path = "support/rows.rs"]
mod rows;

use bytes::BytesMut;
use criterion::{Criterion, Throughput};
use http_body::Body;
use std::alloc::System;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use thrifty::meter::Metered;
use thrifty::pool::{BufferPool, PoolConfig, PooledBody, StaticBufferPool};

use rows::Rows;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

static POOL: StaticBufferPool = BufferPool::new_static(PoolConfig::new());

fn main() {
    rows::run(written);
}

/// Written, made a body, and its frame taken.
fn written(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "body/written");
    let text = vec![7; 64 << 10];
    for n in [1 << 10, 64 << 10] {
        let text = &text[..usize::try_from(n).expect("sizes fit")];
        rows.group.throughput(Throughput::Bytes(n));
        rows.row("bytes and axum", n, |n| {
            let mut buf = BytesMut::with_capacity(text.len());
            buf.extend_from_slice(text);
            send(axum_core::body::Body::from(buf.freeze()), n);
        });
        rows.row("thrifty", n, |n| {
            let mut buf = POOL.get(text.len());
            buf.extend_from_slice(text);
            send(PooledBody::from(buf), n);
        });
        rows.row("thrifty and axum", n, |n| {
            let mut buf = POOL.get(text.len());
            buf.extend_from_slice(text);
            send(axum_core::body::Body::from(buf.into_bytes()), n);
        });
    }
}

fn send(body: impl Body, bytes: u64) {
    assert_eq!(body.size_hint().exact(), Some(bytes));
    let frame = pin!(body).poll_frame(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(frame, Poll::Ready(Some(Ok(_)))));
}
