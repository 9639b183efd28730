//! The router.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::store::Store;
use crate::{forecast, metrics, orders, protobuf, stock};

/// All routes of the service.
pub fn router(store: Store) -> Router {
    Router::new()
        .route("/health", get(async || "ok"))
        .merge(orders::routes())
        .merge(protobuf::routes())
        .merge(stock::routes(Arc::new(store)))
        .merge(forecast::routes())
        .merge(metrics::routes())
}
