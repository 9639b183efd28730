//! `GET /metrics`: heap, pool and meter as Prometheus reads them.

use std::fmt::{self, Write};
use std::sync::atomic::Ordering;

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use thrifty::pool::PooledBuf;
use thrifty::{heap, meter};

use crate::body::{POOL, Pooled};
use crate::forecast::STARTED;

/// The route.
pub(crate) fn routes() -> Router {
    Router::new().route("/metrics", get(metrics))
}

async fn metrics() -> impl IntoResponse {
    let mut text = POOL.get(4096);
    write(&mut text).expect("a buffer takes all");
    Pooled::new(text, "text/plain; version=0.0.4")
}

fn write(text: &mut PooledBuf) -> fmt::Result {
    heap::stats().write_prometheus(text)?;
    let pool = POOL.stats();
    let forecasts = STARTED.load(Ordering::Relaxed);
    let mut family = |name: &str, kind: &str, help: &str, value: u64| {
        writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}")
    };
    if meter::is_installed() {
        let heap = meter::process();
        family("heap_allocations_total", "counter", "Blocks allocated so far.", heap.allocs)?;
        family("heap_reallocations_total", "counter", "Blocks resized so far.", heap.reallocs)?;
        family("heap_frees_total", "counter", "Blocks freed so far.", heap.frees)?;
        family("heap_live_bytes", "gauge", "Bytes in live blocks.", heap.live_bytes())?;
    }
    family("forecasts_started_total", "counter", "Forecasts that were begun.", forecasts)?;
    family("pool_gets_total", "counter", "Buffers handed out.", pool.gets)?;
    family("pool_hits_total", "counter", "Of these, served by an idle block.", pool.hits)?;
    family("pool_unpooled_total", "counter", "Of these, served beside the pool.", pool.unpooled)?;
    family("pool_outstanding", "gauge", "Buffers in use.", pool.outstanding)?;
    family("pool_allocated_bytes", "gauge", "Bytes of the pool's blocks.", pool.allocated_bytes)?;
    family("pool_idle_bytes", "gauge", "Of these, in idle blocks.", pool.idle_bytes)
}
