//! `PooledBuf` against `Vec<u8>`, in a pool whose blocks are full of another user's secret.

use std::io::{self, Read, Write as _};

use bytes::{Buf as _, BufMut as _};
use proptest::collection::vec;
use proptest::prelude::*;
use serde::Deserialize;
use thrifty::pool::{BufferPool, PoolConfig, PooledBuf};

/// What the former user wrote. The program below never does.
const SECRET: u8 = 0xA5;

#[derive(Clone, Debug, Deserialize)]
pub(crate) enum Op {
    Get(usize),
    GetZeroed(usize),
    TryGet(usize),
    Extend(Vec<u8>),
    Iterate(Vec<u8>),
    Write(Vec<u8>),
    Put(Vec<u8>),
    PutBytes(u8, usize),
    Chunk(Vec<u8>),
    Spare(Vec<u8>),
    ScribbleSpare(u8),
    Read { max: usize, gives: usize, scribbles: bool },
    Resize(usize, u8),
    Truncate(usize),
    Clear,
    Reserve(usize),
    Set(usize, u8),
    Freeze { from: usize, to: usize, shared: bool },
    Advance(usize),
    Vec,
}

fn byte() -> impl Strategy<Value = u8> {
    prop_oneof![Just(0), 1..SECRET]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(byte(), 0..200)
}

fn op() -> impl Strategy<Value = Op> {
    // Around the sizes of blocks, and beyond the largest.
    let size = || prop_oneof![0..70_usize, 250..260_usize, 1000..1030_usize, 4090..5000_usize];
    prop_oneof![
        size().prop_map(Op::Get),
        size().prop_map(Op::GetZeroed),
        size().prop_map(Op::TryGet),
        bytes().prop_map(Op::Extend),
        bytes().prop_map(Op::Iterate),
        bytes().prop_map(Op::Write),
        bytes().prop_map(Op::Put),
        (byte(), 0..300_usize).prop_map(|(byte, count)| Op::PutBytes(byte, count)),
        bytes().prop_map(Op::Chunk),
        bytes().prop_map(Op::Spare),
        byte().prop_map(Op::ScribbleSpare),
        (size(), size(), any::<bool>()).prop_map(|(max, gives, scribbles)| Op::Read {
            max,
            gives,
            scribbles
        }),
        (size(), byte()).prop_map(|(len, byte)| Op::Resize(len, byte)),
        size().prop_map(Op::Truncate),
        Just(Op::Clear),
        size().prop_map(Op::Reserve),
        (any::<usize>(), byte()).prop_map(|(at, byte)| Op::Set(at, byte)),
        (any::<usize>(), any::<usize>(), any::<bool>()).prop_map(|(from, to, shared)| Op::Freeze {
            from,
            to,
            shared
        }),
        any::<usize>().prop_map(Op::Advance),
        Just(Op::Vec),
    ]
}

/// Looks at what it is lent, and may write where it says that it has not.
struct Spy {
    gives: usize,
    scribbles: bool,
}

impl Read for Spy {
    fn read(&mut self, window: &mut [u8]) -> io::Result<usize> {
        assert!(!window.contains(&SECRET), "the reader sees what a former user wrote");
        let count = self.gives.min(window.len());
        window[..count].fill(9);
        if self.scribbles {
            window[count..].fill(8);
        }
        Ok(count)
    }
}

/// Every size has some blocks that are full of secrets up to the last byte.
pub(crate) fn poison(pool: &BufferPool) {
    let held: Vec<_> = (6..=12)
        .flat_map(|log2| [1 << log2; 3])
        .map(|size| {
            let mut buf = pool.get(size);
            buf.resize(size, SECRET);
            buf
        })
        .collect();
    drop(held);
}

#[expect(clippy::too_many_lines, reason = "an arm for each operation")]
pub(crate) fn run(pool: &BufferPool, ops: Vec<Op>) -> Result<(), TestCaseError> {
    let (mut buf, mut model) = (pool.get(0), Vec::new());
    for op in ops {
        match op {
            Op::Get(min) => {
                (buf, model) = (pool.get(min), Vec::new());
                prop_assert!(buf.capacity() >= min);
            }
            Op::GetZeroed(len) => (buf, model) = (pool.get_zeroed(len), vec![0; len]),
            Op::TryGet(min) => match pool.try_get(min) {
                Ok(other) => (buf, model) = (other, Vec::new()),
                Err(_) => prop_assert!(min > 4096),
            },
            Op::Extend(bytes) => {
                buf.extend_from_slice(&bytes);
                model.extend_from_slice(&bytes);
            }
            Op::Iterate(bytes) => {
                buf.extend(&bytes);
                model.extend(&bytes);
            }
            Op::Write(bytes) => {
                buf.write_all(&bytes).unwrap();
                model.write_all(&bytes).unwrap();
            }
            Op::Put(bytes) => {
                let (head, tail) = bytes.split_at(bytes.len() / 2);
                buf.put(bytes::Buf::chain(head, tail));
                model.put(&*bytes);
            }
            Op::PutBytes(byte, count) => {
                buf.put_bytes(byte, count);
                model.put_bytes(byte, count);
            }
            Op::Chunk(bytes) => {
                let chunk = buf.chunk_mut();
                let count = chunk.len().min(bytes.len());
                chunk[..count].copy_from_slice(&bytes[..count]);
                // SAFETY: that many bytes were written.
                unsafe { buf.advance_mut(count) };
                model.extend_from_slice(&bytes[..count]);
            }
            Op::Spare(bytes) => {
                let len = buf.len();
                let spare = buf.spare_capacity_mut();
                let count = spare.len().min(bytes.len());
                for (place, &byte) in spare.iter_mut().zip(&bytes) {
                    place.write(byte);
                }
                // SAFETY: that many bytes were written.
                unsafe { buf.set_len(len + count) };
                model.extend_from_slice(&bytes[..count]);
            }
            Op::ScribbleSpare(byte) => {
                for place in buf.spare_capacity_mut() {
                    place.write(byte);
                }
            }
            Op::Read { max, gives, scribbles } => {
                let count = buf.read_from(&mut Spy { gives, scribbles }, max).unwrap();
                prop_assert_eq!(count, max.min(gives));
                model.resize(model.len() + count, 9);
            }
            Op::Resize(len, byte) => {
                buf.resize(len, byte);
                model.resize(len, byte);
            }
            Op::Truncate(len) => {
                buf.truncate(len);
                model.truncate(len);
            }
            Op::Clear => {
                buf.clear();
                model.clear();
            }
            Op::Reserve(more) => {
                buf.reserve(more);
                prop_assert!(buf.capacity() >= model.len() + more);
            }
            Op::Set(at, byte) if !model.is_empty() => {
                let at = at % model.len();
                buf[at] = byte;
                model[at] = byte;
            }
            Op::Set(..) => {}
            Op::Freeze { from, to, shared } => {
                let bytes = std::mem::replace(&mut buf, pool.get(0)).freeze();
                prop_assert_eq!(&*bytes, &*model);
                let (from, to) = (from % (model.len() + 1), to % (model.len() + 1));
                let range = from.min(to)..from.max(to);
                let part = bytes.slice(range.clone());
                model = model[range].to_vec();
                let bytes = shared.then_some(bytes);
                buf = match part.try_into_mut() {
                    Ok(buf) => {
                        prop_assert!(bytes.is_none(), "another handle reads the block");
                        buf
                    }
                    Err(part) => {
                        prop_assert!(bytes.is_some() && !part.is_unique());
                        let mut copy = pool.get(part.len());
                        copy.extend_from_slice(&part);
                        copy
                    }
                };
            }
            Op::Advance(count) => {
                let mut bytes = std::mem::replace(&mut buf, pool.get(0)).freeze();
                let count = count % (model.len() + 1);
                bytes.advance(count);
                model.drain(..count);
                prop_assert_eq!(bytes.chunk(), &*model);
                buf = bytes.try_into_mut().unwrap();
            }
            Op::Vec => {
                let vec = std::mem::replace(&mut buf, pool.get(0)).into_vec();
                prop_assert_eq!(&vec, &model);
                buf.extend_from_slice(&vec);
            }
        }
        prop_assert_eq!(&*buf, &*model);
        prop_assert!(buf.capacity() >= buf.len());
    }
    drop::<PooledBuf>(buf);
    let stats = pool.stats();
    prop_assert_eq!(stats.outstanding, 0);
    prop_assert_eq!(stats.idle_bytes, stats.allocated_bytes);
    prop_assert_eq!(stats.gets, stats.hits + stats.misses + stats.unpooled);
    Ok(())
}

pub(crate) fn config() -> PoolConfig {
    PoolConfig::new().max_bytes(1 << 20).block_sizes(64, 4096)
}

proptest! {
    #[test]
    fn a_buffer_is_a_vector_without_secrets(ops in vec(op(), 0..60)) {
        let pool = BufferPool::new(config()).unwrap();
        poison(&pool);
        run(&pool, ops)?;
    }

    /// No magazines at all, other alignment, wiped blocks.
    #[test]
    fn under_every_habit(ops in vec(op(), 0..40), align in 0..4_u32, zeroize: bool) {
        let config = config().thread_bytes(0).align(8 << (3 * align)).zeroize(zeroize);
        let pool = BufferPool::new(config).unwrap();
        poison(&pool);
        run(&pool, ops)?;
    }
}
