//! `BufferPool` beside vectors that are allocated and freed: once warm it takes nothing.

use crate::ledger::{Block, Heap, NOTHING, Row, heap, measure};
use bytes::BytesMut;
use std::hint::black_box;
use thrifty::pool::{BufferPool, PoolConfig};

const POOLED: &str = "BufferPool";
const KIB_4: usize = 4 << 10;
const KIB_16: usize = 16 << 10;
const TIMES: u64 = 100;

pub(crate) fn block() -> Block {
    let mut rows = steady();
    rows.extend(first());
    rows.extend(frozen());
    #[cfg(feature = "share")]
    rows.extend(texts());
    Block {
        name: "buffer_pool",
        about: "Warm: the same was done before. A block has 32 bytes behind its capacity.",
        rows,
    }
}

/// Whatever was done once takes nothing the next time.
fn steady() -> Vec<Row> {
    let zeroed = heap(TIMES, TIMES * 4096, 4096);
    vec![
        warm("100 buffers of 4 KiB, warm", |pool| {
            for _ in 0..TIMES {
                pool.get(KIB_4).extend_from_slice(black_box(b"written"));
            }
        }),
        Row::std("100 buffers of 4 KiB, warm", "Vec::with_capacity", zeroed, || {
            measure(|| {
                for _ in 0..TIMES {
                    black_box(Vec::<u8>::with_capacity(KIB_4)).extend_from_slice(b"written");
                }
            })
        }),
        warm("100 buffers of 4 KiB zeros, warm", |pool| {
            for _ in 0..TIMES {
                black_box(pool.get_zeroed(KIB_4));
            }
        }),
        Row::std("100 buffers of 4 KiB zeros, warm", "vec![0; n]", zeroed, || {
            measure(|| {
                for _ in 0..TIMES {
                    black_box(vec![0_u8; black_box(KIB_4)]);
                }
            })
        }),
        warm("64 held of 16 KiB, warm", |pool| {
            let mut held: [_; 64] = std::array::from_fn(|_| pool.get(KIB_16));
            black_box(&mut held);
        }),
        Row::std(
            "64 held of 16 KiB, warm",
            "Vec::with_capacity",
            heap(64, 1 << 20, 1 << 20),
            || {
                measure(|| {
                    let held: [_; 64] = std::array::from_fn(|_| Vec::<u8>::with_capacity(KIB_16));
                    black_box(&held);
                })
            },
        ),
        warm("grown from 256 B to 64 KiB, warm", |pool| {
            let mut buf = pool.get(256);
            grow(|piece| buf.extend_from_slice(piece));
        }),
        Row::std("grown from 256 B to 64 KiB, warm", "Vec::new", heap(9, 130_816, 65_536), || {
            measure(|| {
                let mut vec = Vec::new();
                grow(|piece| vec.extend_from_slice(piece));
                vec
            })
        }),
    ]
}

/// What is not there must be made.
fn first() -> Vec<Row> {
    vec![
        Row::thrifty("a block of 4 KiB that is not there", POOLED, heap(1, 4128, 4128), || {
            let pool = warm_pool(|pool| drop(pool.get(KIB_4)));
            pool.trim(0);
            measure(|| {
                drop(pool.get(KIB_4));
                pool.trim(0)
            })
        }),
        Row::thrifty("2 MiB, beside the pool", POOLED, beside(2 << 20), || {
            let pool = warm_pool(|pool| drop(pool.get(KIB_4)));
            measure(|| pool.get(2 << 20))
        }),
        Row::thrifty("into_vec", POOLED, NOTHING, || {
            let buf = warm_pool(|_| ()).get(KIB_4);
            measure(|| buf.into_vec())
        }),
        Row::thrifty("refused by try_get", POOLED, NOTHING, || {
            let pool = warm_pool(|pool| drop(pool.get(KIB_4)));
            measure(|| pool.try_get(2 << 20).is_err())
        }),
    ]
}

/// Shared: two handles, both dropped.
fn frozen() -> Vec<Row> {
    let case = "a text of 48 B frozen, cloned, sliced";
    vec![
        warm(case, |pool| {
            let mut buf = pool.get(64);
            buf.extend_from_slice(&[7; 48]);
            let bytes = buf.freeze();
            let copy = bytes.clone();
            black_box((bytes.slice(8..), copy));
        }),
        Row::thrifty(case, "PooledBuf::into_bytes", heap(1, 32, 32), || {
            let pool = warm_pool(|pool| drop(pool.get(64)));
            measure(|| {
                let mut buf = pool.get(64);
                buf.extend_from_slice(&[7; 48]);
                let bytes = buf.into_bytes();
                let copy = bytes.clone();
                black_box((bytes.slice(8..), copy));
            })
        }),
        Row::peer(case, "BytesMut::freeze", heap(2, 88, 88), || {
            measure(|| {
                let mut buf = BytesMut::with_capacity(64);
                buf.extend_from_slice(&[7; 48]);
                let bytes = buf.freeze();
                let copy = bytes.clone();
                black_box((bytes.slice(8..), copy));
            })
        }),
    ]
}

/// Pooled bytes that become text: the count goes behind it in the block, if it can.
#[cfg(feature = "share")]
fn texts() -> Vec<Row> {
    use thrifty::share::{Str, bytes::Bytes};

    let row = |case, heap, run: fn(&BufferPool)| {
        Row::thrifty(case, "Str::try_from", heap, move || {
            let pool = warm_pool(|pool| drop(pool.get(256)));
            measure(|| run(&pool))
        })
    };
    vec![
        row("a text of 23 B in 256 B made a Str", NOTHING, |pool| as_text(pool, 23)),
        row("a text of 193 B in 256 B made a Str", NOTHING, |pool| as_text(pool, 193)),
        row("a text of 250 B in 256 B made a Str", heap(1, 56, 56), |pool| as_text(pool, 250)),
        row("a shared text of 48 B made a Str", heap(1, 56, 56), |pool| {
            let bytes = text_of(pool, 48);
            black_box((Str::try_from(bytes.clone()).unwrap(), bytes));
        }),
        Row::thrifty(
            "a text of 193 B in 256 B made a Str",
            "by way of Bytes",
            heap(2, 88, 88),
            || {
                let pool = warm_pool(|pool| drop(pool.get(256)));
                measure(|| Str::try_from(Bytes::from(text_of(&pool, 193))).unwrap())
            },
        ),
    ]
}

#[cfg(feature = "share")]
fn text_of(pool: &BufferPool, len: usize) -> thrifty::pool::PooledBytes {
    let mut buf = pool.get(256);
    buf.resize(len, b'x');
    buf.freeze()
}

/// Made, cloned, sliced, and all dropped.
#[cfg(feature = "share")]
fn as_text(pool: &BufferPool, len: usize) {
    let text = thrifty::share::Str::try_from(text_of(pool, len)).unwrap();
    black_box((text.clone(), text.slice(..len / 2)));
}

fn warm(case: &str, run: fn(&BufferPool)) -> Row {
    Row::thrifty(case, POOLED, NOTHING, move || {
        let pool = warm_pool(run);
        measure(|| run(&pool))
    })
}

fn warm_pool(run: fn(&BufferPool)) -> BufferPool {
    let pool = BufferPool::new(PoolConfig::new()).unwrap();
    run(&pool);
    pool
}

const fn beside(size: u64) -> Heap {
    heap(1, size + 32, size + 32)
}

fn grow(mut append: impl FnMut(&[u8])) {
    for _ in 0..256 {
        append(black_box(&[7; 256]));
    }
}
