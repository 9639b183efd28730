//! `PooledBody` against the bytes that it was made from.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use http_body::Body;
use proptest::collection::vec;
use proptest::prelude::*;
use thrifty::pool::{BufferPool, PoolConfig, PooledBody};

/// Frames, each with what the body said about itself before.
fn frames(mut body: PooledBody) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    let mut context = Context::from_waker(Waker::noop());
    loop {
        let (end, hint) = (body.is_end_stream(), body.size_hint().exact());
        match Pin::new(&mut body).poll_frame(&mut context) {
            Poll::Ready(Some(Ok(frame))) => {
                let data = frame.into_data().expect("a frame of data");
                assert_eq!((end, hint), (false, Some(data.len() as u64)));
                frames.push(data.to_vec());
            }
            Poll::Ready(None) => {
                assert_eq!((body.is_end_stream(), body.size_hint().exact()), (true, Some(0)));
                return frames;
            }
            Poll::Pending => panic!("the bytes are there"),
        }
    }
}

proptest! {
    #[test]
    fn one_frame_of_all_bytes(bytes in vec(any::<u8>(), 0..5000), cut in 0..5000_usize) {
        let pool = BufferPool::new(PoolConfig::new()).unwrap();
        let mut buf = pool.get(64);
        buf.extend_from_slice(&bytes);
        let frozen = buf.freeze();
        let part = frozen.slice(cut.min(bytes.len())..);
        for (body, expected) in [(frozen, &bytes[..]), (part, &bytes[cut.min(bytes.len())..])] {
            // Empty bytes are no frame.
            let expected = if expected.is_empty() { vec![] } else { vec![expected.to_vec()] };
            assert_eq!(frames(body.into()), expected);
        }
        assert_eq!(pool.stats().outstanding, 0);
        assert_eq!(frames(pool.get(10).into()), Vec::<Vec<u8>>::new());
        assert_eq!(frames(PooledBody::empty()), Vec::<Vec<u8>>::new());
        assert_eq!(frames(PooledBody::default()), Vec::<Vec<u8>>::new());
    }
}
