//! Readers that panic, fail, or cheat; a buffer that has room asks for nothing.

use std::io;
use std::mem;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use thrifty::fault::Fuse;
use thrifty::pool::{BufferPool, PoolConfig, PooledBuf};
use tokio::io::{AsyncRead, ReadBuf};

use crate::panic_text;
use crate::tally::{self, each_panic_point};

fn buf() -> PooledBuf {
    BufferPool::new(PoolConfig::new()).unwrap().get(256)
}

fn read(
    buf: &mut PooledBuf,
    reader: &mut (impl AsyncRead + Unpin),
    max: usize,
) -> io::Result<usize> {
    let future = pin!(buf.read_from_async(reader, max));
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("the readers below do not wait"),
    }
}

#[test]
fn nothing_is_asked_for() {
    let mut buf = buf();
    let sweep = tally::sweep(|| {
        buf.clear();
        read(&mut buf, &mut &b"hello"[..], 256).map(|count| assert_eq!(count, 5))
    });
    assert_eq!(sweep.points, 0);
    sweep.assert_clean();
}

struct Panics(Fuse);

impl AsyncRead for Panics {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.0.tick("before");
        buf.put_slice(b"read");
        self.0.tick("after");
        Poll::Ready(Ok(()))
    }
}

#[test]
fn a_reader_that_panics_appends_nothing() {
    let panics = each_panic_point(|fuse| {
        let mut buf = buf();
        buf.extend_from_slice(b"kept, ");
        let count = fuse.catch(|| read(&mut buf, &mut Panics(fuse), 100).unwrap());
        assert_eq!(buf, &b"kept, read"[..if count.is_ok() { 10 } else { 6 }]);
    });
    assert_eq!(panics.points, 2);
    panics.assert_clean();
}

/// Other memory in the place of what it was lent, which would be taken for the buffer's own.
struct Swaps(Box<[u8]>);

impl AsyncRead for Swaps {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let other: &'static mut [u8] = Box::leak(mem::take(&mut self.0));
        *buf = ReadBuf::new(other);
        buf.advance(300);
        Poll::Ready(Ok(()))
    }
}

#[test]
fn a_reader_that_swaps_the_buffer_is_found_out() {
    let mut buf = buf();
    let mut reader = Swaps(vec![7; 300].into());
    let text = panic_text(|| drop(read(&mut buf, &mut reader, 10)));
    assert!(text.contains("another buffer in the place of the one it was lent"), "{text}");
    assert!(buf.is_empty());
}
