//! One lever alone: `naive`, with its amounts written straight into the JSON.
//!
//! `naive` formats each amount into a `String` of its own, by `core::fmt`, and copies that into
//! the response. Here an amount stays a number until the receipt is written, and its digits go
//! through 21 bytes on the stack. That saves 21 allocations of the embedded request (two for each
//! of the 8 lines, 5 for the totals), and the instructions of `core::fmt` besides, which have
//! nothing to do with the heap.
//!
//! The writer, `Serialize` of [`Cents`], is the only one: `zero_copy`, `buffers_zero_copy`,
//! `zero_copy_inline` and `existing` use it too. What they save beside `naive` holds this lever's
//! part; what they save beside `numbers` does not.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::Variant;
use super::error::Error;
use super::naive::{Order, Request};
use super::rules::{self, App, Cents, Tally, Totals};

/// See the module's documentation.
#[derive(Debug)]
pub struct Numbers {
    app: App,
    response: Vec<u8>,
}

impl Numbers {
    pub fn new() -> Self {
        Self { app: App::new(), response: Vec::new() }
    }
}

impl Variant for Numbers {
    fn name(&self) -> &'static str {
        "numbers"
    }

    fn about(&self) -> &'static str {
        "naive + amounts written as digits, without format!"
    }

    fn handle(&mut self, request: &[u8]) -> Result<&[u8], Error> {
        // The last response has been sent.
        self.response = Vec::new();
        let app = self.app.clone();
        let request = Request::parse(request)?;
        let receipt = create_order(&app, &request)?;
        self.response = serde_json::to_vec(&receipt)?;
        Ok(&self.response)
    }

    fn handle_other(&mut self, request: &[u8]) -> Result<&[u8], Error> {
        self.response = Vec::new();
        let request = Request::parse(request)?;
        self.response = serde_json::to_vec(&request.echo()?)?;
        Ok(&self.response)
    }
}

/// Written digit by digit on the stack: no `String`, and none of `core::fmt`, which would take
/// several times the instructions.
impl Serialize for Cents {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The 20 digits of `u64::MAX` and the point.
        let mut text = [b'.'; 21];
        let mut start = text.len();
        let (mut euros, cents) = (self.0 / 100, self.0 % 100);
        text[start - 1] = b'0' + (cents % 10) as u8;
        text[start - 2] = b'0' + (cents / 10 % 10) as u8;
        start -= 3;
        loop {
            start -= 1;
            text[start] = b'0' + (euros % 10) as u8;
            euros /= 10;
            if euros == 0 {
                break;
            }
        }
        serializer.serialize_str(str::from_utf8(&text[start..]).expect("digits are ASCII"))
    }
}

/// The response body of `naive`, with amounts in place of their text.
#[derive(Debug, Serialize)]
struct Receipt {
    order_id: String,
    request_id: String,
    message: String,
    parcels: Vec<Parcel>,
    totals: Totals,
    metadata: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
struct Parcel {
    warehouse: String,
    lines: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    sku: String,
    quantity: i64,
    price: Cents,
    net: Cents,
}

fn create_order(app: &App, request: &Request) -> Result<Receipt, Error> {
    let context = request.context(app)?;
    let order: Order = serde_json::from_str(str::from_utf8(&request.body)?)?;
    let (parcels, totals) = price(app, &order)?;

    let suffix = rules::order_suffix(context.idempotency_key.as_deref(), &context.request_id);
    let thanks = rules::thanks(context.language.as_deref());
    Ok(Receipt {
        order_id: format!("{}-{}-{suffix}", app.region, context.tenant.code),
        message: format!(
            "{thanks}, {}! {} items from {}.",
            order.customer.name,
            order.items.len(),
            context.tenant.shop
        ),
        request_id: context.request_id,
        parcels,
        totals,
        metadata: order.metadata,
    })
}

fn price(app: &App, order: &Order) -> Result<(Vec<Parcel>, Totals), Error> {
    let country = &order.ship_to.country;
    let coupon = order.coupon.as_deref();
    let mut tally = Tally::open(app, &order.currency, country, coupon, order.items.len())?;
    let mut parcels: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    for item in &order.items {
        let (product, net) = tally.line(app, &item.sku, item.quantity, item.discount)?;
        let line =
            Line { sku: item.sku.clone(), quantity: item.quantity, price: product.price, net };
        parcels.entry(product.warehouse.clone()).or_default().push(line);
    }
    let totals = tally.close(parcels.len());
    let parcels = parcels.into_iter().map(|(warehouse, lines)| Parcel { warehouse, lines });
    Ok((parcels.collect(), totals))
}
