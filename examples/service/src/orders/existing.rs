//! The same with care, and with the crates that everybody knows: the state behind an `Arc`, the
//! request taken whole so that its header map is not cloned, `compact_str` and `smallvec` for what is
//! short, the receipt written from views of the order, and a response of the right size at once.

use std::error::Error;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use compact_str::{CompactString, format_compact};
use http::{HeaderValue, header};
use http_body_util::LengthLimitError;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::body::{MAX_BODY, from_json};
use crate::head::{Head, in_query};
use crate::refusal::Refusal;
use crate::support::metadata::Metadata;
use crate::support::receipt::{self, Line, Parcels, Receipt};
use crate::support::rules::{self, App, Tally};

#[derive(Debug, Deserialize)]
struct Order {
    customer: Customer,
    ship_to: Address,
    currency: CompactString,
    items: SmallVec<[Item; 8]>,
    coupon: Option<CompactString>,
    metadata: Metadata<CompactString>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "an order that lacks one of these is none")]
struct Customer {
    id: CompactString,
    name: CompactString,
    email: CompactString,
    phone: Option<CompactString>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "an order that lacks one of these is none")]
struct Address {
    name: CompactString,
    street: CompactString,
    city: CompactString,
    postcode: CompactString,
    country: CompactString,
}

#[derive(Debug, Deserialize)]
struct Item {
    sku: CompactString,
    quantity: i64,
    discount: Option<i64>,
    #[expect(dead_code, reason = "an order whose note is no text is none")]
    note: Option<CompactString>,
}

/// `POST /existing/orders`
pub(crate) async fn create_order(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let head = Head::of(&parts.headers);
    let caller = head.admit(&app, "application/json")?;
    let body = to_bytes(body, MAX_BODY).await.map_err(|error| body_refusal(&error))?;
    let order: Order = from_json(&body)?;
    // Looked for only if the line is written.
    let source = || in_query(parts.uri.query(), "source").unwrap_or_default();
    tracing::debug!(source = &*source(), request_id = caller.request_id, "an order");

    let country = &order.ship_to.country;
    let coupon = order.coupon.as_deref();
    let mut tally = Tally::open(&app, &order.currency, country, coupon, order.items.len())?;
    let mut lines: SmallVec<[Line<'_>; 8]> = SmallVec::new();
    for item in &order.items {
        let (product, net) = tally.line(&app, &item.sku, item.quantity, item.discount)?;
        lines.push(Line::new(product, &item.sku, item.quantity, net));
    }
    let parcels = receipt::group(&mut lines);

    let suffix = rules::order_suffix(head.idempotency_key, caller.request_id);
    let order_id = format_compact!("{}-{}-{suffix}", app.region, caller.tenant.code);
    let mut message = String::with_capacity(96);
    let (thanks, name) = (rules::thanks(head.language), &order.customer.name);
    let _ = write!(message, "{thanks}, {name}! {} items from {}.", lines.len(), caller.tenant.shop);
    let receipt = Receipt {
        order_id: &order_id,
        request_id: caller.request_id,
        message: &message,
        parcels: Parcels(&lines),
        totals: tally.close(parcels),
        metadata: &order.metadata,
    };
    Ok(json(&receipt)?)
}

/// A response in JSON whose buffer seldom has to grow.
pub(crate) fn json(value: &impl Serialize) -> serde_json::Result<Response> {
    let mut json = Vec::with_capacity(1024);
    serde_json::to_writer(&mut json, value)?;
    let mut response = Response::new(Body::from(json));
    let content_type = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    Ok(response)
}

/// Why a body could not be read.
pub(crate) fn body_refusal(error: &axum::Error) -> Refusal {
    let limited = error.source().is_some_and(<dyn Error>::is::<LengthLimitError>);
    if limited { Refusal::BodyTooLarge } else { Refusal::BodyIncomplete }
}
