//! Small collections, on the plain allocator and on one that counts.

use super::{Contest, Driver, Entrant, plain};
use crate::peers::Who;

pub(super) static CONTESTS: &[Contest] = &[
    plain("inline/vec-4", "vec-4", &SMALL_VEC, LISTS),
    plain("inline/vec-8", "vec-8", &SMALL_VEC, LISTS),
    plain("inline/vec-8-allocations", "vec-8", &SMALL_VEC_METERED, LISTS_METERED),
    plain("inline/vec-8-bytes", "vec-8", &SMALL_VEC_METERED, LISTS_METERED),
];

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
    Entrant::new(who, driver, name)
}
