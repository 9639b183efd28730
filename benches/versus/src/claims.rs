//! Every claim with its goal, a file a room. This is the one place where goals stand.
//!
//! A goal is changed only with the reason in the commit; a missed goal stays as missed.

mod heap;
mod inline;
mod meter;
mod pool;
mod report;
mod service;
mod share;

use crate::claim::{Against, Claim, Goal, Metric};

/// The claims, room by room.
pub(crate) fn claims() -> impl Iterator<Item = &'static Claim> {
    [
        meter::METER,
        heap::HEAP,
        inline::INLINE,
        inline::MAPS,
        inline::STRINGS,
        share::SHARE,
        pool::POOL,
        report::REPORT,
        service::SERVICE,
    ]
    .into_iter()
    .flatten()
}

const fn claim(
    case: &'static str,
    metric: Metric,
    goal: Goal,
    against: Against,
    text: &'static str,
) -> Claim {
    Claim { case, metric, goal, against, text }
}
