//! Allocators called directly, none of them installed, so that one process can alternate them.

use core::alloc::{GlobalAlloc, Layout};
use core::hint::black_box;
use core::slice;
use std::alloc::System;

use alloc_counter::AllocCounter;
use cap::Cap;
use divan::AllocProfiler;
use mod_alloc::ModAlloc;
use peak_alloc::PeakAlloc;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use thrifty::meter::Metered;
use tracking_allocator::Allocator as TrackingAllocator;

use super::Entry;

static METERED: Metered<System> = Metered::new(System);
static STATS_ALLOC: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;
static DIVAN: AllocProfiler<System> = AllocProfiler::system();
static CAP: Cap<System> = Cap::new(System, usize::MAX);
static ALLOC_COUNTER: AllocCounter<System> = AllocCounter(System);
static MOD_ALLOC: ModAlloc = ModAlloc::new();
static TRACKING_ALLOCATOR: TrackingAllocator<System> = TrackingAllocator::system();

const SMALL: Layout = Layout::new::<[u8; 64]>();
const BIG: usize = 64 << 20;

#[inline(never)]
fn pair<A: GlobalAlloc>(allocator: &A, ops: u64) {
    for _ in 0..ops {
        // SAFETY: the layout's size is 64, not zero.
        let block = unsafe { allocator.alloc(SMALL) };
        let block = black_box(usable(block, SMALL));
        // SAFETY: `block` came from this allocator with this layout and is freed only here.
        unsafe { allocator.dealloc(block, SMALL) };
    }
}

#[inline(never)]
fn zeroed<A: GlobalAlloc>(allocator: &A, ops: u64) {
    let layout = bytes(BIG);
    for _ in 0..ops {
        // SAFETY: the layout's size is 64 MiB, not zero.
        let block = unsafe { allocator.alloc_zeroed(layout) };
        let block = black_box(usable(block, layout));
        // SAFETY: `block` came from this allocator with this layout and is freed only here.
        unsafe { allocator.dealloc(block, layout) };
    }
}

#[inline(never)]
fn grow<A: GlobalAlloc>(allocator: &A, ops: u64) {
    for _ in 0..ops {
        let mut layout = bytes(1);
        // SAFETY: the layout's size is 1, not zero.
        let mut block = usable(unsafe { allocator.alloc(layout) }, layout);
        while layout.size() < BIG {
            let larger = bytes(2 * layout.size());
            // SAFETY: `block` came from this allocator with `layout`; the new size is neither
            // zero nor above 64 MiB, which is far below `isize::MAX`.
            let moved = unsafe { allocator.realloc(block, layout, larger.size()) };
            block = black_box(usable(moved, larger));
            layout = larger;
        }
        // SAFETY: `block` came from this allocator, `layout` is its last one, and it is freed
        // only here.
        unsafe { allocator.dealloc(block, layout) };
    }
}

/// What a caller sees of an allocator: kept content, zeroed memory.
fn behaviour<A: GlobalAlloc>(allocator: &A) -> Vec<u64> {
    let page = bytes(4096);
    // SAFETY: the layout's size is 64, not zero.
    let block = usable(unsafe { allocator.alloc(SMALL) }, SMALL);
    // SAFETY: `block` points to 64 bytes that nothing else refers to.
    unsafe { block.write_bytes(7, SMALL.size()) };
    // SAFETY: `block` came from this allocator with `SMALL`; the new size is a page's.
    let block = usable(unsafe { allocator.realloc(block, SMALL, page.size()) }, page);
    // SAFETY: `realloc` kept the first 64 bytes, which were written above.
    let kept = unsafe { slice::from_raw_parts(block, SMALL.size()) }.to_vec();
    // SAFETY: `block` came from this allocator, and since `realloc` its layout is `SMALL` with a
    // page's size: alignment 1 in both.
    unsafe { allocator.dealloc(block, page) };

    // SAFETY: the layout's size is 4096, not zero.
    let block = usable(unsafe { allocator.alloc_zeroed(page) }, page);
    // SAFETY: `alloc_zeroed` has initialised all 4096 bytes.
    let zeroed = unsafe { slice::from_raw_parts(block, page.size()) }.to_vec();
    // SAFETY: `block` came from this allocator with this layout and is freed only here.
    unsafe { allocator.dealloc(block, page) };

    kept.into_iter().chain(zeroed).map(u64::from).collect()
}

fn bytes(size: usize) -> Layout {
    Layout::array::<u8>(size).expect("at most 64 MiB")
}

fn usable(block: *mut u8, layout: Layout) -> *mut u8 {
    assert!(!block.is_null(), "no memory for {layout:?}");
    block
}

macro_rules! entries {
    ($($name:literal => $allocator:expr),* $(,)?) => {
        /// All allocators in the cases `pair-64`, `zeroed-64m` and `grow-64m`.
        pub static ENTRIES: &[Entry] = &[
            $(
                Entry {
                    case: "pair-64",
                    name: $name,
                    run: |ops| pair(&$allocator, ops),
                    result: || behaviour(&$allocator),
                },
                Entry {
                    case: "zeroed-64m",
                    name: $name,
                    run: |ops| zeroed(&$allocator, ops),
                    result: || behaviour(&$allocator),
                },
                Entry {
                    case: "grow-64m",
                    name: $name,
                    run: |ops| grow(&$allocator, ops),
                    result: || behaviour(&$allocator),
                },
            )*
        ];
    };
}

entries! {
    "thrifty" => METERED,
    "system" => System,
    "stats_alloc" => STATS_ALLOC,
    "divan" => DIVAN,
    "cap" => CAP,
    "peak_alloc" => PeakAlloc,
    "dhat" => dhat::Alloc,
    "alloc_counter" => ALLOC_COUNTER,
    "mod-alloc" => MOD_ALLOC,
    "tracking-allocator" => TRACKING_ALLOCATOR,
}
