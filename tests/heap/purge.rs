//! What a purge gives back.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;

use thrifty::heap::{self, Backend};

use crate::{Case, GLIBC, MIB, prove, small_blocks};

pub(crate) const CASES: &[Case] = &[
    ("purge::small_blocks", freed_small_blocks),
    ("purge::unproven", unproven),
    ("purge::parked_threads", parked_threads),
    ("purge::a_thread_hands_its_cache_over", a_thread_hands_its_cache_over),
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    ("purge::the_c_side", c_side::is_trimmed),
];

/// At most this share of the freed memory stays.
const STAYS: f64 = 0.03;

fn freed_small_blocks(backend: Backend) {
    prove(backend);
    gives_back();
}

/// Without a proof all that are compiled in are purged.
fn unproven(_: Backend) {
    gives_back();
}

fn gives_back() {
    const TOTAL: u64 = 192 * MIB;
    if !GLIBC {
        heap::purge();
        return;
    }
    let before = heap::rss().unwrap();
    let blocks = black_box(small_blocks(TOTAL));
    let full = heap::rss().unwrap();
    assert!(full >= before + TOTAL);
    // One block at each end stays, as it would.
    let kept = (blocks[0].clone(), blocks[blocks.len() - 1].clone());
    drop(blocks);
    let purged = heap::purge();
    assert!(purged.before.unwrap() <= full + MIB);
    assert!(purged.after.unwrap() <= purged.before.unwrap());
    assert_eq!(purged.freed(), Some(purged.before.unwrap() - purged.after.unwrap()));
    assert!(purged.took.as_nanos() > 0);
    stays_at_most(STAYS, before, full);
    drop(kept);
}

/// The threads freed their blocks, handed over what they cache, and sleep.
fn parked_threads(backend: Backend) {
    const TOTAL: u64 = 192 * MIB;
    const THREADS: usize = 4;
    if !GLIBC {
        return;
    }
    prove(backend);
    let [filled, emptying, freed, over] = [(); 4].map(|()| Barrier::new(THREADS + 1));
    let before = heap::rss().unwrap();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let blocks = small_blocks(TOTAL / THREADS as u64);
                filled.wait();
                emptying.wait();
                drop(blocks);
                heap::purge_thread();
                freed.wait();
                over.wait();
            });
        }
        filled.wait();
        let full = heap::rss().unwrap();
        emptying.wait();
        freed.wait();
        heap::purge();
        let left = heap::rss().unwrap();
        over.wait();
        share_at_most(0.06, before, full, left);
    });
}

/// jemalloc counts what its threads cache as allocated, so it can be seen to go.
fn a_thread_hands_its_cache_over(backend: Backend) {
    prove(backend);
    if backend != Backend::Jemalloc {
        return;
    }
    let blocks: Vec<_> = (0..100).map(|_| black_box(Box::new([1_u8; 1024]))).collect();
    drop(blocks);
    let cached = heap::stats().allocated.unwrap();
    heap::purge_thread();
    let flushed = heap::stats().allocated.unwrap();
    assert!(flushed + 8 * 1024 <= cached, "{cached} -> {flushed}");
}

fn stays_at_most(most: f64, before: u64, full: u64) {
    share_at_most(most, before, full, heap::rss().unwrap());
}

#[allow(clippy::cast_precision_loss, reason = "a share")]
fn share_at_most(most: f64, before: u64, full: u64, left: u64) {
    let stays = left.saturating_sub(before) as f64 / (full - before) as f64;
    assert!(stays <= most, "{stays:.4} stays: {before} -> {full} -> {left}");
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod c_side {
    use super::{Backend, MIB, heap, prove, stays_at_most};
    use std::ffi::c_void;

    unsafe extern "C" {
        safe fn malloc(size: usize) -> *mut c_void;
        fn free(block: *mut c_void);
    }

    /// C code beside Rust's: it stays on glibc whatever serves Rust.
    pub(super) fn is_trimmed(backend: Backend) {
        prove(backend);
        let mut blocks = Vec::with_capacity(500_000);
        let before = heap::rss().unwrap();
        blocks.extend((0..500_000).map(|_| {
            let block = malloc(128);
            // SAFETY: the block has 128 bytes.
            unsafe { block.cast::<u8>().write_bytes(1, 128) };
            block
        }));
        let full = heap::rss().unwrap();
        assert!(full >= before + 60 * MIB);
        // The last one stays, so that nothing above it is given back without being asked for.
        let last = blocks.pop().unwrap();
        for &block in &blocks {
            // SAFETY: the block came from `malloc` and is freed once.
            unsafe { free(block) };
        }
        assert!(heap::rss().unwrap() >= before + 60 * MIB);
        heap::purge();
        stays_at_most(0.1, before, full);
        // SAFETY: as above.
        unsafe { free(last) };
    }
}
