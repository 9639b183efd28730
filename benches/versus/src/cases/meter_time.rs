//! Allocators called directly, none of them installed, so that one process can alternate them.

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
use super::values::{behaviour, grow, pair, zeroed};

static METERED: Metered<System> = Metered::new(System);
static STATS_ALLOC: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;
static DIVAN: AllocProfiler<System> = AllocProfiler::system();
static CAP: Cap<System> = Cap::new(System, usize::MAX);
static ALLOC_COUNTER: AllocCounter<System> = AllocCounter(System);
static MOD_ALLOC: ModAlloc = ModAlloc::new();
static TRACKING_ALLOCATOR: TrackingAllocator<System> = TrackingAllocator::system();

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
