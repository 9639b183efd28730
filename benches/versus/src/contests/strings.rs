//! Short text, on the plain allocator and on one that counts.

use super::{Contest, Driver, Entrant, plain};
use crate::peers::Who;

pub(super) static CONTESTS: &[Contest] = &[
    plain("inline/format", "format", &OURS, FORMATTED),
    plain("inline/format-instructions", "format", &OURS, FORMATTED),
    plain("inline/concat", "concat", &OURS, CONCATENATED),
    plain("inline/concat-vs-smolstr", "concat", &OURS, CONCATENATED),
    plain("inline/push-char", "push-char", &OURS, PUSHED),
    plain("inline/push-char-instructions", "push-char", &OURS, PUSHED),
    plain("inline/format-spilled", "format-spilled", &OURS, SPILLED),
    plain("inline/format-spilled-instructions", "format-spilled", &OURS, SPILLED),
    plain("inline/format-allocations", "format", &OURS_METERED, FORMATTED_METERED),
    plain("inline/format-spilled-allocations", "format-spilled", &OURS_METERED, SPILLED_METERED),
];

static OURS: Entrant = text(PLAIN, Who::Thrifty, "thrifty");
static OURS_METERED: Entrant = text(COUNTED, Who::Thrifty, "thrifty");
static FORMATTED: &[Entrant] = &formatted(PLAIN);
static FORMATTED_METERED: &[Entrant] = &formatted(COUNTED);
static SPILLED: &[Entrant] = &spilled(PLAIN);
static SPILLED_METERED: &[Entrant] = &spilled(COUNTED);

static CONCATENATED: &[Entrant] = &[
    text(PLAIN, FORMAT, "format!"),
    text(PLAIN, Who::Std("String", "String and itoa"), "String"),
    text(
        PLAIN,
        Who::Std("String::with_capacity", "String::with_capacity and itoa"),
        "String::with_capacity",
    ),
    text(PLAIN, Who::Crate("compact_str", ""), "compact_str"),
    text(PLAIN, Who::Crate("smol_str", ""), "smol_str"),
    text(PLAIN, Who::Crate("smallstr", ""), "smallstr"),
    text(PLAIN, Who::Crate("ecow", ""), "ecow"),
    text(PLAIN, Who::Crate("arrayvec", ""), "arrayvec"),
];

static PUSHED: &[Entrant] = &[
    text(PLAIN, Who::Std("String", "String"), "String"),
    text(
        PLAIN,
        Who::Std("String::with_capacity", "String::with_capacity"),
        "String::with_capacity",
    ),
    text(PLAIN, Who::Crate("compact_str", ""), "compact_str"),
    text(PLAIN, Who::Crate("ecow", ""), "ecow"),
    text(PLAIN, Who::Crate("smallstr", ""), "smallstr"),
    text(PLAIN, Who::Crate("arrayvec", ""), "arrayvec"),
];

const PLAIN: Driver = Driver { program: "driver-strings", feature: "strings" };
const COUNTED: Driver = Driver { program: "driver-strings-metered", feature: "strings-metered" };
const FORMAT: Who = Who::Std("format!", "format!");

const fn formatted(driver: Driver) -> [Entrant; 7] {
    let [format, compact_str, smol_str, ecow, hipstr, smallstr] = spilled(driver);
    let arrayvec = text(driver, Who::Crate("arrayvec", ""), "arrayvec");
    [format, compact_str, smol_str, ecow, hipstr, smallstr, arrayvec]
}

const fn spilled(driver: Driver) -> [Entrant; 6] {
    [
        text(driver, FORMAT, "format!"),
        text(driver, Who::Crate("compact_str", ""), "compact_str"),
        text(driver, Who::Crate("smol_str", ""), "smol_str"),
        text(driver, Who::Crate("ecow", ""), "ecow"),
        text(driver, Who::Crate("hipstr", ""), "hipstr"),
        text(driver, Who::Crate("smallstr", ""), "smallstr"),
    ]
}

const fn text(driver: Driver, who: Who, name: &'static str) -> Entrant {
    Entrant::new(who, driver, name)
}
