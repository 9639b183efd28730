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
        Ratio(0.526),
        Named("naive"),
        "Serving the report's request with zero-copy parsing, inline collections, reused \
         buffers and amounts written as digits takes at most 0.526 of naive's instructions \
         (`thrifty` is the variant zero_copy_inline).",
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
        Figure(1.0),
        Named("naive"),
        "Serving the report's request takes at most 1 allocation or reallocation (`thrifty` is \
         the variant zero_copy_inline).",
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
