//! Allocators as the process's own, each in a program of its own.

use super::{Contest, Driver, Entrant, SYSTEM};
use crate::peers::Who;

pub(super) static CONTESTS: &[Contest] = &[
    select("heap/select-overhead-16", "pair-16", V2, &BY_ENV, SHIM),
    select("heap/select-overhead-64", "pair-64", V2, &BY_ENV, SHIM),
    select("heap/select-overhead-1000", "pair-1000", V2, &BY_ENV, SHIM),
    select("heap/select-overhead-v3-16", "pair-16", V3, &BY_ENV_V3, SHIM_V3),
    select("heap/select-overhead-v3-64", "pair-64", V3, &BY_ENV_V3, SHIM_V3),
    select("heap/select-overhead-v3-1000", "pair-1000", V3, &BY_ENV_V3, SHIM_V3),
    beside("heap/select-vs-mimalloc-crate-16", "pair-16", V2, &BY_ENV, CRATE),
    beside("heap/select-vs-mimalloc-crate-64", "pair-64", V2, &BY_ENV, CRATE),
    beside("heap/select-vs-mimalloc-crate-1000", "pair-1000", V2, &BY_ENV, CRATE),
    beside("heap/select-vs-mimalloc-crate-v3-16", "pair-16", V3, &BY_ENV_V3, CRATE_V3),
    beside("heap/select-vs-mimalloc-crate-v3-64", "pair-64", V3, &BY_ENV_V3, CRATE_V3),
    beside("heap/select-vs-mimalloc-crate-v3-1000", "pair-1000", V3, &BY_ENV_V3, CRATE_V3),
    beside("heap/select-64-time", "pair-64", V2, &BY_ENV_VALUE, VALUES),
    beside("heap/select-64-time-vs-fixed", "pair-64", V2, &BY_ENV_VALUE, VALUES),
    beside("heap/shim-16", "pair-16", V2, &MIMALLOC, CRATE),
    beside("heap/shim-64", "pair-64", V2, &MIMALLOC, CRATE),
    beside("heap/shim-1000", "pair-1000", V2, &MIMALLOC, CRATE),
    beside("heap/shim-v3-16", "pair-16", V3, &MIMALLOC_V3, CRATE_V3),
    beside("heap/shim-v3-64", "pair-64", V3, &MIMALLOC_V3, CRATE_V3),
    beside("heap/shim-v3-1000", "pair-1000", V3, &MIMALLOC_V3, CRATE_V3),
    beside("heap/shim-v3-resident-48", "resident-48", V3, &MIMALLOC_V3, CRATE_V3),
    beside("heap/purge-system", "freed", "System", &PURGE_SYSTEM, LEAVE_SYSTEM),
    beside("heap/purge-mimalloc", "freed", V2, &PURGE_MIMALLOC, LEAVE_MIMALLOC),
    beside("heap/purge-jemalloc", "freed", "jemalloc", &PURGE_JEMALLOC, LEAVE_JEMALLOC),
];

const V2: &str = "mimalloc v2";
const V3: &str = "mimalloc v3";

/// What the choice adds to the same allocator without it.
const fn select(
    claim: &'static str,
    case: &'static str,
    allocator: &'static str,
    ours: &'static Entrant,
    peers: &'static [Entrant],
) -> Contest {
    Contest { floor: Some("fixed"), ..beside(claim, case, allocator, ours, peers) }
}

const fn beside(
    claim: &'static str,
    case: &'static str,
    allocator: &'static str,
    ours: &'static Entrant,
    peers: &'static [Entrant],
) -> Contest {
    // mimalloc tidies up only now and then.
    Contest { claim, case, allocator, ours, peers, floor: None, operations: 100_000, slow: &[] }
}

static BY_ENV: Entrant = global(Who::Thrifty, "driver-heap-by-env", LINE_2);
static MIMALLOC: Entrant = global(Who::Thrifty, "driver-heap-mimalloc", LINE_2);
static SHIM: &[Entrant] = &[global(FIXED, "driver-heap-mimalloc", LINE_2)];
static CRATE: &[Entrant] = &[global(MIMALLOC_CRATE, "driver-heap-mimalloc-crate", LINE_2)];

static BY_ENV_V3: Entrant = global(Who::Thrifty, "driver-heap-by-env-v3", LINE_3);
static MIMALLOC_V3: Entrant = global(Who::Thrifty, "driver-heap-mimalloc-v3", LINE_3);
static SHIM_V3: &[Entrant] = &[global(FIXED, "driver-heap-mimalloc-v3", LINE_3)];
static CRATE_V3: &[Entrant] = &[global(MIMALLOC_CRATE, "driver-heap-mimalloc-crate-v3", LINE_3)];

static BY_ENV_VALUE: Entrant = value(Who::Thrifty, "thrifty");
static VALUES: &[Entrant] =
    &[value(FIXED, "fixed"), value(MIMALLOC_CRATE, "mimalloc"), value(SYSTEM, "system")];

static PURGE_SYSTEM: Entrant = purged(LINE_SYSTEM);
static LEAVE_SYSTEM: &[Entrant] = &[left_alone(LINE_SYSTEM)];
static PURGE_MIMALLOC: Entrant = purged(LINE_MIMALLOC);
static LEAVE_MIMALLOC: &[Entrant] = &[left_alone(LINE_MIMALLOC)];
static PURGE_JEMALLOC: Entrant = purged(LINE_JEMALLOC);
static LEAVE_JEMALLOC: &[Entrant] = &[left_alone(LINE_JEMALLOC)];

const FIXED: Who = Who::Variant("fixed");
const MIMALLOC_CRATE: Who = Who::Crate("mimalloc", "");
const LINE_2: &str = "heap-mimalloc";
const LINE_3: &str = "heap-mimalloc-v3";
const LINE_SYSTEM: Driver = Driver { program: "driver-heap-system", feature: "heap" };
const LINE_MIMALLOC: Driver = Driver { program: "driver-heap-mimalloc", feature: LINE_2 };
const LINE_JEMALLOC: Driver = Driver { program: "driver-heap-jemalloc", feature: "heap-jemalloc" };

const fn global(who: Who, program: &'static str, feature: &'static str) -> Entrant {
    Entrant::new(who, Driver { program, feature }, "global")
}

/// An allocator that is called directly.
const fn value(who: Who, name: &'static str) -> Entrant {
    Entrant::new(who, Driver { program: "driver-heap-time", feature: "heap-time" }, name)
}

const fn purged(driver: Driver) -> Entrant {
    Entrant::new(Who::Thrifty, driver, "purged")
}

/// The same program, which frees and does nothing more.
const fn left_alone(driver: Driver) -> Entrant {
    Entrant::new(Who::Variant("left alone"), driver, "left alone")
}
