//! `fork` while other threads allocate: the child has one thread, and their allocator in whatever
//! state they left it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use fastrand::Rng;
use thrifty::heap::{self, Backend};

use crate::block::Block;
use crate::forked::{End, in_a_fork};
use crate::{begin, is_on, times};

/// Those that go on allocating.
const OTHERS: u64 = 3;

pub(super) fn while_others_allocate(backend: Backend) {
    begin(backend);
    let (stop, shelf) = (AtomicBool::new(false), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for seed in 0..OTHERS {
            let (stop, shelf) = (&stop, &shelf);
            scope.spawn(move || churn(seed, stop, shelf));
        }
        // They end also when the child fails.
        let _stop = Stop(&stop);
        let mut rng = Rng::with_seed(1000);
        for round in 0..times(20, 300) {
            // From before the fork, made by this thread and by others.
            let mut kept: Vec<_> = (0..16).map(|_| Block::random(&mut rng)).collect();
            kept.append(&mut shelf.lock().unwrap());
            let end = if round % 2 == 0 { End::AtOnce } else { End::Exit };
            in_a_fork(end, || live_on(backend, &mut kept));
            kept.iter().for_each(Block::assert_intact);
        }
    });
}

struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// Allocates and frees without an end, and puts some blocks where others find them.
fn churn(seed: u64, stop: &AtomicBool, shelf: &Mutex<Vec<Block>>) {
    let mut rng = Rng::with_seed(seed);
    let mut blocks = Vec::new();
    while !stop.load(Relaxed) {
        blocks.push(Block::random(&mut rng));
        if blocks.len() > 200 {
            rng.shuffle(&mut blocks);
            blocks.truncate(100);
            let mut shelf = shelf.lock().unwrap();
            if shelf.len() < 64 {
                shelf.extend(blocks.drain(..8));
            }
        }
    }
}

/// What a child may want to do.
fn live_on(backend: Backend, kept: &mut Vec<Block>) {
    assert!(is_on(backend));
    let mut rng = Rng::with_seed(2000);
    kept.iter_mut().step_by(2).for_each(|block| block.resize_randomly(&mut rng));
    kept.extend((0..500).map(|_| Block::random(&mut rng)));
    rng.shuffle(kept);
    kept.truncate(100);

    let stats = heap::stats();
    assert_eq!((stats.backend, stats.threads), (heap::active(), Some(1)));
    assert!(heap::rss().is_some_and(|bytes| bytes > 0));
    heap::purge_thread();
    kept.clear();
    let passed_on = Block::random(&mut rng);
    thread::spawn(move || drop((passed_on, Block::new(100_000, 8, 3)))).join().unwrap();
}

/// A child of a child; each has threads of its own at the time.
pub(super) fn twice(backend: Backend) {
    begin(backend);
    for _ in 0..times(3, 50) {
        let mut kept = vec![Block::new(1000, 8, 1)];
        let stop = AtomicBool::new(false);
        let shelf = Mutex::new(Vec::new());
        thread::scope(|scope| {
            scope.spawn(|| churn(1, &stop, &shelf));
            let _stop = Stop(&stop);
            in_a_fork(End::AtOnce, || {
                kept.push(Block::new(2000, 64, 2));
                // Nobody is there to wait for at the end: the parent's threads are not here.
                let stop: &'static AtomicBool = Box::leak(Box::new(AtomicBool::new(false)));
                let shelf: &'static Mutex<_> = Box::leak(Box::new(Mutex::new(Vec::new())));
                let other = thread::spawn(move || churn(2, stop, shelf));
                in_a_fork(End::AtOnce, || {
                    live_on(backend, &mut kept);
                    heap::purge();
                });
                stop.store(true, Relaxed);
                other.join().unwrap();
                live_on(backend, &mut kept);
            });
        });
    }
}
