//! The example service: `examples/service`.

use super::claim;
use crate::claim::Against::Named;
use crate::claim::Claim;
use crate::claim::Goal::{Figure, Ratio};
use crate::claim::Metric::{Allocations, Instructions};

pub(super) const SERVICE: &[Claim] = &[
    claim(
        "service/thrifty-vs-naive",
        Instructions,
        Ratio(0.47),
        Named("naive"),
        "Serving an order through hyper and axum takes at most 0.47 of the instructions of the \
         naive route.",
    ),
    claim(
        "service/thrifty-vs-existing",
        Instructions,
        Ratio(0.999),
        Named("existing"),
        "Serving an order through hyper and axum takes fewer instructions than the route with \
         existing crates.",
    ),
    claim(
        "service/prost",
        Allocations,
        Figure(7.0),
        Named("prost, String fields"),
        "Decoding an order from protobuf, its text as slices of the body, takes at most 7 \
         allocations or reallocations.",
    ),
];
