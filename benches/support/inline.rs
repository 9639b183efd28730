//! One lever alone: `naive`, line by line, with the types swapped for their inline twins.
//!
//! `String` becomes `CompactString` (24 bytes on the stack), `Vec` and the maps become
//! `SmallVec`. Everything is still copied, so what is longer than its place still goes to the
//! heap: of the headers the user agent, the ids and a few more, of the receipt the message. The
//! clone of the state, the copy of the path and the response stay as they were.
//!
//! `SmallVec` is `smallvec`'s, by way of `thrifty::inline`; `CompactString` is `compact_str`'s.

use compact_str::{CompactString, ToCompactString, format_compact};
use serde::{Deserialize, Serialize};
use thrifty::inline::SmallVec;

use super::Variant;
use super::echo::{self, Echo};
use super::error::Error;
use super::head::{Caller, MAX_HEADERS, Wanted};
use super::metadata::Metadata;
use super::rules::{self, App, Tally};

/// See the module's documentation.
#[derive(Debug)]
pub struct Inline {
    app: App,
    response: Vec<u8>,
}

impl Inline {
    pub fn new() -> Self {
        Self { app: App::new(), response: Vec::new() }
    }
}

impl Variant for Inline {
    fn name(&self) -> &'static str {
        "inline"
    }

    fn about(&self) -> &'static str {
        "naive + inline strings and collections"
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
#[derive(Debug)]
struct Request {
    method: CompactString,
    path: CompactString,
    headers: SmallVec<[(CompactString, CompactString); 16]>,
    header_lines: usize,
    body: SmallVec<[u8; 1024]>,
}

/// Who is calling, detached from the request, so that it can be passed on.
#[derive(Debug)]
pub struct Context {
    tenant_code: CompactString,
    shop: CompactString,
    request_id: CompactString,
    language: Option<CompactString>,
    idempotency_key: Option<CompactString>,
}

impl Context {
    pub fn new(caller: &Caller<'_, '_>, wanted: &Wanted<'_>) -> Self {
        Self {
            tenant_code: caller.tenant.code.to_compact_string(),
            shop: caller.tenant.shop.to_compact_string(),
            request_id: caller.request_id.to_compact_string(),
            language: wanted.accept_language.map(CompactString::from),
            idempotency_key: wanted.idempotency_key.map(CompactString::from),
        }
    }
}

/// The order as the customer sends it.
#[derive(Debug, Deserialize)]
pub struct Order {
    pub customer: Customer,
    pub ship_to: Address,
    pub currency: CompactString,
    pub items: SmallVec<[Item; 8]>,
    pub coupon: Option<CompactString>,
    pub metadata: Metadata<CompactString>,
}

#[derive(Debug, Deserialize)]
pub struct Customer {
    pub id: CompactString,
    pub name: CompactString,
    pub email: CompactString,
    pub phone: Option<CompactString>,
}

#[derive(Debug, Deserialize)]
pub struct Address {
    pub name: CompactString,
    pub street: CompactString,
    pub city: CompactString,
    pub postcode: CompactString,
    pub country: CompactString,
}

#[derive(Debug, Deserialize)]
pub struct Item {
    pub sku: CompactString,
    pub quantity: i64,
    pub discount: Option<i64>,
    pub note: Option<CompactString>,
}

/// The response body.
#[derive(Debug, Serialize)]
pub struct Receipt {
    order_id: CompactString,
    request_id: CompactString,
    message: CompactString,
    parcels: Parcels,
    totals: Totals,
    metadata: Metadata<CompactString>,
}

/// Sorted by warehouse.
type Parcels = SmallVec<[Parcel; 4]>;

#[derive(Debug, Serialize)]
struct Parcel {
    warehouse: CompactString,
    lines: SmallVec<[Line; 4]>,
}

#[derive(Debug, Serialize)]
struct Line {
    sku: CompactString,
    quantity: i64,
    price: CompactString,
    net: CompactString,
}

#[derive(Debug, Serialize)]
struct Totals {
    subtotal: CompactString,
    discount: CompactString,
    shipping: CompactString,
    tax: CompactString,
    total: CompactString,
}

impl Request {
    fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let mut lines = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut parsed = httparse::Request::new(&mut lines);
        let httparse::Status::Complete(end) = parsed.parse(bytes)? else {
            return Err(Error::TruncatedHead);
        };
        let mut headers = SmallVec::new();
        for header in parsed.headers.iter() {
            if let Ok(value) = str::from_utf8(header.value) {
                let mut name = header.name.to_compact_string();
                name.make_ascii_lowercase();
                headers.push((name, value.to_compact_string()));
            }
        }
        Ok(Self {
            method: parsed.method.unwrap_or_default().to_compact_string(),
            path: parsed.path.unwrap_or_default().to_compact_string(),
            headers,
            header_lines: parsed.headers.len(),
            body: SmallVec::from_slice(&bytes[end..]),
        })
    }

    fn wanted(&self) -> Wanted<'_> {
        // From the end: as in a map, the last of two lines with one name counts.
        let get = |name| {
            self.headers.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
        };
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

    fn context(&self, app: &App) -> Result<Context, Error> {
        let wanted = self.wanted();
        let caller = wanted.admit(app, &self.method, &self.path, &self.body)?;
        Ok(Context::new(&caller, &wanted))
    }

    /// What the service answers to a request of another shape.
    fn echo(&self) -> Result<Echo<'_, serde_json::Value>, Error> {
        let wanted = self.wanted();
        let json = echo::json(&wanted, &self.body)?.map(serde_json::from_str).transpose()?;
        Ok(Echo::new(&self.method, &self.path, self.header_lines, &wanted, &self.body, json))
    }
}

fn create_order(app: &App, request: &Request) -> Result<Receipt, Error> {
    let context = request.context(app)?;
    let order: Order = serde_json::from_str(str::from_utf8(&request.body)?)?;
    receipt(app, context, order)
}

/// Prices an order and writes the receipt.
pub fn receipt(app: &App, context: Context, order: Order) -> Result<Receipt, Error> {
    let (parcels, totals) = price(app, &order)?;
    let suffix = rules::order_suffix(context.idempotency_key.as_deref(), &context.request_id);
    let thanks = rules::thanks(context.language.as_deref());
    Ok(Receipt {
        order_id: format_compact!("{}-{}-{suffix}", app.region, context.tenant_code),
        message: format_compact!(
            "{thanks}, {}! {} items from {}.",
            order.customer.name,
            order.items.len(),
            context.shop
        ),
        request_id: context.request_id,
        parcels,
        totals,
        metadata: order.metadata,
    })
}

fn price(app: &App, order: &Order) -> Result<(Parcels, Totals), Error> {
    let country = &order.ship_to.country;
    let coupon = order.coupon.as_deref();
    let mut tally = Tally::open(app, &order.currency, country, coupon, order.items.len())?;
    let mut parcels = Parcels::new();
    for item in &order.items {
        let (product, net) = tally.line(app, &item.sku, item.quantity, item.discount)?;
        let line = Line {
            sku: item.sku.clone(),
            quantity: item.quantity,
            price: product.price.to_compact_string(),
            net: net.to_compact_string(),
        };
        parcel(&mut parcels, &product.warehouse).push(line);
    }
    let totals = tally.close(parcels.len());
    let totals = Totals {
        subtotal: totals.subtotal.to_compact_string(),
        discount: totals.discount.to_compact_string(),
        shipping: totals.shipping.to_compact_string(),
        tax: totals.tax.to_compact_string(),
        total: totals.total.to_compact_string(),
    };
    Ok((parcels, totals))
}

/// The lines of a warehouse's parcel, which is put in its place if it is new.
fn parcel<'a>(parcels: &'a mut Parcels, warehouse: &str) -> &'a mut SmallVec<[Line; 4]> {
    let at = match parcels.binary_search_by(|parcel| parcel.warehouse.as_str().cmp(warehouse)) {
        Ok(at) => at,
        Err(at) => {
            let parcel = Parcel { warehouse: warehouse.into(), lines: SmallVec::new() };
            parcels.insert(at, parcel);
            at
        }
    };
    &mut parcels[at].lines
}
