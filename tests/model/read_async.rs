//! `read_from_async` against `Vec<u8>`, with readers of all manners, in blocks full of a secret.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use proptest::collection::vec;
use proptest::prelude::*;
use thrifty::pool::{BufferPool, PoolConfig, PooledBuf};
use tokio::io::{AsyncRead, ReadBuf};

use crate::poll_once;

/// What the former user wrote. The readers below never do.
const SECRET: u8 = 0xA5;

#[derive(Clone, Debug)]
enum Act {
    /// Puts so many bytes, as far as there is room.
    Put(Vec<u8>),
    /// Asks for initialised memory, looks at it, scribbles over it, and fills a part.
    Look {
        scribble: u8,
        fill: usize,
    },
    Later,
    Fail,
}

#[derive(Clone, Debug)]
enum Op {
    Read {
        max: usize,
        act: Act,
    },
    /// The same by the blocking twin, which knows what is initialised too.
    Blocking(usize),
    Extend(Vec<u8>),
    Truncate(usize),
    Spare,
}

fn byte() -> impl Strategy<Value = u8> {
    prop_oneof![Just(0), 1..SECRET]
}

fn op() -> impl Strategy<Value = Op> {
    let act = prop_oneof![
        vec(byte(), 0..400).prop_map(Act::Put),
        (byte(), 0..400_usize).prop_map(|(scribble, fill)| Act::Look { scribble, fill }),
        Just(Act::Later),
        Just(Act::Fail),
    ];
    prop_oneof![
        6 => (0..400_usize, act).prop_map(|(max, act)| Op::Read { max, act }),
        1 => (0..300_usize).prop_map(Op::Blocking),
        1 => vec(byte(), 0..100).prop_map(Op::Extend),
        1 => (0..600_usize).prop_map(Op::Truncate),
        1 => Just(Op::Spare),
    ]
}

/// Reads as it is told, once, and keeps what it gave.
struct Reader {
    act: Act,
    gave: Vec<u8>,
}

impl AsyncRead for Reader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        assert!(buf.filled().is_empty());
        match self.act.clone() {
            Act::Put(bytes) => {
                let count = bytes.len().min(buf.remaining());
                buf.put_slice(&bytes[..count]);
            }
            Act::Look { scribble, fill } => {
                let all = buf.initialize_unfilled();
                assert!(all.iter().all(|&byte| byte != SECRET), "the secret of another shows");
                all.fill(scribble);
                let fill = fill.min(all.len());
                buf.advance(fill);
            }
            Act::Later => {
                // What it may do before it knows better.
                buf.initialize_unfilled_to(buf.remaining() / 2).fill(1);
                return Poll::Pending;
            }
            Act::Fail => {
                buf.put_slice(&[2; 400][..buf.remaining().min(400)]);
                return Poll::Ready(Err(io::Error::other("told to")));
            }
        }
        self.gave = buf.filled().to_vec();
        Poll::Ready(Ok(()))
    }
}

/// A pool whose blocks have been full of the secret, or are known to be zero.
fn pool(clean: bool) -> BufferPool {
    let pool = BufferPool::new(PoolConfig::new()).unwrap();
    let mut held: Vec<PooledBuf> = (8..14).map(|log2| pool.get_zeroed(1 << log2)).collect();
    if !clean {
        for buf in &mut held {
            buf.fill(SECRET);
        }
    }
    drop(held);
    pool
}

proptest! {
    #[test]
    fn what_was_read_is_appended(ops in vec(op(), 0..40), zeroed in 0..300_usize, clean: bool) {
        let pool = pool(clean);
        let (mut buf, mut model) = (pool.get_zeroed(zeroed), vec![0; zeroed]);
        for op in ops {
            match op {
                Op::Read { max, act } => {
                    let mut reader = Reader { act, gave: Vec::new() };
                    let polled = poll_once(buf.read_from_async(&mut reader, max));
                    match (&reader.act, polled) {
                        (Act::Later, None) | (Act::Fail, Some(Err(_))) => {}
                        (Act::Put(_) | Act::Look { .. }, Some(Ok(count))) => {
                            assert!(count == reader.gave.len() && count <= max);
                        }
                        (act, polled) => panic!("{act:?}: {polled:?}"),
                    }
                    model.extend(reader.gave);
                }
                Op::Blocking(max) => {
                    struct Looks(usize);
                    impl io::Read for Looks {
                        fn read(&mut self, window: &mut [u8]) -> io::Result<usize> {
                            assert!(window.iter().all(|&byte| byte != SECRET));
                            window.fill(3);
                            self.0 = window.len() / 2;
                            Ok(self.0)
                        }
                    }
                    let mut reader = Looks(0);
                    buf.read_from(&mut reader, max).unwrap();
                    model.resize(model.len() + reader.0, 3);
                }
                Op::Extend(bytes) => {
                    buf.extend_from_slice(&bytes);
                    model.extend(bytes);
                }
                Op::Truncate(len) => {
                    buf.truncate(len);
                    model.truncate(len);
                }
                Op::Spare => {
                    let spare = buf.capacity() - buf.len();
                    assert_eq!(buf.spare_capacity_mut().len(), spare);
                }
            }
            assert_eq!(&*buf, &*model);
        }
        // What was scribbled and not appended counts as written: zeros are zeros.
        drop(buf);
        assert!(pool.get_zeroed(1000).iter().all(|&byte| byte == 0));
        assert!(pool.get_zeroed(300).iter().all(|&byte| byte == 0));
    }
}
