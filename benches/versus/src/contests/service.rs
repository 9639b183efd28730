//! The example service, in process.

use super::{Contest, Driver, Entrant, plain};
use crate::peers::Who;

pub(super) static CONTESTS: &[Contest] = &[
    plain("service/thrifty-vs-naive", "order", &THRIFTY, ORDERS),
    plain("service/thrifty-vs-existing", "order", &THRIFTY, ORDERS),
    plain("service/prost", "prost", &SHARED, MESSAGES),
];

const PLAIN: Driver = Driver { program: "driver-service", feature: "service" };
const COUNTED: Driver = Driver { program: "driver-service-metered", feature: "service-metered" };

static THRIFTY: Entrant = variant("thrifty");
static ORDERS: &[Entrant] = &[variant("naive"), variant("existing"), variant("thrifty")];
static SHARED: Entrant = message("prost, Bytes fields");
static MESSAGES: &[Entrant] = &[message("prost, String fields"), message("prost, Bytes fields")];

const fn variant(name: &'static str) -> Entrant {
    Entrant::new(Who::Variant(name), PLAIN, name)
}

const fn message(name: &'static str) -> Entrant {
    Entrant::new(Who::Use(name, "prost"), COUNTED, name)
}
