//! The same with the blocks of `thrifty`: the body stays where hyper read it, the order's text is
//! borrowed from it or, where it had an escape, a `Str`; the sentences are put together on the stack,
//! and the receipt is written into a buffer of the pool, which is the response's body.

use std::sync::Arc;

use axum::extract::{Request, State};
use serde::Deserialize;
use thrifty::inline::{SmallVec, small_concat};
use thrifty::share::Str;

use crate::body::{Payload, Pooled, from_json};
use crate::head::{Head, in_query};
use crate::refusal::Refusal;
use crate::support::metadata::Metadata;
use crate::support::receipt::{self, Line, Parcels, Receipt};
use crate::support::rules::{self, App, Tally};
use crate::support::text;

/// A part of the body, or text of its own if it had an escape.
type Text<'a> = text::Text<'a, Str>;

#[derive(Debug, Deserialize)]
struct Order<'a> {
    #[serde(borrow)]
    customer: Customer<'a>,
    #[serde(borrow)]
    ship_to: Address<'a>,
    #[serde(borrow)]
    currency: Text<'a>,
    #[serde(borrow)]
    items: SmallVec<[Item<'a>; 8]>,
    #[serde(borrow)]
    coupon: Option<Text<'a>>,
    #[serde(borrow)]
    metadata: Metadata<Text<'a>>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "an order that lacks one of these is none")]
struct Customer<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    email: Text<'a>,
    #[serde(borrow)]
    phone: Option<Text<'a>>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "an order that lacks one of these is none")]
struct Address<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    street: Text<'a>,
    #[serde(borrow)]
    city: Text<'a>,
    #[serde(borrow)]
    postcode: Text<'a>,
    #[serde(borrow)]
    country: Text<'a>,
}

#[derive(Debug, Deserialize)]
struct Item<'a> {
    #[serde(borrow)]
    sku: Text<'a>,
    quantity: i64,
    discount: Option<i64>,
    #[serde(borrow)]
    #[expect(dead_code, reason = "an order whose note is no text is none")]
    note: Option<Text<'a>>,
}

/// `POST /thrifty/orders`
pub(crate) async fn create_order(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Pooled, Refusal> {
    let (parts, body) = request.into_parts();
    let head = Head::of(&parts.headers);
    let caller = head.admit(&app, "application/json")?;
    let body = Payload::read(body).await?;
    let order: Order<'_> = from_json(&body)?;
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
    let (thanks, name) = (rules::thanks(head.language), &*order.customer.name);
    let (items, shop) = (lines.len(), &caller.tenant.shop);
    let receipt = Receipt {
        order_id: &small_concat!(48; app.region, '-', caller.tenant.code, '-', suffix),
        request_id: caller.request_id,
        message: &small_concat!(96; thanks, ", ", name, "! ", items, " items from ", shop, '.'),
        parcels: Parcels(&lines),
        totals: tally.close(parcels),
        metadata: &order.metadata,
    };
    Ok(Pooled::json(&receipt)?)
}
