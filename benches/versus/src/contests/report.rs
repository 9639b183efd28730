//! The report's request, on the plain allocator and on one that counts.

use super::{Contest, Driver, Entrant, plain};
use crate::peers::Who;

pub(super) static CONTESTS: &[Contest] = &[
    plain("report/best-vs-naive", "request", &BEST, VARIANTS),
    plain("report/best-vs-existing", "request", &BEST, VARIANTS),
    plain("report/best-vs-pieces", "request", &BEST, VARIANTS),
    plain("report/existing-vs-naive", "request", &EXISTING, VARIANTS),
    plain("report/best-allocations", "request", &BEST_METERED, VARIANTS_METERED),
    plain("report/existing-allocations", "request", &EXISTING_METERED, VARIANTS_METERED),
];

static BEST: Entrant = variant(VARIANTS_PLAIN, "best");
static EXISTING: Entrant = variant(VARIANTS_PLAIN, "existing");
static VARIANTS: &[Entrant] = &variants(VARIANTS_PLAIN);
static BEST_METERED: Entrant = variant(VARIANTS_COUNTED, "best");
static EXISTING_METERED: Entrant = variant(VARIANTS_COUNTED, "existing");
static VARIANTS_METERED: &[Entrant] = &variants(VARIANTS_COUNTED);

pub(super) const VARIANTS_PLAIN: Driver = Driver { program: "driver-report", feature: "report" };
pub(super) const VARIANTS_COUNTED: Driver =
    Driver { program: "driver-report-metered", feature: "report-metered" };

const fn variants(driver: Driver) -> [Entrant; 14] {
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
        variant(driver, "small"),
        variant(driver, "shared"),
        variant(driver, "pooled"),
        variant(driver, "pieces"),
        variant(driver, "best"),
    ]
}

const fn variant(driver: Driver, name: &'static str) -> Entrant {
    Entrant::new(Who::Variant(name), driver, name)
}
