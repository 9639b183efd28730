//! Small maps, on the plain allocator and on one that counts.

use super::{Contest, Driver, Entrant, plain};
use crate::peers::Who;

pub(super) static CONTESTS: &[Contest] = &[
    plain("inline/map-u32-8", "map-u32-8", &SMALL_MAP, ALL),
    plain("inline/map-u32-8-time", "map-u32-8", &SMALL_MAP, ALL),
    plain("inline/map-u32-16", "map-u32-16", &SMALL_MAP, ALL),
    plain("inline/map-u32-16-instructions", "map-u32-16", &SMALL_MAP, ALL),
    plain("inline/map-str-8", "map-str-8", &SMALL_MAP, ALL),
    plain("inline/map-str-8-time", "map-str-8", &SMALL_MAP, ALL),
    plain("inline/map-u32-8-vs-std", "map-u32-8", &SMALL_MAP_DEFAULT, ALL),
    plain("inline/map-str-8-vs-std", "map-str-8", &SMALL_MAP_DEFAULT, ALL),
    plain("inline/map-spilled", "map-u32-24", &SMALL_MAP, SPILLING),
    plain("inline/map-spilled-instructions", "map-u32-24", &SMALL_MAP, SPILLING),
    plain("inline/map-u32-8-allocations", "map-u32-8", &SMALL_MAP_METERED, ALL_METERED),
    plain("inline/map-u32-9-allocations", "map-u32-9", &SMALL_MAP_METERED, SPILLING_METERED),
];

static SMALL_MAP: Entrant = map(PLAIN, Who::Thrifty, "thrifty");
static SMALL_MAP_DEFAULT: Entrant = map(PLAIN, Who::Thrifty, "thrifty-default");
static SMALL_MAP_METERED: Entrant = map(COUNTED, Who::Thrifty, "thrifty");
static ALL: &[Entrant] = &all(PLAIN);
static ALL_METERED: &[Entrant] = &all(COUNTED);
static SPILLING: &[Entrant] = &spilling(PLAIN);
static SPILLING_METERED: &[Entrant] = &spilling(COUNTED);

const PLAIN: Driver = Driver { program: "driver-maps", feature: "maps" };
const COUNTED: Driver = Driver { program: "driver-maps-metered", feature: "maps-metered" };

const fn all(driver: Driver) -> [Entrant; 10] {
    let [std, btree, hashbrown, small_map, turbocow, small_hash_map, halfbrown, tinymap] =
        spilling(driver);
    [
        std,
        btree,
        hashbrown,
        small_map,
        turbocow,
        small_hash_map,
        halfbrown,
        tinymap,
        map(driver, Who::Crate("micromap", ""), "micromap"),
        map(driver, Who::Crate("heapless", ""), "heapless"),
    ]
}

const fn spilling(driver: Driver) -> [Entrant; 8] {
    [
        map(driver, Who::Std("std", "std::collections::HashMap"), "std"),
        map(driver, Who::Std("btree", "std::collections::BTreeMap"), "btree"),
        map(driver, Who::Crate("hashbrown", "0.17"), "hashbrown"),
        map(driver, Who::Crate("small-map", ""), "small-map"),
        map(driver, Who::Crate("turbocow", ""), "turbocow"),
        map(driver, Who::Crate("small_hash_map", ""), "small_hash_map"),
        map(driver, Who::Crate("halfbrown", ""), "halfbrown"),
        map(driver, Who::Crate("tinymap", ""), "tinymap"),
    ]
}

const fn map(driver: Driver, who: Who, name: &'static str) -> Entrant {
    Entrant::new(who, driver, name)
}
