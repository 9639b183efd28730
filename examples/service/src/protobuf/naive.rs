//! `String` fields, the framework's extractors, a new `Vec` for the response.

use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, header};
use prost::Message as _;

use super::PROTOBUF;
use super::owned::{Order, Receipt};
use crate::orders::naive::bytes_refusal;
use crate::refusal::Refusal;
use crate::support::naive::Context;
use crate::support::rules::{self, App, Tally};

/// `POST /naive/orders/protobuf`
pub(crate) async fn create_order(
    State(app): State<App>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<([(HeaderName, &'static str); 1], Vec<u8>), Refusal> {
    let context = Context::new(&app, &headers, PROTOBUF)?;
    let body = body.map_err(|rejection| bytes_refusal(&rejection))?;
    let order = Order::decode(body).map_err(|_| Refusal::BodyNotProtobuf)?;

    let country = &order.ship_to.country;
    let coupon = order.coupon.as_deref();
    let mut tally = Tally::open(&app, &order.currency, country, coupon, order.items.len())?;
    let mut warehouses = Vec::new();
    for item in &order.items {
        let (product, _) = tally.line(&app, &item.sku, item.quantity, item.discount)?;
        warehouses.push(product.warehouse.clone());
    }
    warehouses.sort();
    warehouses.dedup();
    let totals = tally.close(warehouses.len());

    let suffix = rules::order_suffix(context.idempotency_key.as_deref(), &context.request_id);
    let thanks = rules::thanks(context.language.as_deref());
    let receipt = Receipt {
        order_id: format!("{}-{}-{suffix}", app.region, context.tenant.code),
        message: format!(
            "{thanks}, {}! {} items from {}.",
            order.customer.name,
            order.items.len(),
            context.tenant.shop
        ),
        request_id: context.request_id,
        parcels: warehouses.len() as u64,
        subtotal: totals.subtotal.0,
        total: totals.total.0,
    };
    Ok(([(header::CONTENT_TYPE, PROTOBUF)], receipt.encode_to_vec()))
}
