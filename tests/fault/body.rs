//! A body asks for no memory, and what it holds comes back when its user panics.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use http_body::Body;
use thrifty::pool::{BufferPool, PoolConfig, PooledBody};

use crate::tally::{self, each_panic_point};

fn warm() -> BufferPool {
    let pool = BufferPool::new(PoolConfig::new()).unwrap();
    drop(pool.get(256));
    pool
}

#[test]
fn nothing_is_asked_for() {
    let pool = warm();
    let sweep = tally::sweep(|| {
        let mut buf = pool.get(256);
        buf.extend_from_slice(b"body");
        let mut body = PooledBody::from(buf);
        let polled = Pin::new(&mut body).poll_frame(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(polled, Poll::Ready(Some(Ok(_)))));
        Ok::<_, ()>(())
    });
    assert_eq!(sweep.points, 0);
    sweep.assert_clean();
}

#[test]
fn a_panic_of_its_user_loses_no_block() {
    let panics = each_panic_point(|fuse| {
        let pool = warm();
        let _ = fuse.catch(|| {
            let mut buf = pool.get(256);
            buf.push(1);
            let mut body = PooledBody::from(buf);
            fuse.tick("before the frame");
            let frame = Pin::new(&mut body).poll_frame(&mut Context::from_waker(Waker::noop()));
            fuse.tick("with the frame");
            drop(frame);
        });
        assert_eq!(pool.stats().outstanding, 0);
    });
    assert_eq!(panics.points, 2);
    panics.assert_clean();
}
