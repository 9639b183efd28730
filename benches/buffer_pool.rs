//! Buffers from a `BufferPool` beside vectors from malloc: taken, written or not, dropped.
//!
//! `lifo` is one buffer at a time, `burst` holds 64 at once, `zeroed` asks for zeros. Where the pool
//! loses or wins nothing, the line is here too: a large buffer that is written in full costs what the
//! memory costs.
//!
//! ```text
//! cargo bench --bench buffer_pool
//! ```

#[path = "support/rows.rs"]
mod rows;

use criterion::{Criterion, Throughput};
use std::{alloc::System, array::from_fn, hint::black_box};
use thrifty::{
    meter::Metered,
    pool::{BufferPool, PoolConfig, StaticBufferPool},
};

use rows::Rows;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

static POOL: StaticBufferPool =
    BufferPool::new_static(PoolConfig::new().max_bytes(1 << 30).thread_bytes(80 << 20));

const SIZES: [u64; 5] = [64, 1 << 10, 16 << 10, 64 << 10, 1 << 20];
const HELD: usize = 64;
const PAGE: usize = 4096;

fn main() {
    rows::run(|criterion| {
        lifo(criterion);
        filled(criterion);
        burst(criterion);
        zeroed(criterion);
        frozen(criterion);
    });
}

/// Taken and dropped.
fn lifo(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "buffer_pool/lifo");
    for n in SIZES {
        rows.group.throughput(Throughput::Elements(1));
        rows.row("std, with_capacity", n, |n| Vec::<u8>::with_capacity(size(n)));
        rows.row("thrifty", n, |n| POOL.get(size(n)));
    }
}

/// Written in full: here memory is what counts.
fn filled(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "buffer_pool/filled");
    let text = vec![7; 1 << 20];
    for n in SIZES {
        let text = &text[..size(n)];
        rows.group.throughput(Throughput::Bytes(n));
        rows.row("std, with_capacity", n, |n| {
            let mut vec = Vec::with_capacity(size(n));
            vec.extend_from_slice(text);
            vec
        });
        rows.row("thrifty", n, |n| {
            let mut buf = POOL.get(size(n));
            buf.extend_from_slice(text);
            assert_eq!(buf.len(), text.len());
            buf
        });
    }
}

/// 64 at once, a byte written to each page.
fn burst(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "buffer_pool/burst");
    for n in [1 << 10, 16 << 10, 64 << 10] {
        rows.group.throughput(Throughput::Elements(HELD as u64));
        rows.row("std, with_capacity", n, |n| {
            let mut held: [_; HELD] = from_fn(|_| Vec::<u8>::with_capacity(size(n)));
            for vec in &mut held {
                for place in vec.spare_capacity_mut().iter_mut().step_by(PAGE) {
                    place.write(1);
                }
            }
            black_box(&held).len()
        });
        rows.row("thrifty", n, |n| {
            let mut held: [_; HELD] = from_fn(|_| POOL.get(size(n)));
            for buf in &mut held {
                for place in buf.spare_capacity_mut().iter_mut().step_by(PAGE) {
                    place.write(1);
                }
            }
            black_box(&held).len()
        });
    }
}

/// Zeros, of which 100 bytes were written by the user before.
fn zeroed(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "buffer_pool/zeroed");
    for n in SIZES {
        assert_eq!(POOL.get_zeroed(size(n)), vec![0; size(n)]);
        rows.group.throughput(Throughput::Bytes(n));
        rows.row("std, vec![0; n]", n, |n| {
            Vec::<u8>::with_capacity(size(n)).extend_from_slice(&[1; 64]);
            vec![0_u8; size(n)]
        });
        rows.row("thrifty", n, |n| {
            POOL.get(size(n)).extend_from_slice(&[1; 64]);
            POOL.get_zeroed(size(n))
        });
    }
}

/// A text of 48 bytes, frozen, cloned, dropped.
fn frozen(criterion: &mut Criterion) {
    let mut rows = Rows::new(criterion, "buffer_pool/frozen");
    let text = [7; 48];
    rows.row("bytes, BytesMut::freeze", 64, |n| {
        let mut buf = bytes::BytesMut::with_capacity(size(n));
        buf.extend_from_slice(&text);
        let bytes = buf.freeze();
        (bytes.clone(), bytes)
    });
    rows.row("thrifty, into_bytes", 64, |n| {
        let mut buf = POOL.get(size(n));
        buf.extend_from_slice(&text);
        let bytes = buf.into_bytes();
        (bytes.clone(), bytes)
    });
    rows.row("thrifty, freeze", 64, |n| {
        let mut buf = POOL.get(size(n));
        buf.extend_from_slice(&text);
        let bytes = buf.freeze();
        (bytes.clone(), bytes)
    });
}

fn size(n: u64) -> usize {
    n.try_into().expect("sizes are small")
}
