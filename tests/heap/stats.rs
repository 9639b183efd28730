//! `stats` on known workloads.

use std::fmt::{self, Write};
use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use thrifty::heap::{self, Backend, Stats};
use thrifty::meter::measure;

use crate::{Case, GLIBC, MIB, prove, small_blocks, within};

pub(crate) const CASES: &[Case] = &[
    ("stats::nothing_allocates", nothing_allocates),
    ("stats::what_is_some", what_is_some),
    ("stats::one_large_block", one_large_block),
    ("stats::many_small_blocks", many_small_blocks),
    ("stats::the_peak_stays", the_peak_stays),
    ("stats::while_threads_allocate", while_threads_allocate),
    ("stats::an_arena_counts_once_it_is_in_use", an_arena_counts_once_it_is_in_use),
    ("stats::the_proof_leaves_no_trace", the_proof_leaves_no_trace),
];

/// Text on the stack, cut off where it ends.
struct Fixed {
    text: [u8; 4096],
    length: usize,
}

impl Write for Fixed {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let end = self.length + more.len();
        self.text.get_mut(self.length..end).ok_or(fmt::Error)?.copy_from_slice(more.as_bytes());
        self.length = end;
        Ok(())
    }
}

/// The first call of each, then the second, before and after the backend is proven.
fn nothing_allocates(backend: Backend) {
    for proven in [false, false, true, true] {
        if proven {
            prove(backend);
        }
        let (_, usage) = measure(heap::rss);
        assert_eq!((usage.allocs, usage.reallocs, usage.frees), (0, 0, 0), "rss");
        let ((), usage) = measure(heap::purge_thread);
        assert_eq!((usage.allocs, usage.reallocs, usage.frees), (0, 0, 0), "purge_thread");
        let (_, usage) = measure(heap::purge);
        assert_eq!((usage.allocs, usage.reallocs, usage.frees), (0, 0, 0), "purge");
        let (stats, usage) = measure(heap::stats);
        assert_eq!((usage.allocs, usage.reallocs, usage.frees), (0, 0, 0), "stats");
        assert_eq!(stats.backend.is_some(), proven && (GLIBC || backend != Backend::System));
        let mut fixed = Fixed { text: [0; 4096], length: 0 };
        let (written, usage) = measure(|| stats.write_prometheus(&mut fixed));
        assert_eq!((usage.allocs, usage.reallocs, usage.frees), (0, 0, 0), "write_prometheus");
        assert_eq!(written, Ok(()));
        assert_eq!(fixed.length > 0, cfg!(target_os = "linux"));
    }
}

/// The table in the docs of `Stats`, and README's.
fn what_is_some(backend: Backend) {
    let linux = cfg!(target_os = "linux");
    let kernel = |stats: Stats| {
        let of_status =
            [stats.rss, stats.peak_rss, stats.virtual_mem, stats.threads.map(u64::from)];
        assert_eq!(of_status.map(|figure| figure.is_some()), [linux; 4], "{stats:?}");
        let of_rusage = [stats.minor_faults, stats.major_faults];
        assert_eq!(of_rusage.map(|figure| figure.is_some()), [GLIBC; 2], "{stats:?}");
    };
    let backends = |stats: Stats| {
        [
            stats.allocated,
            stats.active,
            stats.committed,
            stats.retained,
            stats.metadata,
            stats.arenas.map(u64::from),
        ]
        .map(|figure| figure.is_some())
    };

    let stats = heap::stats();
    kernel(stats);
    assert_eq!((stats.backend, backends(stats)), (None, [false; 6]), "nothing is proven yet");

    prove(backend);
    let stats = heap::stats();
    kernel(stats);
    let expected = match backend {
        Backend::System => [GLIBC, false, GLIBC, false, false, false],
        Backend::Jemalloc => [true; 6],
        _ => [false; 6],
    };
    assert_eq!(backends(stats), expected, "{stats:?}");
    assert_eq!(stats.fragmentation().is_some(), expected[0]);
}

fn one_large_block(backend: Backend) {
    rises_and_falls(backend, || vec![1_u8; 64 << 20]);
}

fn many_small_blocks(backend: Backend) {
    rises_and_falls(backend, || small_blocks(64 * MIB));
}

/// 64 MiB, written, with what the allocator adds to small blocks.
fn rises_and_falls<T>(backend: Backend, make: impl FnOnce() -> T) {
    prove(backend);
    let before = heap::stats();
    let kept = black_box(make());
    let with = heap::stats();
    drop(kept);
    let after = heap::stats();

    let rise =
        |figure: fn(&Stats) -> Option<u64>| Some(figure(&with)?.saturating_sub(figure(&before)?));
    let (low, high) = (64 * MIB, 85 * MIB);
    if cfg!(target_os = "linux") {
        within("rss", rise(|stats| stats.rss).unwrap(), 62 * MIB, high);
        within("peak_rss", with.peak_rss.unwrap(), with.rss.unwrap() - MIB, u64::MAX);
    }
    for (what, figure) in [
        ("allocated", (|stats| stats.allocated) as fn(&Stats) -> Option<u64>),
        ("active", |stats| stats.active),
        ("committed", |stats| stats.committed),
    ] {
        if let Some(rise) = rise(figure) {
            within(what, rise, low, high);
        }
    }
    if let (Some(before), Some(after)) = (before.allocated, after.allocated) {
        within("allocated, freed", after, 0, before + MIB);
    }
    if GLIBC {
        // Huge pages take few faults, others one for 4 KiB.
        within("faults", rise(|stats| stats.minor_faults).unwrap(), 30, 40_000);
    }
    for share in [before, with, after].iter().filter_map(Stats::fragmentation) {
        assert!((0.0..=1.0).contains(&share), "{share}");
    }
    if let Some(share) = with.fragmentation() {
        assert!(share < 0.2, "{share} of it is free while all is in use");
    }
}

fn the_peak_stays(_: Backend) {
    let peak = || heap::stats().peak_rss;
    let Some(before) = peak() else { return };
    // A program that was there before `exec` must not count: the parent of this one is larger.
    within("peak at the start", before, MIB, 48 * MIB);
    drop(black_box(vec![1_u8; 64 << 20]));
    heap::purge();
    let stats = heap::stats();
    within("peak", stats.peak_rss.unwrap(), before + 60 * MIB, before + 80 * MIB);
    within("rss", stats.rss.unwrap(), MIB, before + 16 * MIB);
}

fn while_threads_allocate(backend: Backend) {
    prove(backend);
    let done = AtomicBool::new(false);
    let ready = Barrier::new(8);
    thread::scope(|scope| {
        for seed in 0..4_usize {
            let done = &done;
            scope.spawn(move || {
                let mut size = 16 + seed;
                let mut kept = Vec::new();
                while !done.load(Relaxed) {
                    size = 1 + (size * 31 + 7) % 5000;
                    kept.push(vec![1_u8; size]);
                    if kept.len() > 500 {
                        kept.clear();
                        heap::purge_thread();
                    }
                }
            });
        }
        let asking: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    ready.wait();
                    for turn in 0..100 {
                        let stats = heap::stats();
                        if cfg!(target_os = "linux") {
                            within("threads", stats.threads.unwrap().into(), 6, 13);
                            within("rss", heap::rss().unwrap(), MIB, 256 * MIB);
                        }
                        if let Some(allocated) = stats.allocated {
                            within("allocated", allocated, 1, 256 * MIB);
                        }
                        if turn % 10 == 0 {
                            heap::purge();
                        }
                    }
                })
            })
            .collect();
        for thread in asking {
            thread.join().unwrap();
        }
        done.store(true, Relaxed);
    });
}

/// jemalloc may have four for each core, and makes one when a thread finds all others in use. On a
/// single core it has one for all threads.
fn an_arena_counts_once_it_is_in_use(backend: Backend) {
    prove(backend);
    let Some(before) = heap::stats().arenas else { return };
    if thread::available_parallelism().map_or(1, usize::from) == 1 {
        return;
    }
    let with = thread::spawn(|| {
        drop(black_box(vec![1_u8; 100]));
        heap::stats().arenas
    });
    assert_eq!((before, with.join().unwrap()), (1, Some(2)));
}

/// glibc must go on to map large blocks by themselves: freeing a block of up to 32 MiB tells it not to.
fn the_proof_leaves_no_trace(backend: Backend) {
    prove(backend);
    if backend != Backend::System || !GLIBC {
        return;
    }
    let before = heap::stats().committed.unwrap();
    drop(black_box(vec![1_u8; 1 << 20]));
    within("committed", heap::stats().committed.unwrap(), 0, before + MIB / 2);
}
