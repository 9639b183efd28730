//! Allocators that count, beside the bare one.

use super::report::{VARIANTS_COUNTED, VARIANTS_PLAIN};
use super::{Contest, Driver, Entrant, SYSTEM, plain};
use crate::peers::Who;

pub(super) static CONTESTS: &[Contest] = &[
    Contest {
        claim: "meter/pair-64",
        case: "pair-64",
        allocator: "System",
        ours: &METERED,
        peers: ALLOCATORS,
        floor: Some("system"),
        operations: 1_000,
        slow: &[],
    },
    Contest {
        claim: "meter/pair-64-counts",
        case: "pair-64",
        allocator: "System",
        ours: &COUNTS,
        peers: ALLOCATORS,
        floor: Some("system"),
        operations: 1_000,
        slow: &[],
    },
    Contest {
        claim: "meter/zeroed-64m",
        case: "zeroed-64m",
        allocator: "System",
        ours: &METERED,
        peers: ALLOCATORS,
        floor: None,
        operations: 1_000,
        slow: &["dhat", "allocation-counter", "tracking-allocator"],
    },
    Contest {
        claim: "meter/grow-64m",
        case: "grow-64m",
        allocator: "System",
        ours: &METERED,
        peers: ALLOCATORS,
        floor: None,
        operations: 1_000,
        slow: &["peak_alloc", "allocation-counter", "tracking-allocator"],
    },
    plain("meter/pair-64-time", "pair-64", &METERED_VALUE, ALLOCATOR_VALUES),
    plain("meter/zeroed-64m-time", "zeroed-64m", &METERED_VALUE, ALLOCATOR_VALUES),
    plain("meter/grow-64m-time", "grow-64m", &METERED_VALUE, ALLOCATOR_VALUES),
    plain("meter/pair-64-2threads", "pair-64", &METERED_VALUE, COUNTING_VALUES),
    plain("meter/counting-naive", "request", &NAIVE_METERED, NAIVE_ON_SYSTEM),
    plain("meter/counting-naive-counts", "request", &NAIVE_COUNTS, NAIVE_ON_SYSTEM),
];

// Each allocator in a program of its own.

static METERED: Entrant = global(Who::Thrifty, "driver-metered", "metered");
static COUNTS: Entrant = global(Who::Thrifty, "driver-counts", "metered");
static ALLOCATORS: &[Entrant] = &[
    global(SYSTEM, "driver-system", ""),
    global(Who::Crate("stats_alloc", ""), "driver-stats-alloc", "stats-alloc"),
    global(Who::Crate("divan", ""), "driver-divan", "divan"),
    global(Who::Crate("cap", ""), "driver-cap", "cap"),
    global(Who::Crate("peak_alloc", ""), "driver-peak-alloc", "peak-alloc"),
    global(Who::Crate("dhat", ""), "driver-dhat", "dhat"),
    global(Who::Crate("alloc_counter", ""), "driver-alloc-counter", "alloc-counter"),
    global(Who::Crate("allocation-counter", ""), "driver-allocation-counter", "allocation-counter"),
    global(Who::Crate("mod-alloc", ""), "driver-mod-alloc", "mod-alloc"),
    global(Who::Crate("tracking-allocator", ""), "driver-tracking-allocator", "tracking-allocator"),
    global(Who::Crate("alloc_tracker", ""), "driver-alloc-tracker", "alloc-tracker"),
];

const fn global(who: Who, program: &'static str, feature: &'static str) -> Entrant {
    Entrant::new(who, Driver { program, feature }, "global")
}

// Room `meter`, allocators called directly.

static METERED_VALUE: Entrant = value(Who::Thrifty, "thrifty");
static ALLOCATOR_VALUES: &[Entrant] = &[
    value(SYSTEM, "system"),
    value(Who::Crate("stats_alloc", ""), "stats_alloc"),
    value(Who::Crate("divan", ""), "divan"),
    value(Who::Crate("cap", ""), "cap"),
    value(Who::Crate("peak_alloc", ""), "peak_alloc"),
    value(Who::Crate("dhat", ""), "dhat"),
    value(Who::Crate("alloc_counter", ""), "alloc_counter"),
    value(Who::Crate("mod-alloc", ""), "mod-alloc"),
    value(Who::Crate("tracking-allocator", ""), "tracking-allocator"),
];
/// Those that several threads are expected to share.
static COUNTING_VALUES: &[Entrant] = &[
    value(Who::Crate("stats_alloc", ""), "stats_alloc"),
    value(Who::Crate("divan", ""), "divan"),
    value(Who::Crate("cap", ""), "cap"),
    value(Who::Crate("peak_alloc", ""), "peak_alloc"),
    value(Who::Crate("mod-alloc", ""), "mod-alloc"),
];

const fn value(who: Who, name: &'static str) -> Entrant {
    let driver = Driver { program: "driver-meter-time", feature: "meter-time" };
    Entrant::new(who, driver, name)
}

// What counting costs the report's naive variant: the same code on each allocator.

static NAIVE_METERED: Entrant = naive(Who::Thrifty, VARIANTS_COUNTED);
static NAIVE_COUNTS: Entrant =
    naive(Who::Thrifty, Driver { program: "driver-report-counts", feature: "report-metered" });
static NAIVE_ON_SYSTEM: &[Entrant] = &[naive(SYSTEM, VARIANTS_PLAIN)];

const fn naive(who: Who, driver: Driver) -> Entrant {
    Entrant::new(who, driver, "naive")
}
