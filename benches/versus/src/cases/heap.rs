//! A request to the global allocator and its return, and what a process keeps of the kernel's memory.

use core::hint::black_box;

use thrifty::heap;

use super::{Entry, Resident};

#[inline(never)]
fn pair<const SIZE: usize>(ops: u64) {
    for _ in 0..ops {
        drop(black_box(Vec::<u8>::with_capacity(SIZE)));
    }
}

const fn entry<const SIZE: usize>(case: &'static str) -> Entry {
    Entry {
        case,
        name: "global",
        run: pair::<SIZE>,
        result: || vec![Vec::<u8>::with_capacity(SIZE).capacity() as u64],
    }
}

/// The cases of an allocator driver; each driver has one implementation, its own allocator.
pub static ENTRIES: &[Entry] =
    &[entry::<16>("pair-16"), entry::<64>("pair-64"), entry::<1000>("pair-1000")];

/// The cases that are about resident memory, likewise; a program measures one of them and ends.
pub static RESIDENTS: &[Resident] = &[
    Resident { case: "resident-48", name: "global", figure: blocks_of_48 },
    Resident { case: "freed", name: "purged", figure: || stays(true) },
    Resident { case: "freed", name: "left alone", figure: || stays(false) },
];

/// What 5 million blocks of 48 bytes add.
fn blocks_of_48() -> Result<f64, String> {
    const BLOCKS: usize = 5_000_000;
    let mut blocks = black_box(Vec::with_capacity(BLOCKS));
    // Its pages are there before the first figure is taken.
    blocks.resize_with(BLOCKS, || None);
    let before = rss()?;
    for block in &mut blocks {
        *block = Some(black_box(Box::new([1_u64; 6])));
    }
    let after = rss()?;
    drop(black_box(blocks));
    Ok(after - before)
}

/// The share of 1 GiB of small blocks that stays resident once they are freed.
fn stays(purge: bool) -> Result<f64, String> {
    const BLOCKS: usize = 4_100_000;
    let mut random = fastrand::Rng::with_seed(48);
    let mut blocks = black_box(Vec::with_capacity(BLOCKS));
    // The pages of the list are there before the first figure is taken, and stay to the end.
    blocks.resize_with(BLOCKS, Vec::new);
    let before = rss()?;
    for block in &mut blocks {
        *block = vec![1_u8; random.usize(16..=512)];
    }
    let full = rss()?;
    for block in &mut black_box(&mut blocks)[..] {
        *block = Vec::new();
    }
    if purge {
        heap::purge();
    }
    let after = rss()?;
    drop(black_box(blocks));
    // The purge may also give back what was free before.
    Ok(((after - before) / (full - before)).max(0.0))
}

fn rss() -> Result<f64, String> {
    let bytes = heap::rss().ok_or("the kernel does not say how much memory is resident")?;
    Ok(as_float(bytes))
}

#[expect(clippy::cast_precision_loss, reason = "no machine has 2^52 bytes")]
fn as_float(bytes: u64) -> f64 {
    bytes as f64
}
