//! Memory that is used again by one thread.
//!
//! | case | what one operation is |
//! |---|---|
//! | `freeze` | a buffer of 64 bytes takes 48, is frozen, cloned, and both are dropped |
//! | `into-bytes` | the same, by way of `bytes::Bytes` |
//! | `get-zeroed` | 100 bytes are written into a buffer of 4 KiB, it goes back, and one of zeros is taken |
//! | `scratch` | a request line of 60 bytes is put together from 5 pieces, and forgotten |
//! | `recycle` | the 11 fields of a line are collected in a vector of `&str` |
//! | `arena` | 100 values of 64 bytes and a text are placed, and all of them go |

use core::hint::black_box;
use std::sync::LazyLock;

use bumpalo::Bump;
use bytes::{Bytes, BytesMut};
use thrifty::pool::{
    ArenaPool, BufferPool, PoolConfig, PooledBuf, PooledBytes, recycle, with_scratch,
};
use zeropool::ZeroPool;

use super::Entry;

static BUFFERS: LazyLock<BufferPool> =
    LazyLock::new(|| BufferPool::new(PoolConfig::new()).expect("few pools are open"));
static ZEROED: LazyLock<ZeroPool> = LazyLock::new(ZeroPool::new);
static ARENAS: ArenaPool = ArenaPool::new();

/// What one operation leaves behind; it is looked at only where results are compared.
trait Yield {
    fn figures(&self) -> Vec<u64>;
}

impl Yield for u64 {
    fn figures(&self) -> Vec<u64> {
        vec![*self]
    }
}

macro_rules! yields_bytes {
    ($($type:ty),*) => {$(
        impl Yield for $type {
            fn figures(&self) -> Vec<u64> {
                self.iter().copied().map(u64::from).collect()
            }
        }
    )*};
}

yields_bytes!(Bytes, PooledBytes, PooledBuf, Vec<u8>, zeropool::Buf<'_>);

/// All that happens before the loop is in `$state`.
macro_rules! cases {
    ($($case:literal { $($name:literal => |$state:ident: $type:ty| $new:expr, $operation:expr;)* })*) => {
        /// All implementations of each case.
        pub(super) static ENTRIES: &[Entry] = &[$($({
            #[inline(always)]
            fn operation($state: &mut $type) -> impl Yield + use<> {
                $operation
            }

            #[inline(never)]
            fn run(ops: u64) {
                let mut state: $type = $new;
                for _ in 0..ops {
                    black_box(&operation(&mut state));
                }
            }

            Entry {
                case: $case,
                name: $name,
                run,
                result: || {
                    let mut state: $type = $new;
                    [operation(&mut state).figures(), operation(&mut state).figures()].concat()
                },
            }
        },)*)*];
    };
}

cases! {
    "freeze" {
        "thrifty" => |pool: &'static BufferPool| &BUFFERS, {
            let frozen = filled(pool).freeze();
            black_box(&frozen).clone()
        };
        "bytes" => |_nothing: ()| (), cloned(written().freeze());
        "Vec" => |_nothing: ()| (), cloned(Bytes::from(in_vec()));
    }
    "into-bytes" {
        "thrifty" => |pool: &'static BufferPool| &BUFFERS, cloned(filled(pool).into_bytes());
        "bytes" => |_nothing: ()| (), cloned(written().freeze());
        "Vec" => |_nothing: ()| (), cloned(Bytes::from(in_vec()));
    }
    "get-zeroed" {
        "thrifty" => |pool: &'static BufferPool| &BUFFERS, {
            let mut used = pool.get(black_box(PAGE));
            used.extend_from_slice(black_box(&WRITTEN));
            drop(black_box(used));
            pool.get_zeroed(black_box(PAGE))
        };
        "zeropool" => |pool: &'static ZeroPool| &ZEROED, {
            let mut used = pool.alloc_uninit(black_box(PAGE));
            used.as_uninit_mut()[..WRITTEN.len()].write_copy_of_slice(black_box(&WRITTEN));
            drop(black_box(used));
            pool.alloc(black_box(PAGE))
        };
        "vec!" => |_nothing: ()| (), {
            let mut used = Vec::<u8>::with_capacity(black_box(PAGE));
            used.extend_from_slice(black_box(&WRITTEN));
            drop(black_box(used));
            vec![0_u8; black_box(PAGE)]
        };
    }
    "scratch" {
        "thrifty" => |_nothing: ()| (), with_scratch(line);
        "Vec::new" => |_nothing: ()| (), line(&mut Vec::new());
        "Vec::with_capacity" => |_nothing: ()| (), line(&mut Vec::with_capacity(64));
        "cleared" => |kept: Vec<u8>| Vec::new(), {
            kept.clear();
            line(kept)
        };
    }
    "recycle" {
        "thrifty" => |kept: Vec<&'static str>| Vec::new(), {
            let mut used = recycle(core::mem::take(kept));
            let sum = fields(&mut used);
            *kept = recycle(used);
            sum
        };
        "Vec::new" => |_nothing: ()| (), fields(&mut Vec::new());
        "Vec::with_capacity" => |_nothing: ()| (), fields(&mut Vec::with_capacity(FIELDS));
    }
    "arena" {
        "thrifty" => |_nothing: ()| (), placed(&ARENAS.get());
        "bumpalo" => |_nothing: ()| (), placed(&Bump::new());
        "bumpalo-reset" => |kept: Bump| Bump::new(), {
            kept.reset();
            placed(kept)
        };
    }
}

const PAGE: usize = 4096;
static WRITTEN: [u8; 100] = [7; 100];
/// Three quarters of the buffer.
pub(super) static PAYLOAD: [u8; 48] = [5; 48];

#[inline]
fn filled(pool: &BufferPool) -> PooledBuf {
    let mut buf = pool.get(black_box(64));
    buf.extend_from_slice(black_box(&PAYLOAD));
    buf
}

#[inline]
fn written() -> BytesMut {
    let mut buf = BytesMut::with_capacity(black_box(64));
    buf.extend_from_slice(black_box(&PAYLOAD));
    buf
}

#[inline]
fn in_vec() -> Vec<u8> {
    let mut buf = Vec::with_capacity(black_box(64));
    buf.extend_from_slice(black_box(&PAYLOAD));
    buf
}

#[inline]
#[expect(clippy::needless_pass_by_value, reason = "the first is dropped here")]
fn cloned(frozen: Bytes) -> Bytes {
    black_box(&frozen).clone()
}

#[inline]
fn read(bytes: &[u8]) -> u64 {
    u64::from(bytes[0]) + bytes.len() as u64
}

static PIECES: [&str; 5] =
    ["GET ", "/api/v1/users/4711815/orders", "?page=2&sort=date", " ", "HTTP/1.1\r\n"];

/// Puts the line together; nobody knows its length before.
#[inline]
fn line(into: &mut Vec<u8>) -> u64 {
    for piece in black_box(&PIECES) {
        into.extend_from_slice(piece.as_bytes());
    }
    read(black_box(into))
}

const FIELDS: usize = 11;
static LINE: &str =
    "4711815,rosalind,Main Street 1,Springfield,12345,,US,r@example.com,555-0100,1999,none";

#[inline]
fn fields<'a>(into: &mut Vec<&'a str>) -> u64 {
    let line: &'a str = black_box(LINE);
    // One after the other, so that the vector does not know how many come.
    for field in line.split(',') {
        into.push(field);
    }
    black_box(&*into).iter().map(|field| field.len() as u64).sum()
}

pub(super) static TEXT: &str = "the text of a request";

#[inline]
fn placed(arena: &Bump) -> u64 {
    let sum: u64 = (0..100).map(|number| black_box(arena.alloc([number; 8]))[7]).sum();
    sum + arena.alloc_str(black_box(TEXT)).len() as u64
}
