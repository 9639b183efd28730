//! An order comes as JSON, is priced and taxed, and the receipt goes back as JSON.

use std::sync::Arc;

use axum::Router;
use axum::routing::post;

use crate::support::rules::App;

pub(crate) mod existing;
pub(crate) mod naive;
pub(crate) mod thrifty;

/// The routes of all three variants, and the floor: the same route, which ignores the request.
pub(crate) fn routes() -> Router {
    let shared = Arc::new(App::new());
    let naive = Router::new().route("/naive/orders", post(naive::create_order));
    let existing = Router::new().route("/existing/orders", post(existing::create_order));
    let thrifty = Router::new().route("/thrifty/orders", post(thrifty::create_order));
    Router::new()
        .route("/floor/orders", post(async || "ok"))
        .merge(naive.with_state(App::new()))
        .merge(existing.with_state(Arc::clone(&shared)))
        .merge(thrifty.with_state(shared))
}
