//! `PooledBody` beside a body of `Bytes`.

use crate::ledger::{Block, NOTHING, Row, heap, measure};
use bytes::{Bytes, BytesMut};
use http_body::Body;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use thrifty::pool::{BufferPool, PoolConfig, PooledBody};

const CASE: &str = "a body of 3,000 bytes, written and sent";

pub(crate) fn block() -> Block {
    Block {
        name: "body",
        about: "The bytes are written into a buffer of 4 KiB, made a body, and its frame is taken.",
        rows: vec![
            Row::thrifty(CASE, "PooledBody", NOTHING, || {
                let pool = warm();
                measure(|| {
                    let mut buf = pool.get(4096);
                    buf.extend_from_slice(&black_box([7; 3000]));
                    send(PooledBody::from(buf));
                })
            }),
            Row::thrifty(CASE, "PooledBuf::into_bytes, axum's Body", heap(2, 64, 64), || {
                let pool = warm();
                measure(|| {
                    let mut buf = pool.get(4096);
                    buf.extend_from_slice(&black_box([7; 3000]));
                    send(axum_core::body::Body::from(buf.into_bytes()));
                })
            }),
            Row::peer(CASE, "BytesMut, axum's Body", heap(3, 4152, 4152), || {
                measure(|| {
                    let mut buf = BytesMut::with_capacity(4096);
                    buf.extend_from_slice(&black_box([7; 3000]));
                    send(axum_core::body::Body::from(buf.freeze()));
                })
            }),
            Row::peer(CASE, "Vec as Bytes, axum's Body", heap(3, 4152, 4152), || {
                measure(|| {
                    let mut buf = Vec::with_capacity(4096);
                    buf.extend_from_slice(&black_box([7; 3000]));
                    send(axum_core::body::Body::from(Bytes::from(buf)));
                })
            }),
        ],
    }
}

fn warm() -> BufferPool {
    let pool = BufferPool::new(PoolConfig::new()).unwrap();
    drop(pool.get(4096));
    pool
}

/// Takes the one frame, as a connection does.
fn send(body: impl Body) {
    let mut body = pin!(body);
    let polled = body.as_mut().poll_frame(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Ready(Some(Ok(_)))));
    assert!(body.is_end_stream());
}
