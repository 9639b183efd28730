//! Pools, on the plain allocator and on one that counts.

use super::{Contest, Driver, Entrant, plain};
use crate::peers::Who;

pub(super) static CONTESTS: &[Contest] = &[
    net("pool/get-put-4k-dynamic", &OURS),
    net("pool/get-put-4k-static", &STATIC),
    plain("pool/get-put-time-64", "get-put-64", &OURS, POOLS),
    plain("pool/get-put-time-1k", "get-put-1k", &OURS, POOLS),
    plain("pool/get-put-time-4k", "get-put-4k", &OURS, POOLS),
    plain("pool/get-put-time-16k", "get-put-16k", &OURS, POOLS),
    plain("pool/get-put-time-64k", "get-put-64k", &OURS, POOLS),
    plain("pool/get-put-time-1m", "get-put-1m", &OURS, POOLS),
    plain("pool/burst-16k-written", "burst-16k-written", &OURS, POOLS_AND_LOCAL),
    plain("pool/burst-16k-vs-tuned", "burst-16k-written", &OURS, TUNED_TOO),
    plain("pool/burst-16k-vs-tuned-glibc", "burst-16k-written", &OURS_TUNED, MALLOC_TUNED),
    on("mimalloc", "pool/vs-mimalloc-4k", "get-put-4k", &OURS_MIMALLOC, MIMALLOC),
    on("mimalloc", "pool/vs-mimalloc-64k", "get-put-64k", &OURS_MIMALLOC, MIMALLOC),
    on("mimalloc", "pool/burst-1k-vs-mimalloc", "burst-1k", &OURS_MIMALLOC, MIMALLOC),
    on("jemalloc", "pool/vs-jemalloc-64", "get-put-64", &OURS_JEMALLOC, JEMALLOC),
    plain("pool/two-threads-1k", "two-threads-1k", &OURS, POOLS),
    plain("pool/two-threads-scaling", "get-put-1k", &OURS, POOLS),
    above_channel("pool/cross-thread-1k", &OURS, POOLS_AND_CHANNEL),
    plain("pool/vs-oxidizer-4k", "get-put-4k", &OURS_OXIDIZER, OXIDIZER),
    plain("pool/vs-oxidizer-burst-16k", "burst-16k-written", &OURS_OXIDIZER, OXIDIZER),
    plain("pool/vs-oxidizer-two-threads", "two-threads-1k", &OURS_OXIDIZER, OXIDIZER),
    above_channel("pool/vs-oxidizer-cross-thread", &OURS_OXIDIZER, OXIDIZER_AND_CHANNEL),
    plain("pool/vs-bytesbuf-freeze", "freeze", &OURS_OXIDIZER, BYTESBUF),
    plain("pool/vs-multitude-arena", "arena", &OURS_OXIDIZER, MULTITUDE),
    plain("pool/freeze-pooled", "freeze", &OURS, BYTES),
    plain("pool/freeze-pooled-allocations", "freeze", &OURS_METERED, BYTES_METERED),
    plain("pool/freeze-bytes", "into-bytes", &OURS, BYTES),
    plain("pool/freeze-bytes-allocations", "into-bytes", &OURS_METERED, BYTES_METERED),
    plain("pool/get-zeroed", "get-zeroed", &OURS, ZEROS),
    plain("pool/scratch", "scratch", &OURS, LINES),
    plain("pool/recycle", "recycle", &OURS, FIELDS),
    plain("pool/arena", "arena", &OURS, ARENAS),
    plain("pool/arena-allocations", "arena", &OURS_METERED, ARENAS_METERED),
];

static OURS: Entrant = entrant(PLAIN, Who::Thrifty, "thrifty");
static OURS_METERED: Entrant = entrant(COUNTED, Who::Thrifty, "thrifty");
static OURS_TUNED: Entrant = entrant(TUNED, Who::Thrifty, "thrifty");
static OURS_MIMALLOC: Entrant = entrant(ON_MIMALLOC, Who::Thrifty, "thrifty");
static OURS_JEMALLOC: Entrant = entrant(ON_JEMALLOC, Who::Thrifty, "thrifty");
static OURS_OXIDIZER: Entrant = entrant(ON_OXIDIZER, Who::Thrifty, "thrifty");
static STATIC: Entrant = entrant(PLAIN, Who::Thrifty, "thrifty-static");

static POOLS: &[Entrant] = &entrants(PLAIN, POOL);
static POOLS_AND_LOCAL: &[Entrant] = &entrants::<13>(PLAIN, and([LIFEGUARD]));
static POOLS_AND_LOOP: &[Entrant] = &entrants::<14>(PLAIN, and([LIFEGUARD, LOOP]));
static POOLS_AND_CHANNEL: &[Entrant] = &entrants::<13>(PLAIN, and([CHANNEL]));
static TUNED_TOO: &[Entrant] =
    &entrants::<14>(PLAIN, and([LIFEGUARD, Who::Use("zeropool-tuned", "zeropool")]));
static OXIDIZER: &[Entrant] = &entrants(ON_OXIDIZER, [GLOBAL_POOL, PLURALITY]);
static OXIDIZER_AND_CHANNEL: &[Entrant] = &entrants(ON_OXIDIZER, [GLOBAL_POOL, PLURALITY, CHANNEL]);
static BYTESBUF: &[Entrant] = &entrants(ON_OXIDIZER, [GLOBAL_POOL]);
static MULTITUDE: &[Entrant] = &entrants(ON_OXIDIZER, [Who::Crate("multitude", "")]);
static MALLOC_TUNED: &[Entrant] = &entrants(TUNED, [MALLOC]);
static MIMALLOC: &[Entrant] = &[entrant(ON_MIMALLOC, Who::Crate("mimalloc", ""), "malloc")];
static JEMALLOC: &[Entrant] =
    &[entrant(ON_JEMALLOC, Who::Crate("tikv-jemallocator", ""), "malloc")];
static BYTES: &[Entrant] = &entrants(PLAIN, FROZEN);
static BYTES_METERED: &[Entrant] = &entrants(COUNTED, FROZEN);
static ZEROS: &[Entrant] =
    &entrants(PLAIN, [Who::Crate("zeropool", ""), Who::Std("vec!", "vec![0; 4096]")]);
static LINES: &[Entrant] =
    &entrants(PLAIN, [VEC_NEW, VEC_WITH_CAPACITY, Who::Std("cleared", "a Vec that is cleared")]);
static FIELDS: &[Entrant] = &entrants(PLAIN, [VEC_NEW, VEC_WITH_CAPACITY]);
static ARENAS: &[Entrant] = &arenas(PLAIN);
static ARENAS_METERED: &[Entrant] = &arenas(COUNTED);

const PLAIN: Driver = Driver { program: "driver-pool", feature: "pool" };
const COUNTED: Driver = Driver { program: "driver-pool-metered", feature: "pool-metered" };

const ON_MIMALLOC: Driver = Driver { program: "driver-pool-mimalloc", feature: "pool-mimalloc" };
const ON_JEMALLOC: Driver = Driver { program: "driver-pool-jemalloc", feature: "pool-jemalloc" };
const ON_OXIDIZER: Driver = Driver { program: "driver-pool-oxidizer", feature: "pool-oxidizer" };
const TUNED: Driver = Driver { program: "driver-pool-tuned", feature: "pool-tuned" };
const MALLOC: Who = Who::Std("malloc", "no pool, malloc");
const CHANNEL: Who = Who::Std("channel", "the channel alone");
const LOOP: Who = Who::Std("loop", "the loop alone");
const VEC_NEW: Who = Who::Std("Vec::new", "Vec::new");
const VEC_WITH_CAPACITY: Who = Who::Std("Vec::with_capacity", "Vec::with_capacity");
const GLOBAL_POOL: Who = Who::Crate("bytesbuf", "");
const PLURALITY: Who = Who::Crate("plurality", "");
/// No thread can share it with another one.
const LIFEGUARD: Who = Who::Crate("lifeguard", "");
const POOL: [Who; 12] = [
    MALLOC,
    Who::Std("Mutex<Vec>", "Mutex<Vec>"),
    Who::Crate("crossbeam-queue", ""),
    Who::Crate("object-pool", ""),
    Who::Crate("lockfree-object-pool", ""),
    Who::Crate("opool", ""),
    Who::Crate("sharded-slab", ""),
    Who::Crate("zeropool", ""),
    Who::Crate("byte-pool", ""),
    Who::Crate("bufpool", ""),
    Who::Crate("dynamic-pool", ""),
    Who::Crate("deadpool", ""),
];
const FROZEN: [Who; 2] = [Who::Crate("bytes", ""), Who::Std("Vec", "Vec, Bytes::from")];

/// Figures are what is added to the loop's.
const fn net(claim: &'static str, ours: &'static Entrant) -> Contest {
    Contest { floor: Some("loop"), ..plain(claim, "get-put-4k", ours, POOLS_AND_LOOP) }
}

/// Figures are what is added to the time of the channel.
const fn above_channel(
    claim: &'static str,
    ours: &'static Entrant,
    peers: &'static [Entrant],
) -> Contest {
    Contest { floor: Some("channel"), ..plain(claim, "cross-thread-1k", ours, peers) }
}

/// The pool on another allocator, beside that allocator.
const fn on(
    allocator: &'static str,
    claim: &'static str,
    case: &'static str,
    ours: &'static Entrant,
    peers: &'static [Entrant],
) -> Contest {
    Contest { allocator, ..plain(claim, case, ours, peers) }
}

const fn arenas(driver: Driver) -> [Entrant; 2] {
    let reset = Who::Use("bumpalo-reset", "bumpalo");
    entrants(driver, [Who::Crate("bumpalo", ""), reset])
}

/// The pools that threads can share, and some more.
const fn and<const MORE: usize, const ALL: usize>(more: [Who; MORE]) -> [Who; ALL] {
    assert!(ALL == POOL.len() + MORE);
    let mut all = [LOOP; ALL];
    let mut at = 0;
    while at < ALL {
        all[at] = if at < POOL.len() { POOL[at] } else { more[at - POOL.len()] };
        at += 1;
    }
    all
}

/// In the drivers they have the names that claims use.
const fn entrants<const N: usize>(driver: Driver, who: [Who; N]) -> [Entrant; N] {
    let mut entrants = [const { entrant(PLAIN, Who::Thrifty, "thrifty") }; N];
    let mut at = 0;
    while at < N {
        entrants[at] = entrant(driver, who[at], who[at].name());
        at += 1;
    }
    entrants
}

const fn entrant(driver: Driver, who: Who, name: &'static str) -> Entrant {
    Entrant::new(who, driver, name)
}
