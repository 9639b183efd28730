//! Peers of microsoft/oxidizer, which need a newer compiler than the rest.
//!
//! `plurality` has pools of one size, so it is in the cases of that size, behind a lock as its docs advise: one
//! thread at a time may take from it. `bytesbuf` has classes, and its larger buffers are chains of 64 KiB, so
//! neither is in `get-put-1m`. `multitude` is an arena, and stands beside arenas.

use core::hint::black_box;
use core::mem::MaybeUninit;
use std::sync::{Mutex, PoisonError};

use bytesbuf::mem::GlobalPool;
use bytesbuf::{BytesBuf, BytesView};
use multitude::Arena;

use super::Entry;
use super::pool_buffers::{
    Block, Buffers, Byte, Travels, across, at_once, burst, entry, get_put, result,
};
use super::pool_reuse::{PAYLOAD, TEXT};

macro_rules! entries {
    ($case:literal, $operation:expr, $size:expr) => {
        [
            entry!($case, $operation, $size, "bytesbuf", GlobalPool),
            entry!($case, $operation, $size, "plurality", Plurality<{ $size }>),
        ]
    };
}

pub(super) fn entries() -> Vec<Entry> {
    let buffers = [
        entries!("get-put-4k", get_put, 4 << 10),
        entries!("two-threads-1k", at_once, 1 << 10),
        entries!("burst-16k-written", burst::<true, _>, 16 << 10),
        entries!("cross-thread-1k", across, 1 << 10),
    ];
    let others = [
        Entry {
            case: "freeze",
            name: "bytesbuf",
            run: |ops| {
                let pool = GlobalPool::new();
                for _ in 0..ops {
                    black_box(&frozen(&pool));
                }
            },
            result: || {
                let pool = GlobalPool::new();
                let bytes = || frozen(&pool).to_vec().into_iter().map(u64::from);
                bytes().chain(bytes()).collect()
            },
        },
        Entry {
            case: "arena",
            name: "multitude",
            run: |ops| {
                let mut arena = Arena::new();
                for _ in 0..ops {
                    black_box(placed(&mut arena));
                }
            },
            result: || {
                let mut arena = Arena::new();
                vec![placed(&mut arena), placed(&mut arena)]
            },
        },
    ];
    [buffers.as_flattened(), &others].concat()
}

#[inline]
fn frozen(pool: &GlobalPool) -> BytesView {
    let mut buffer = pool.reserve(black_box(64));
    buffer.put_slice(black_box(&PAYLOAD).as_slice());
    black_box(&buffer.consume_all()).clone()
}

#[inline]
fn placed(arena: &mut Arena) -> u64 {
    arena.reset();
    let sum: u64 = (0..100).map(|number| black_box(arena.alloc([number; 8]))[7]).sum();
    sum + arena.alloc_str(black_box(TEXT)).len() as u64
}

impl Buffers for GlobalPool {
    type Block<'a> = BytesBuf;

    fn made_for(_size: usize) -> Self {
        Self::new()
    }

    #[inline]
    fn take(&self, size: usize) -> Self::Block<'_> {
        self.reserve(size)
    }
}

impl Block for BytesBuf {
    #[inline]
    fn spare(&mut self) -> &mut [impl Byte] {
        self.first_unfilled_slice()
    }

    #[inline]
    fn place(&mut self) -> *const u8 {
        self.first_unfilled_slice().as_ptr().cast()
    }
}

impl Travels for BytesBuf {
    type Sent = Self;

    #[inline]
    fn sent(self) -> Self {
        self
    }
}

type Slots<const SIZE: usize> = plurality::Pool<[MaybeUninit<u8>; SIZE]>;

/// The lock is held while a slot is taken; it goes back without.
struct Plurality<const SIZE: usize>(Mutex<Slots<SIZE>>);

impl<const SIZE: usize> Buffers for Plurality<SIZE> {
    type Block<'a> = plurality::Box<MaybeUninit<[MaybeUninit<u8>; SIZE]>>;

    fn made_for(_size: usize) -> Self {
        Self(Mutex::new(Slots::new()))
    }

    #[inline]
    fn take(&self, _size: usize) -> Self::Block<'_> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).alloc_uninit_box()
    }
}

impl<const SIZE: usize> Block for plurality::Box<MaybeUninit<[MaybeUninit<u8>; SIZE]>> {
    #[inline]
    fn spare(&mut self) -> &mut [impl Byte] {
        // SAFETY: bytes that may be uninitialised are whatever they are.
        unsafe { self.assume_init_mut() }
    }

    #[inline]
    fn place(&mut self) -> *const u8 {
        self.as_ptr().cast()
    }
}

impl<const SIZE: usize> Travels for plurality::Box<MaybeUninit<[MaybeUninit<u8>; SIZE]>> {
    type Sent = Self;

    #[inline]
    fn sent(self) -> Self {
        self
    }
}
