//! Text that is shared, on the plain allocator and on one that counts.

use super::{Contest, Driver, Entrant, plain};
use crate::peers::Who;

pub(super) static CONTESTS: &[Contest] = &[
    plain("share/head-fields", "head", &FIELDS, HEADS),
    plain("share/head-fields-instructions", "head", &FIELDS, HEADS),
    plain("share/head-fields-vs-borrowed", "head", &FIELDS, HEADS),
    plain("share/head-fields-vs-borrowed-instructions", "head", &FIELDS, HEADS),
    plain("share/head-fields-allocations", "head", &FIELDS_METERED, HEADS_METERED),
    plain("share/head-fields-read", "head-read", &FIELDS, HEADS),
    plain("share/head-fields-read-vs-borrowed", "head-read", &FIELDS, HEADS),
    plain("share/head-fields-httparse", "head-httparse", &FIELDS, HEADS),
    plain("share/head-str", "head", &OURS, HEADS),
    plain("share/head-str-instructions", "head", &OURS, HEADS),
    plain("share/head-str-vs-hipstr", "head", &OURS, HEADS),
    plain("share/head-str-vs-hipstr-instructions", "head", &OURS, HEADS),
    plain("share/head-str-read", "head-read", &OURS, HEADS),
    plain("share/head-str-httparse", "head-httparse", &OURS, HEADS),
    plain("share/head-str-api", "head-api", &OURS, HEADS),
    plain("share/head-slicer", "head", &SLICER, HEADS),
    plain("share/head-slicer-instructions", "head", &SLICER, HEADS),
    plain("share/slice-23", "slice-23", &OURS, TEXTS),
    plain("share/slice-23-instructions", "slice-23", &OURS, TEXTS),
    plain("share/slice-23-vs-hipstr", "slice-23", &OURS, TEXTS),
    plain("share/slice-23-vs-hipstr-instructions", "slice-23", &OURS, TEXTS),
    plain("share/new-inline", "new-inline", &OURS, TEXTS),
    plain("share/new-inline-instructions", "new-inline", &OURS, TEXTS),
    plain("share/clone-heap", "clone-heap", &OURS, TEXTS),
    plain("share/clone-heap-instructions", "clone-heap", &OURS, TEXTS),
    added("share/from-string-spare", "from-string-spare", TAKEN_METERED, "String alone"),
    plain("share/with-source", "with-source", &OURS, PARSED),
    plain("share/with-source-instructions", "with-source", &OURS, PARSED),
    added("share/with-source-allocations", "with-source", PARSED_METERED, "borrowed"),
    plain("share/cow-lowercase", "cow-lowercase", &OURS, COWS),
    plain("share/cow-lowercase-instructions", "cow-lowercase", &OURS, COWS),
    plain("share/cow-replace", "cow-replace", &OURS, COWS),
    plain("share/cow-replace-instructions", "cow-replace", &OURS, COWS),
    plain("share/cow-changed", "cow-changed", &OURS, COWS),
    plain("share/cow-changed-instructions", "cow-changed", &OURS, COWS),
    plain("share/clone-from", "clone-from", &OURS_METERED, COPIES_METERED),
];

static OURS: Entrant = text(PLAIN, Who::Thrifty, "thrifty");
static OURS_METERED: Entrant = text(COUNTED, Who::Thrifty, "thrifty");
static FIELDS: Entrant = text(PLAIN, Who::Thrifty, "thrifty-fields");
static FIELDS_METERED: Entrant = text(COUNTED, Who::Thrifty, "thrifty-fields");
static SLICER: Entrant = text(PLAIN, Who::Thrifty, "thrifty-slicer");

static HEADS: &[Entrant] = &heads(PLAIN);
static HEADS_METERED: &[Entrant] = &heads(COUNTED);
static TEXTS: &[Entrant] = &texts(PLAIN);
static TAKEN_METERED: &[Entrant] = &taken(COUNTED);
static PARSED: &[Entrant] = &parsed(PLAIN);
static PARSED_METERED: &[Entrant] = &parsed(COUNTED);

static COWS: &[Entrant] = &entrants(PLAIN, [Who::Std("std", "str"), Who::Crate("cow-utils", "")]);
static COPIES_METERED: &[Entrant] = &entrants(
    COUNTED,
    [
        Who::Std("derive", "#[derive(Clone)], clone_from"),
        Who::Std("clone", "#[derive(Clone)], clone"),
    ],
);

const PLAIN: Driver = Driver { program: "driver-share", feature: "share" };
const COUNTED: Driver = Driver { program: "driver-share-metered", feature: "share-metered" };
const BORROWED: Who = Who::Std("borrowed", "borrowed");
const STRING: Who = Who::Std("String", "String");
const ARC: Who = Who::Std("Arc<str>", "Arc<str>");
const BYTESTRING: Who = Who::Crate("bytestring", "");
const BYTES_UTILS: Who = Who::Crate("bytes-utils", "");
const BYTES_STR: Who = Who::Crate("bytes-str", "");
const HIPSTR: Who = Who::Crate("hipstr", "");
const ARCSTR: Who = Who::Crate("arcstr", "");
const IMSTR: Who = Who::Crate("imstr", "");
const ECOW: Who = Who::Crate("ecow", "");
const SMOL_STR: Who = Who::Crate("smol_str", "");
const COMPACT_STR: Who = Who::Crate("compact_str", "");
const LEAN_STRING: Who = Who::Crate("lean_string", "");
const FLEXSTR: Who = Who::Crate("flexstr", "");

/// Figures are what is added to the floor's.
const fn added(
    claim: &'static str,
    case: &'static str,
    peers: &'static [Entrant],
    floor: &'static str,
) -> Contest {
    Contest { floor: Some(floor), ..plain(claim, case, &OURS_METERED, peers) }
}

const fn heads(driver: Driver) -> [Entrant; 15] {
    entrants(
        driver,
        [
            BORROWED,
            Who::Std("borrowed Vec", "borrowed, in a Vec"),
            STRING,
            ARC,
            BYTESTRING,
            BYTES_UTILS,
            BYTES_STR,
            HIPSTR,
            ARCSTR,
            IMSTR,
            ECOW,
            SMOL_STR,
            COMPACT_STR,
            LEAN_STRING,
            FLEXSTR,
        ],
    )
}

const fn taken(driver: Driver) -> [Entrant; 13] {
    made(driver, Who::Std("String alone", "String alone"))
}

const fn texts(driver: Driver) -> [Entrant; 13] {
    made(driver, STRING)
}

const fn made(driver: Driver, string: Who) -> [Entrant; 13] {
    entrants(
        driver,
        [
            string,
            ARC,
            BYTESTRING,
            BYTES_UTILS,
            BYTES_STR,
            HIPSTR,
            ARCSTR,
            IMSTR,
            ECOW,
            SMOL_STR,
            COMPACT_STR,
            LEAN_STRING,
            FLEXSTR,
        ],
    )
}

const fn parsed(driver: Driver) -> [Entrant; 11] {
    entrants(
        driver,
        [
            BORROWED,
            STRING,
            BYTESTRING,
            BYTES_UTILS,
            HIPSTR,
            ARCSTR,
            ECOW,
            SMOL_STR,
            COMPACT_STR,
            LEAN_STRING,
            FLEXSTR,
        ],
    )
}

/// In the drivers they have the names that claims use.
const fn entrants<const N: usize>(driver: Driver, who: [Who; N]) -> [Entrant; N] {
    let mut entrants = [const { text(PLAIN, Who::Thrifty, "thrifty") }; N];
    let mut at = 0;
    while at < N {
        entrants[at] = text(driver, who[at], who[at].name());
        at += 1;
    }
    entrants
}

const fn text(driver: Driver, who: Who, name: &'static str) -> Entrant {
    Entrant::new(who, driver, name)
}
