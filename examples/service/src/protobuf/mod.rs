//! The same order as protobuf, and a short receipt as protobuf.
//!
//! The messages are written by hand, so no `protoc` is needed: each is a struct with its fields' tags.
//! [`owned`] decodes text into `String`s, as generated code does. [`shared`] has the same wire format
//! with text as `Bytes`: slices of the body, without a copy. prost checks that a `String` is UTF-8;
//! for `Bytes` that is ours to do.

use std::sync::Arc;

use axum::Router;
use axum::routing::post;

use crate::support::rules::App;

mod existing;
mod naive;
pub mod owned;
pub mod shared;
mod thrifty;

/// The media type of these routes, both ways.
pub(crate) const PROTOBUF: &str = "application/x-protobuf";

/// The routes of all three variants.
pub(crate) fn routes() -> Router {
    let shared = Arc::new(App::new());
    let naive = Router::new().route("/naive/orders/protobuf", post(naive::create_order));
    let existing = Router::new().route("/existing/orders/protobuf", post(existing::create_order));
    let thrifty = Router::new().route("/thrifty/orders/protobuf", post(thrifty::create_order));
    naive
        .with_state(App::new())
        .merge(existing.with_state(Arc::clone(&shared)))
        .merge(thrifty.with_state(shared))
}
