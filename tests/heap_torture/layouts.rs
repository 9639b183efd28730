//! Every alignment and many sizes, through all four methods, among dirty freed blocks.

use std::alloc::Layout;
use std::collections::BTreeSet;
use std::hint::black_box;

use fastrand::Rng;
use thrifty::fault::live_blocks;
use thrifty::heap::Backend;
use thrifty::meter::measure;

use crate::block::Block;
use crate::each_backend::Case;
use crate::{begin, times};

pub(crate) const CASES: &[Case] = &[
    ("layouts::each_size_and_alignment", each_size_and_alignment),
    ("layouts::a_random_walk", a_random_walk),
    ("layouts::nothing_asks_for_nothing", nothing_asks_for_nothing),
];

const MIB: usize = 1 << 20;

/// Up to a page and around it, then 2 MiB: what huge pages want.
fn alignments() -> impl Iterator<Item = usize> {
    (0..=12).map(|bits| 1 << bits).chain([2 * MIB])
}

/// Both sides of every power of two and of the steps between, where allocators have their classes.
fn sizes() -> BTreeSet<usize> {
    let around = |size: usize| [size.saturating_sub(1).max(1), size, size + 1];
    let steps = |bits: u32| (4..8).map(move |quarter| (1_usize << bits) * quarter / 4);
    let mut sizes: BTreeSet<_> = (0..20).flat_map(steps).flat_map(around).collect();
    sizes.extend((1..=64).chain([MIB - 1, MIB]));
    sizes
}

fn each_size_and_alignment(backend: Backend) {
    begin(backend);
    let sizes = sizes();
    let live = live_blocks();
    for align in alignments() {
        // Several at a time, so that they lie at different places in a page.
        let mut blocks = Vec::with_capacity(64);
        let step = if align > 4096 { times(7, 1) } else { 1 };
        for &size in sizes.iter().step_by(step) {
            if blocks.len() >= 60 {
                blocks.clear();
            }
            drop(Block::new(size, align, 0xA5));
            blocks.push(Block::zeroed(size, align, 0x5A));
            let mut moved = Block::new(size, align, 0x77);
            for new_size in [1, size / 2 + 1, size * 2, size + 1, 8, 4096, 40_000] {
                moved.resize(new_size);
            }
            blocks.push(moved);
        }
    }
    assert_eq!(live_blocks(), live, "blocks stayed");
}

fn a_random_walk(backend: Backend) {
    begin(backend);
    let mut rng = Rng::with_seed(7);
    let mut blocks: Vec<Block> = Vec::with_capacity(1000);
    for _ in 0..times(20_000, 300_000) {
        match rng.u8(0..8) {
            0..4 if blocks.len() < 1000 => blocks.push(Block::random(&mut rng)),
            4 | 5 if !blocks.is_empty() => {
                let index = rng.usize(..blocks.len());
                blocks[index].resize_randomly(&mut rng);
            }
            _ if !blocks.is_empty() => drop(blocks.swap_remove(rng.usize(..blocks.len()))),
            _ => {}
        }
    }
}

/// A size of zero is not the allocator's: the collections ask for nothing then.
fn nothing_asks_for_nothing(backend: Backend) {
    begin(backend);
    let live = live_blocks();
    let ((), usage) = measure(|| {
        drop(black_box(Vec::<u64>::with_capacity(0)));
        drop(black_box(vec![(); 1000].into_boxed_slice()));
        drop(black_box(Box::new([0_u64; 0])));
        drop(black_box(String::new().into_boxed_str()));
        drop(black_box(Vec::<u8>::from([])));
    });
    assert_eq!((usage.allocs, usage.reallocs, usage.frees), (0, 0, 0));
    let (shrunk, usage) = measure(|| {
        let mut list = black_box(Vec::<u8>::with_capacity(100));
        list.shrink_to_fit();
        list
    });
    assert_eq!((usage.allocs, usage.reallocs, usage.frees), (1, 0, 1));
    assert_eq!(live_blocks(), live);
    drop(shrunk);
    assert_eq!(Layout::new::<[u64; 0]>().size(), 0);
}
