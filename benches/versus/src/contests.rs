//! How each claim is measured: which program, which implementations, who they are.

use crate::peers::Who;

/// A program that the scoreboard builds with one feature and runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Driver {
    pub(crate) program: &'static str,
    pub(crate) feature: &'static str,
}

/// An implementation, and the program that holds it.
#[derive(Debug)]
pub(crate) struct Entrant {
    pub(crate) who: Who,
    pub(crate) driver: Driver,
    /// Its name inside the driver.
    pub(crate) name: &'static str,
}

/// The implementations that are measured for one claim.
#[derive(Debug)]
pub(crate) struct Contest {
    /// The claim's case.
    pub(crate) claim: &'static str,
    /// The case's name inside the drivers.
    pub(crate) case: &'static str,
    /// The allocator below all entrants.
    pub(crate) allocator: &'static str,
    pub(crate) ours: &'static Entrant,
    peers: &'static [Entrant],
    /// The peer from whose figure all others count: a figure is what is added to it.
    floor: Option<&'static str>,
    /// Peers whose single operation takes millions of instructions.
    slow: &'static [&'static str],
}

impl Contest {
    pub(crate) fn of(claim: &str) -> Option<&'static Self> {
        CONTESTS.iter().find(|contest| contest.claim == claim)
    }

    /// All entrants but ours and the floor.
    pub(crate) fn peers(&self) -> impl Iterator<Item = &'static Entrant> {
        let ours = self.ours.who.name();
        let is_peer = move |name| Some(name) != self.floor && name != ours;
        self.peers.iter().filter(move |peer| is_peer(peer.who.name()))
    }

    pub(crate) fn floor(&self) -> Option<&'static Entrant> {
        self.peers.iter().find(|peer| Some(peer.who.name()) == self.floor)
    }

    /// Over how many operations instructions are counted.
    ///
    /// So many that what happens only now and then is in the figure. Ten are enough for, and all
    /// that can be waited for with, a peer that reads or writes 64 MiB each time: up to 67 million
    /// instructions, which take callgrind a second.
    pub(crate) fn operations(&self, entrant: &Entrant) -> u32 {
        if self.slow.contains(&entrant.who.name()) { 10 } else { 1_000 }
    }
}

/// The contest of every claim.
pub(crate) static CONTESTS: &[Contest] = &[
    Contest {
        claim: "meter/pair-64",
        case: "pair-64",
        allocator: "System",
        ours: &METERED,
        peers: ALLOCATORS,
        floor: Some("system"),
        slow: &[],
    },
    Contest {
        claim: "meter/pair-64-counts",
        case: "pair-64",
        allocator: "System",
        ours: &COUNTS,
        peers: ALLOCATORS,
        floor: Some("system"),
        slow: &[],
    },
    Contest {
        claim: "meter/zeroed-64m",
        case: "zeroed-64m",
        allocator: "System",
        ours: &METERED,
        peers: ALLOCATORS,
        floor: None,
        slow: &["dhat", "allocation-counter", "tracking-allocator"],
    },
    Contest {
        claim: "meter/grow-64m",
        case: "grow-64m",
        allocator: "System",
        ours: &METERED,
        peers: ALLOCATORS,
        floor: None,
        slow: &["peak_alloc", "allocation-counter", "tracking-allocator"],
    },
    plain("meter/pair-64-time", "pair-64", &METERED_VALUE, ALLOCATOR_VALUES),
    plain("meter/zeroed-64m-time", "zeroed-64m", &METERED_VALUE, ALLOCATOR_VALUES),
    plain("meter/grow-64m-time", "grow-64m", &METERED_VALUE, ALLOCATOR_VALUES),
    plain("meter/pair-64-2threads", "pair-64", &METERED_VALUE, COUNTING_VALUES),
    plain("meter/counting-naive", "request", &NAIVE_METERED, NAIVE_ON_SYSTEM),
    plain("meter/counting-naive-counts", "request", &NAIVE_COUNTS, NAIVE_ON_SYSTEM),
    plain("inline/vec-4", "vec-4", &SMALL_VEC, LISTS),
    plain("inline/vec-8", "vec-8", &SMALL_VEC, LISTS),
    plain("inline/vec-8-allocations", "vec-8", &SMALL_VEC_METERED, LISTS_METERED),
    plain("inline/vec-8-bytes", "vec-8", &SMALL_VEC_METERED, LISTS_METERED),
    plain("report/best-vs-naive", "request", &BEST, VARIANTS),
    plain("report/existing-vs-naive", "request", &EXISTING, VARIANTS),
    plain("report/best-allocations", "request", &BEST_METERED, VARIANTS_METERED),
    plain("report/existing-allocations", "request", &EXISTING_METERED, VARIANTS_METERED),
];

const fn plain(
    claim: &'static str,
    case: &'static str,
    ours: &'static Entrant,
    peers: &'static [Entrant],
) -> Contest {
    Contest { claim, case, allocator: "System", ours, peers, floor: None, slow: &[] }
}

// Room `meter`, each allocator in a program of its own.

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

const SYSTEM: Who = Who::Std("system", "std::alloc::System");

const fn global(who: Who, program: &'static str, feature: &'static str) -> Entrant {
    Entrant { who, driver: Driver { program, feature }, name: "global" }
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
    Entrant { who, driver, name }
}

// Room `inline`, on the plain allocator and on one that counts.

static SMALL_VEC: Entrant = list(LISTS_PLAIN, Who::Thrifty, "thrifty");
static LISTS: &[Entrant] = &lists(LISTS_PLAIN);
static SMALL_VEC_METERED: Entrant = list(LISTS_COUNTED, Who::Thrifty, "thrifty");
static LISTS_METERED: &[Entrant] = &lists(LISTS_COUNTED);

const LISTS_PLAIN: Driver = Driver { program: "driver-inline", feature: "inline" };
const LISTS_COUNTED: Driver =
    Driver { program: "driver-inline-metered", feature: "inline-metered" };

const fn lists(driver: Driver) -> [Entrant; 5] {
    [
        list(driver, Who::Std("vec", "std::vec::Vec"), "vec"),
        list(driver, Who::Std("vec-with-capacity", "Vec::with_capacity"), "vec-with-capacity"),
        list(driver, Who::Crate("smallvec", "2."), "smallvec"),
        list(driver, Who::Crate("tinyvec", ""), "tinyvec"),
        list(driver, Who::Crate("arrayvec", ""), "arrayvec"),
    ]
}

const fn list(driver: Driver, who: Who, name: &'static str) -> Entrant {
    Entrant { who, driver, name }
}

// The report's request, likewise.

static BEST: Entrant = variant(VARIANTS_PLAIN, "zero_copy_inline");
static EXISTING: Entrant = variant(VARIANTS_PLAIN, "existing");
static VARIANTS: &[Entrant] = &variants(VARIANTS_PLAIN);
static BEST_METERED: Entrant = variant(VARIANTS_COUNTED, "zero_copy_inline");
static EXISTING_METERED: Entrant = variant(VARIANTS_COUNTED, "existing");
static VARIANTS_METERED: &[Entrant] = &variants(VARIANTS_COUNTED);

const VARIANTS_PLAIN: Driver = Driver { program: "driver-report", feature: "report" };
const VARIANTS_COUNTED: Driver =
    Driver { program: "driver-report-metered", feature: "report-metered" };

// What counting costs its naive variant: the same code on each allocator.

static NAIVE_METERED: Entrant = naive(Who::Thrifty, VARIANTS_COUNTED);
static NAIVE_COUNTS: Entrant =
    naive(Who::Thrifty, Driver { program: "driver-report-counts", feature: "report-metered" });
static NAIVE_ON_SYSTEM: &[Entrant] = &[naive(SYSTEM, VARIANTS_PLAIN)];

const fn naive(who: Who, driver: Driver) -> Entrant {
    Entrant { who, driver, name: "naive" }
}

const fn variants(driver: Driver) -> [Entrant; 9] {
    [
        variant(driver, "naive"),
        variant(driver, "buffers"),
        variant(driver, "zero_copy"),
        variant(driver, "inline"),
        variant(driver, "numbers"),
        variant(driver, "buffers_zero_copy"),
        variant(driver, "zero_copy_inline"),
        variant(driver, "owned"),
        variant(driver, "existing"),
    ]
}

const fn variant(driver: Driver, name: &'static str) -> Entrant {
    Entrant { who: Who::Variant(name), driver, name }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::claims::{Against, CLAIMS};

    #[test]
    fn every_claim_has_one_contest_and_every_contest_a_claim() {
        let claims: HashSet<_> = CLAIMS.iter().map(|claim| claim.case).collect();
        let contests: HashSet<_> = CONTESTS.iter().map(|contest| contest.claim).collect();
        assert_eq!(claims.len(), CLAIMS.len(), "a case id is used twice");
        assert_eq!(contests.len(), CONTESTS.len(), "a case id is used twice");
        assert_eq!(claims, contests);
    }

    #[test]
    fn named_peers_floors_and_slow_peers_exist() {
        for claim in CLAIMS {
            let contest = Contest::of(claim.case).unwrap();
            let named = |name| contest.peers().any(|peer| peer.who.name() == name);
            if let Against::Named(name) = claim.against {
                assert!(named(name), "{}: no peer {name}", claim.case);
            }
            assert_eq!(contest.floor().is_some(), contest.floor.is_some(), "{}", claim.case);
            assert!(contest.slow.iter().all(|name| named(name)), "{}", claim.case);
        }
    }

    #[test]
    fn what_shares_a_timed_row_shares_a_process() {
        for claim in CLAIMS.iter().filter(|claim| !claim.metric.is_exact()) {
            let contest = Contest::of(claim.case).unwrap();
            assert!(contest.peers().all(|peer| peer.driver == contest.ours.driver));
        }
    }
}
