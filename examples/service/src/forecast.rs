//! Work that takes the CPU for long: what the shop will earn in a month, by simulation.
//!
//! A worker thread that computes serves nobody else: requests of connections that wait on it wait as
//! long. `spawn_blocking` hands the work to a thread of its own. Some milliseconds are long; for less
//! than a hundred microseconds or so the way there and back costs more than it saves.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::Query;
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use thrifty::pool::scratch;
use tokio::task::spawn_blocking;

use crate::support::rules::PRICE_LIST;

/// Forecasts that were begun.
pub(crate) static STARTED: AtomicU64 = AtomicU64::new(0);

scratch! {
    /// One sum for each simulated month; 1,000 of them stay with their thread.
    static MONTHS: Vec<u64>, retain = 8 * 1024;
}

/// How the simulation is set up.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Setup {
    /// The same seed yields the same forecast.
    #[serde(default)]
    seed: u64,
    /// Simulated months: 1 to 1,000.
    #[serde(default = "Setup::usual_months")]
    months: u16,
}

/// Sums in cents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Forecast {
    months: u16,
    median: u64,
    p10: u64,
    p90: u64,
}

/// The same work on the worker that polls the request, and beside it.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/blocked/forecast", get(blocked))
        .route("/offloaded/forecast", get(offloaded))
}

async fn blocked(Query(setup): Query<Setup>) -> Json<Forecast> {
    Json(setup.simulate())
}

async fn offloaded(Query(setup): Query<Setup>) -> Result<Json<Forecast>, StatusCode> {
    let forecast = spawn_blocking(move || setup.simulate()).await;
    // The work panicked, or the runtime is shutting down.
    forecast.map(Json).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

impl Setup {
    const fn usual_months() -> u16 {
        200
    }

    fn simulate(self) -> Forecast {
        STARTED.fetch_add(1, Ordering::Relaxed);
        let months = self.months.clamp(1, 1_000);
        let mut rng = fastrand::Rng::with_seed(self.seed);
        MONTHS.with(|sums| {
            sums.extend((0..months).map(|_| month(&mut rng)));
            sums.sort_unstable();
            let at = |tenths: usize| sums[sums.len() * tenths / 10];
            Forecast { months, median: at(5), p10: at(1), p90: at(9) }
        })
    }
}

/// What 8,000 customers buy in a month, each up to five pieces of one product.
fn month(rng: &mut fastrand::Rng) -> u64 {
    let sale = |_| {
        let (_, price, ..) = PRICE_LIST[rng.usize(..PRICE_LIST.len())];
        price * rng.u64(0..=5)
    };
    (0..8_000).map(sale).sum()
}
