//! With care and existing crates: prost's own `Bytes` fields, and a response of the right size.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderValue, header};
use prost::Message as _;
use smallvec::SmallVec;

use super::PROTOBUF;
use super::owned::Receipt;
use super::shared::{Order, text};
use crate::body::MAX_BODY;
use crate::head::Head;
use crate::orders::existing::body_refusal;
use crate::refusal::Refusal;
use crate::support::rules::{self, App, Tally};

/// `POST /existing/orders/protobuf`
pub(crate) async fn create_order(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let head = Head::of(&parts.headers);
    let caller = head.admit(&app, PROTOBUF)?;
    let body = to_bytes(body, MAX_BODY).await.map_err(|error| body_refusal(&error))?;
    let order = Order::decode_text(body)?;

    let (currency, country) = (text(&order.currency), text(&order.ship_to.country));
    let coupon = order.coupon.as_ref().map(text);
    let mut tally = Tally::open(&app, currency, country, coupon, order.items.len())?;
    let mut warehouses: SmallVec<[&str; 8]> = SmallVec::new();
    for item in &order.items {
        let (product, _) = tally.line(&app, text(&item.sku), item.quantity, item.discount)?;
        warehouses.push(&product.warehouse);
    }
    warehouses.sort_unstable();
    warehouses.dedup();
    let totals = tally.close(warehouses.len());

    let suffix = rules::order_suffix(head.idempotency_key, caller.request_id);
    let (thanks, name) = (rules::thanks(head.language), text(&order.customer.name));
    let (items, shop) = (order.items.len(), &caller.tenant.shop);
    let receipt = Receipt {
        order_id: format!("{}-{}-{suffix}", app.region, caller.tenant.code),
        request_id: caller.request_id.to_owned(),
        message: format!("{thanks}, {name}! {items} items from {shop}."),
        parcels: warehouses.len() as u64,
        subtotal: totals.subtotal.0,
        total: totals.total.0,
    };
    let mut response = Response::new(Body::from(receipt.encode_to_vec()));
    let content_type = HeaderValue::from_static(PROTOBUF);
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    Ok(response)
}
