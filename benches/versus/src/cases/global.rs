//! What the global allocator is asked to do, whichever one the driver has installed.

use core::hint::black_box;

use super::Entry;

const BIG: usize = 64 << 20;

#[inline(never)]
fn pair(ops: u64) {
    for _ in 0..ops {
        drop(black_box(Vec::<u8>::with_capacity(64)));
    }
}

#[inline(never)]
fn zeroed(ops: u64) {
    for _ in 0..ops {
        drop(black_box(vec![0_u8; BIG]));
    }
}

#[inline(never)]
fn grow(ops: u64) {
    for _ in 0..ops {
        drop(grown());
    }
}

fn grown() -> Vec<u8> {
    let mut bytes = black_box(Vec::with_capacity(1));
    while bytes.capacity() < BIG {
        bytes.reserve_exact(2 * bytes.capacity());
        bytes = black_box(bytes);
    }
    bytes
}

fn capacity(bytes: &Vec<u8>) -> Vec<u64> {
    vec![bytes.capacity() as u64, bytes.iter().map(|&byte| u64::from(byte)).sum()]
}

/// The cases of an allocator driver; each driver has one implementation, its own allocator.
pub static ENTRIES: &[Entry] = &[
    Entry {
        case: "pair-64",
        name: "global",
        run: pair,
        result: || capacity(&Vec::with_capacity(64)),
    },
    Entry { case: "zeroed-64m", name: "global", run: zeroed, result: || capacity(&vec![0; BIG]) },
    Entry { case: "grow-64m", name: "global", run: grow, result: || capacity(&grown()) },
];
