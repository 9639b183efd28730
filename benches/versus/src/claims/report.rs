//! The report's request.

use super::claim;
use crate::claim::Against::Named;
use crate::claim::Claim;
use crate::claim::Goal::{Figure, Ratio};
use crate::claim::Metric::{Allocations, Instructions};

pub(super) const REPORT: &[Claim] = &[
    claim(
        "report/best-vs-naive",
        Instructions,
        Ratio(0.455),
        Named("naive"),
        "Serving the report's request with the blocks of all rooms and JSON joined from pieces \
         takes at most 0.455 of naive's instructions (`thrifty` is the variant best).",
    ),
    claim(
        "report/best-vs-existing",
        Instructions,
        Ratio(0.85),
        Named("existing"),
        "The same takes at most 0.85 of the instructions of existing crates, without their last \
         allocation (`thrifty` is the variant best). All of that and more comes from the joined JSON: see \
         report/best-vs-pieces.",
    ),
    claim(
        "report/best-vs-pieces",
        Instructions,
        Ratio(1.1),
        Named("pieces"),
        "Existing crates with JSON joined from pieces take fewer instructions: no allocation and \
         no lifetime cost at most a tenth on top (`thrifty` is the variant best).",
    ),
    claim(
        "report/existing-vs-naive",
        Instructions,
        Ratio(0.556),
        Named("naive"),
        "Serving it with existing crates and amounts written as digits takes at most 0.556 of \
         naive's instructions (`thrifty` is the variant existing).",
    ),
    claim(
        "report/best-allocations",
        Allocations,
        Figure(0.0),
        Named("naive"),
        "Serving the report's request takes no allocation and no reallocation in the steady \
         state (`thrifty` is the variant best).",
    ),
    claim(
        "report/existing-allocations",
        Allocations,
        Figure(4.0),
        Named("naive"),
        "Serving it with existing crates alone takes at most 4 allocations or reallocations \
         (`thrifty` is the variant existing).",
    ),
];
