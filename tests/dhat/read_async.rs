//! `read_from_async` beside tokio's `read_buf` into a vector.

use crate::ledger::{Block, NOTHING, Row, heap, measure};
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use thrifty::pool::{BufferPool, PoolConfig};
use tokio::io::AsyncReadExt;

const CASE: &str = "100 messages of 1,500 bytes, 4 KiB of room";
const MESSAGE: [u8; 1500] = [7; 1500];

pub(crate) fn block() -> Block {
    Block {
        name: "read_async",
        about: "A message is read in one go, looked at and dropped. The pool is warm.",
        rows: vec![
            Row::thrifty(CASE, "PooledBuf::read_from_async", NOTHING, || {
                let pool = BufferPool::new(PoolConfig::new()).unwrap();
                drop(pool.get(4096));
                measure(|| {
                    for _ in 0..100 {
                        let (mut buf, mut socket) = (pool.get(4096), black_box(&MESSAGE[..]));
                        let read = ready(buf.read_from_async(&mut socket, 4096)).unwrap();
                        assert_eq!(read, black_box(&buf).len());
                    }
                })
            }),
            Row::peer(CASE, "Vec, tokio's read_buf", heap(100, 409_600, 4096), || {
                measure(|| {
                    for _ in 0..100 {
                        let (mut buf, mut socket) =
                            (Vec::with_capacity(4096), black_box(&MESSAGE[..]));
                        let read = ready(socket.read_buf(&mut buf)).unwrap();
                        assert_eq!(read, black_box(&buf).len());
                    }
                })
            }),
        ],
    }
}

fn ready<R>(future: impl Future<Output = R>) -> R {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => unreachable!("the bytes are there"),
    }
}
