//! What the self-test and its client say to each other: a line of JSON each way.

use serde::{Deserialize, Serialize};

/// What the client is to do.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Command {
    /// A path, with `POST` before it where it is not the usual method of the route.
    pub(super) route: String,
    pub(super) connections: usize,
    pub(super) requests: usize,
    /// Requests a second; without it each connection asks again as soon as it has an answer.
    pub(super) rate: Option<u32>,
    /// A route that is asked at the same time, that often a second; its latencies do not count.
    pub(super) beside: Option<(String, u32)>,
}

/// How long the answers took.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct Latencies {
    pub(super) requests: usize,
    pub(super) seconds: f64,
    pub(super) p50_us: u64,
    pub(super) p99_us: u64,
    pub(super) max_us: u64,
    /// What went wrong, if anything did.
    pub(super) error: Option<String>,
}

impl Command {
    /// As fast as `connections` can.
    pub(super) fn closed(route: &str, connections: usize, requests: usize) -> Self {
        let route = route.to_owned();
        Self { route, connections, requests, rate: None, beside: None }
    }

    /// At a fixed rate.
    pub(super) fn open(route: &str, rate: u32, requests: usize) -> Self {
        Self { rate: Some(rate), ..Self::closed(route, 16, requests) }
    }

    pub(super) fn beside(self, route: &str, rate: u32) -> Self {
        Self { beside: Some((route.to_owned(), rate)), ..self }
    }
}

impl Latencies {
    /// Sorts what was measured.
    pub(super) fn of(mut micros: Vec<u64>, seconds: f64) -> Self {
        micros.sort_unstable();
        let at = |percent: usize| {
            let last = micros.len().saturating_sub(1);
            micros.get((micros.len() * percent / 100).min(last)).copied().unwrap_or_default()
        };
        Self {
            requests: micros.len(),
            seconds,
            p50_us: at(50),
            p99_us: at(99),
            max_us: at(100),
            error: None,
        }
    }
}
