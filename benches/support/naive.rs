//! What most back ends write: everything owned, everything simple.
//!
//! No line here is wasteful on purpose. Amounts become text by `to_string`, as `Display` gives it;
//! [`numbers`](super::numbers) is this file without that. Where the allocations come from that the embedded request
//! costs (14 headers, 8 items in 3 parcels, 4 metadata entries), with rustc 1.95:
//!
//! | allocations | for |
//! |---|---|
//! | 2 | the clone of the state that each request gets, as `State<App>` of a web framework |
//! | 31 | the headers: two `String`s each, and a `HashMap` that grows twice |
//! | 3 | method, path and body, so that the request is a plain struct |
//! | 5 | the caller's context, owned so that it can be passed on |
//! | 33 | the order: a `String` for each of its strings, the items, the metadata, and the JSON parser's scratch space for strings with escapes |
//! | 36 | the lines: article, price, net sum and warehouse of each, and the map of vectors that groups them |
//! | 6 | the totals and the list of parcels |
//! | 2 | order number and message, by `format!` |
//! | 1 | the response |
//!
//! These are 119; the items, the two `format!`s and the response also grow seven times in all.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Variant;
use super::echo::{self, Echo};
use super::error::Error;
use super::head::{MAX_HEADERS, Wanted};
use super::rules::{self, App, Map, Tally, Tenant};

/// See the module's documentation.
#[derive(Debug)]
pub struct Naive {
    app: App,
    response: Vec<u8>,
}

impl Naive {
    pub fn new() -> Self {
        Self { app: App::new(), response: Vec::new() }
    }
}

impl Variant for Naive {
    fn name(&self) -> &'static str {
        "naive"
    }

    fn about(&self) -> &'static str {
        "owned Strings, HashMap headers, cloned state, format!"
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

/// A request that owns all its parts.
#[derive(Debug, Default)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: Map<String>,
    pub header_lines: usize,
    pub body: Vec<u8>,
}

/// Who is calling, detached from the request, so that it can be passed on.
#[derive(Debug)]
pub struct Context {
    pub tenant: Tenant,
    pub request_id: String,
    pub language: Option<String>,
    pub idempotency_key: Option<String>,
}

/// The order as the customer sends it.
#[derive(Debug, Deserialize)]
pub struct Order {
    pub customer: Customer,
    pub ship_to: Address,
    pub currency: String,
    pub items: Vec<Item>,
    pub coupon: Option<String>,
    pub metadata: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
pub struct Customer {
    pub id: String,
    pub name: String,
    pub email: String,
    pub phone: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Address {
    pub name: String,
    pub street: String,
    pub city: String,
    pub postcode: String,
    pub country: String,
}

#[derive(Debug, Deserialize)]
pub struct Item {
    pub sku: String,
    pub quantity: i64,
    pub discount: Option<i64>,
    pub note: Option<String>,
}

/// The response body.
#[derive(Debug, Serialize)]
pub struct Receipt {
    pub order_id: String,
    pub request_id: String,
    pub message: String,
    pub parcels: Vec<Parcel>,
    pub totals: Totals,
    pub metadata: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
pub struct Parcel {
    warehouse: String,
    lines: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    sku: String,
    quantity: i64,
    price: String,
    net: String,
}

#[derive(Debug, Serialize)]
pub struct Totals {
    subtotal: String,
    discount: String,
    shipping: String,
    tax: String,
    total: String,
}

impl Request {
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let mut lines = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut parsed = httparse::Request::new(&mut lines);
        let httparse::Status::Complete(end) = parsed.parse(bytes)? else {
            return Err(Error::TruncatedHead);
        };
        let mut headers = Map::default();
        for header in parsed.headers.iter() {
            if let Ok(value) = str::from_utf8(header.value) {
                headers.insert(header.name.to_ascii_lowercase(), value.to_string());
            }
        }
        Ok(Self {
            method: parsed.method.unwrap_or_default().to_string(),
            path: parsed.path.unwrap_or_default().to_string(),
            headers,
            header_lines: parsed.headers.len(),
            body: bytes[end..].to_vec(),
        })
    }

    fn wanted(&self) -> Wanted<'_> {
        let get = |name| self.headers.get(name).map(String::as_str);
        Wanted {
            content_type: get("content-type"),
            content_length: get("content-length"),
            authorization: get("authorization"),
            request_id: get("x-request-id"),
            traceparent: get("traceparent"),
            accept_language: get("accept-language"),
            idempotency_key: get("idempotency-key"),
        }
    }

    pub fn context(&self, app: &App) -> Result<Context, Error> {
        let wanted = self.wanted();
        let caller = wanted.admit(app, &self.method, &self.path, &self.body)?;
        Ok(Context {
            tenant: caller.tenant.clone(),
            request_id: caller.request_id.to_string(),
            language: wanted.accept_language.map(str::to_string),
            idempotency_key: wanted.idempotency_key.map(str::to_string),
        })
    }

    /// What the service answers to a request of another shape.
    pub fn echo(&self) -> Result<Echo<'_, serde_json::Value>, Error> {
        let wanted = self.wanted();
        let json = echo::json(&wanted, &self.body)?.map(serde_json::from_str).transpose()?;
        Ok(Echo::new(&self.method, &self.path, self.header_lines, &wanted, &self.body, json))
    }
}

/// From a parsed request to the receipt.
pub fn create_order(app: &App, request: &Request) -> Result<Receipt, Error> {
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

pub fn price(app: &App, order: &Order) -> Result<(Vec<Parcel>, Totals), Error> {
    let country = &order.ship_to.country;
    let coupon = order.coupon.as_deref();
    let mut tally = Tally::open(app, &order.currency, country, coupon, order.items.len())?;
    let mut parcels: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    for item in &order.items {
        let (product, net) = tally.line(app, &item.sku, item.quantity, item.discount)?;
        let line = Line {
            sku: item.sku.clone(),
            quantity: item.quantity,
            price: product.price.to_string(),
            net: net.to_string(),
        };
        parcels.entry(product.warehouse.clone()).or_default().push(line);
    }
    let totals = tally.close(parcels.len());
    let totals = Totals {
        subtotal: totals.subtotal.to_string(),
        discount: totals.discount.to_string(),
        shipping: totals.shipping.to_string(),
        tax: totals.tax.to_string(),
        total: totals.total.to_string(),
    };
    let parcels = parcels.into_iter().map(|(warehouse, lines)| Parcel { warehouse, lines });
    Ok((parcels.collect(), totals))
}
