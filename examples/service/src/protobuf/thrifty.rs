//! `Bytes` fields over a body that stays where hyper read it; the receipt's texts are slices of one
//! pooled buffer, and its encoding goes into another, which is the response's body.

use std::sync::Arc;

use axum::extract::{Request, State};
use prost::Message as _;
use thrifty::inline::SmallVec;

use super::PROTOBUF;
use super::shared::{Order, Receipt, text};
use crate::body::{POOL, Payload, Pooled};
use crate::head::Head;
use crate::refusal::Refusal;
use crate::support::rules::{self, App, Tally};

/// `POST /thrifty/orders/protobuf`
pub(crate) async fn create_order(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Pooled, Refusal> {
    let (parts, body) = request.into_parts();
    let head = Head::of(&parts.headers);
    let caller = head.admit(&app, PROTOBUF)?;
    let order = Order::decode_text(Payload::read(body).await?.into_bytes())?;

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

    let mut texts = POOL.get(256);
    let mut write = |parts: &[&str]| {
        let start = texts.len();
        for part in parts {
            texts.extend_from_slice(part.as_bytes());
        }
        start..texts.len()
    };
    let suffix = rules::order_suffix(head.idempotency_key, caller.request_id);
    let order_id = write(&[&app.region, "-", &caller.tenant.code, "-", suffix]);
    let request_id = write(&[caller.request_id]);
    let thanks = rules::thanks(head.language);
    let name = text(&order.customer.name);
    let items = thrifty::inline::small_concat!(20; order.items.len());
    let message =
        write(&[thanks, ", ", name, "! ", &items, " items from ", &caller.tenant.shop, "."]);
    let texts = texts.into_bytes();

    let receipt = Receipt {
        order_id: texts.slice(order_id),
        request_id: texts.slice(request_id),
        message: texts.slice(message),
        parcels: warehouses.len() as u64,
        subtotal: totals.subtotal.0,
        total: totals.total.0,
    };
    let mut buffer = POOL.get(receipt.encoded_len());
    receipt.encode(&mut buffer).expect("a buffer takes all");
    Ok(Pooled::new(buffer, PROTOBUF))
}
