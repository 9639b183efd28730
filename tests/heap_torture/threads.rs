//! Threads that live for a moment and leave their blocks to others.

use std::sync::Mutex;
use std::thread;

use fastrand::Rng;
use thrifty::fault::live_blocks;
use thrifty::heap::{self, Backend};
use thrifty::meter;

use crate::block::Block;
use crate::each_backend::Case;
use crate::{begin, times};

pub(crate) const CASES: &[Case] = &[("threads::short", short)];

/// At the same time.
const WAVE: usize = 32;

fn short(backend: Backend) {
    begin(backend);
    let waves = times(20, 10_000_usize.div_ceil(WAVE));
    let left = Mutex::new(Vec::with_capacity(WAVE * 32));
    wave(0, &left);
    left.lock().unwrap().clear();
    let (live, counted) = (live_blocks(), counted());
    let mut resident = None;
    for number in 1..=waves {
        wave(number, &left);
        if number == waves / 4 {
            resident = heap::rss();
        }
    }
    left.lock().unwrap().clear();
    assert_eq!(live_blocks(), live, "blocks stayed");
    assert_eq!(self::counted(), counted, "the meter lost a block");
    if let (Some(before), Some(after)) = (resident, heap::rss()) {
        let grown = after.saturating_sub(before);
        // It depends on how many of a wave live at the same time. Two pages for each of the threads
        // that have ended since would be about as much, a heap for each far more.
        assert!(grown < 64 << 20, "{grown} bytes stayed, of {before}");
    }
}

/// Live blocks and bytes, as the meter has them.
fn counted() -> (u64, u64) {
    let totals = meter::process();
    (totals.allocs - totals.frees, totals.bytes_allocated - totals.bytes_freed)
}

fn wave(number: usize, left: &Mutex<Vec<Block>>) {
    thread::scope(|scope| {
        let start =
            |thread| scope.spawn(move || live_and_die((number * WAVE + thread) as u64, left));
        let threads: [_; WAVE] = std::array::from_fn(start);
        // Not left to the scope, which does not wait for the threads' destructors.
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

/// Makes blocks, leaves half of them, takes those of others, resizes some, frees the rest.
fn live_and_die(seed: u64, left: &Mutex<Vec<Block>>) {
    let mut rng = Rng::with_seed(seed);
    let mut own: Vec<_> = (0..24).map(|_| Block::random(&mut rng)).collect();
    {
        let mut left = left.lock().unwrap();
        let of_others = left.len().min(12);
        let taken: Vec<_> = left.drain(..of_others).collect();
        left.extend(own.drain(..12));
        drop(left);
        own.extend(taken);
    }
    own.iter_mut().step_by(3).for_each(|block| block.resize_randomly(&mut rng));
    rng.shuffle(&mut own);
}
