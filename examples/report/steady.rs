//! The steady state: not one request over and over, but many that differ, in random order.
//!
//! A count of one request that is served again and again says nothing about buffers that a larger one
//! makes grow. So `best` serves 200 orders that all differ, twice in different orders, and the second
//! time is counted as a whole.

use fastrand::Rng;
use serde::Serialize;
use thrifty::heap;
use thrifty::meter;

use crate::support::{Error, corpus, variant};

/// Requests that differ.
pub(crate) const REQUESTS: usize = 200;
/// The variant that holds memory in order not to ask for it.
pub(crate) const NAME: &str = "best";

/// What one variant does on all of them together, and what it keeps for that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Steady {
    pub name: &'static str,
    pub requests: usize,
    pub allocations: u64,
    pub reallocations: u64,
    /// Bytes of heap that it holds between two requests.
    pub keeps: usize,
    /// What `naive` asks for on the same requests.
    pub naive: u64,
    /// Of this process, with everything that the report itself needs.
    pub resident: Option<u64>,
}

impl Steady {
    /// Counts, in a process that counts.
    pub(crate) fn look() -> Result<Self, Error> {
        let mut requests = corpus(REQUESTS);
        let mut rng = Rng::with_seed(0x57ea);
        let mut serve = |name| {
            let mut variant = variant(name).expect("a variant of that name");
            let mut all = |requests: &[Vec<u8>]| {
                requests.iter().try_for_each(|request| variant.handle(request).map(drop))
            };
            rng.shuffle(&mut requests);
            all(&requests)?;
            rng.shuffle(&mut requests);
            let (served, usage) = meter::measure(|| all(&requests));
            served.map(|()| (usage, variant.keeps()))
        };
        let (naive, _) = serve("naive")?;
        let (usage, keeps) = serve(NAME)?;
        Ok(Self {
            name: NAME,
            requests: REQUESTS,
            allocations: usage.allocs,
            reallocations: usage.reallocs,
            keeps,
            naive: naive.requests(),
            resident: heap::rss(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hundred_orders_that_differ_allocate_nothing() {
        crate::allocator::count();
        let steady = Steady::look().unwrap();
        assert_eq!((steady.allocations, steady.reallocations), (0, 0), "{steady:?}");
        assert!(steady.naive > 100 * REQUESTS as u64, "{steady:?}");
        // Buffers of 4 KiB and 1 KiB, vectors of ten items: 40 KiB are plenty.
        assert!((8_000..40_000).contains(&steady.keeps), "{steady:?}");
    }
}
