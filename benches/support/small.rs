//! The room `inline` of this crate alone: `naive`, line by line, with `SmallString`, `SmallMap` and
//! `SmallVec` for `String`, the maps and `Vec`, and `small_concat!` for `format!`.
//!
//! Everything is still copied, the state is still cloned and the response still grows: these are 6
//! of the 8 allocations and reallocations that are left, the other two are the user agent, which is
//! longer than a [`Line`], and the JSON parser's scratch space.
//!
//! [`inline`](super::inline) does the same with `compact_str` and `smallvec`. It takes 75 thousand
//! instructions for the embedded request, this 67. Half of that difference is no allocation:
//! amounts are joined from integers here and go through `core::fmt` there, a lever of its own as in
//! [`numbers`](super::numbers). The rest comes with 14 allocations and reallocations fewer: the
//! place of a text is as large as the text needs ([`Code`], [`Word`], [`Line`]), so ids and the
//! message do not spill.
//!
//! Where it loses: the values are fat. A `CompactString` holds 24 bytes in 24, a [`Word`] 32 in 40,
//! and a move copies all of it; types that are kept for long, or by the thousand, want the former.
//! And 14 header names are more than the 8 that a `SmallMap` of texts is good for: filled and asked
//! seven times, 16 places still cost less than 8 that spill, but each further look-up that
//! finds nothing compares all names.
//!
//! (callgrind, rustc 1.95, glibc 2.36: `cargo run --release --manifest-path benches/versus/Cargo.toml
//! -- --room report --all`.)

use core::fmt;
use core::hash::BuildHasherDefault;
use std::collections::hash_map::DefaultHasher;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thrifty::inline::{Piece, Sink, SmallMap, SmallString, SmallVec, small_concat};

use super::Variant;
use super::echo::{self, Echo};
use super::error::Error;
use super::head::{MAX_HEADERS, Wanted};
use super::own::Own;
use super::rules::{self, App, Cents, Tally};

/// A number, a key, an amount: 24 bytes.
type Code = SmallString<12>;
/// A name, a path, a street: 40 bytes.
type Word = SmallString<32>;
/// An id, a header, a sentence: 64 bytes.
type Line = SmallString<56>;

/// With std's own hash function, and the same keys in every process: see [`rules::Map`].
type Map<K, V, const N: usize> = SmallMap<K, V, N, BuildHasherDefault<DefaultHasher>>;

/// See the module's documentation.
#[derive(Debug)]
pub struct Small {
    app: App,
    response: Vec<u8>,
}

impl Small {
    pub fn new() -> Self {
        Self { app: App::new(), response: Vec::new() }
    }
}

impl Variant for Small {
    fn name(&self) -> &'static str {
        "small"
    }

    fn about(&self) -> &'static str {
        "naive + thrifty::inline: SmallString, SmallMap, SmallVec, small_concat!; fatter moves"
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
    method: Code,
    path: Word,
    headers: Map<Word, Line, 16>,
    header_lines: usize,
    body: SmallVec<[u8; 1024]>,
}

/// Who is calling, detached from the request, so that it can be passed on.
#[derive(Debug)]
struct Context {
    tenant_code: Code,
    shop: Word,
    request_id: Line,
    language: Option<Line>,
    idempotency_key: Option<Line>,
}

/// The order as the customer sends it.
#[derive(Debug, Deserialize)]
struct Order {
    customer: Customer,
    ship_to: Address,
    currency: Own<Code>,
    items: SmallVec<[Item; 8]>,
    coupon: Option<Own<Code>>,
    metadata: Metadata,
}

#[derive(Debug, Deserialize)]
struct Customer {
    id: Own<Code>,
    name: Own<Word>,
    email: Own<Word>,
    phone: Option<Own<Word>>,
}

#[derive(Debug, Deserialize)]
struct Address {
    name: Own<Word>,
    street: Own<Word>,
    city: Own<Word>,
    postcode: Own<Code>,
    country: Own<Code>,
}

#[derive(Debug, Deserialize)]
struct Item {
    sku: Own<Code>,
    quantity: i64,
    discount: Option<i64>,
    note: Option<Own<Word>>,
}

/// The response body.
#[derive(Debug, Serialize)]
struct Receipt {
    order_id: Own<Word>,
    request_id: Own<Line>,
    message: Own<Line>,
    parcels: SmallVec<[Parcel; 4]>,
    totals: Totals,
    metadata: Metadata,
}

#[derive(Debug, Serialize)]
struct Parcel {
    warehouse: Own<Code>,
    lines: Lines,
}

type Lines = SmallVec<[PricedLine; 4]>;

#[derive(Debug, Serialize)]
struct PricedLine {
    sku: Own<Code>,
    quantity: i64,
    price: Own<Code>,
    net: Own<Code>,
}

#[derive(Debug, Serialize)]
struct Totals {
    subtotal: Own<Code>,
    discount: Own<Code>,
    shipping: Own<Code>,
    tax: Own<Code>,
    total: Own<Code>,
}

impl Request {
    fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let mut lines = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut parsed = httparse::Request::new(&mut lines);
        let httparse::Status::Complete(end) = parsed.parse(bytes)? else {
            return Err(Error::TruncatedHead);
        };
        let mut headers = Map::default();
        for header in parsed.headers.iter() {
            if let Ok(value) = str::from_utf8(header.value) {
                let mut name = Word::from(header.name);
                name.make_ascii_lowercase();
                headers.insert(name, value.into());
            }
        }
        Ok(Self {
            method: parsed.method.unwrap_or_default().into(),
            path: parsed.path.unwrap_or_default().into(),
            headers,
            header_lines: parsed.headers.len(),
            body: SmallVec::from_slice(&bytes[end..]),
        })
    }

    fn wanted(&self) -> Wanted<'_> {
        let get = |name| self.headers.get(name).map(Line::as_str);
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
        Ok(Context {
            tenant_code: caller.tenant.code.as_str().into(),
            shop: caller.tenant.shop.as_str().into(),
            request_id: caller.request_id.into(),
            language: wanted.accept_language.map(Line::from),
            idempotency_key: wanted.idempotency_key.map(Line::from),
        })
    }

    /// What the service answers to a request of another shape.
    fn echo(&self) -> Result<Echo<'_, serde_json::Value>, Error> {
        let wanted = self.wanted();
        let json = echo::json(&wanted, &self.body)?.map(serde_json::from_str).transpose()?;
        Ok(Echo::new(&self.method, &self.path, self.header_lines, &wanted, &self.body, json))
    }
}

/// From a parsed request to the receipt.
fn create_order(app: &App, request: &Request) -> Result<Receipt, Error> {
    let context = request.context(app)?;
    let order: Order = serde_json::from_str(str::from_utf8(&request.body)?)?;
    let (parcels, totals) = price(app, &order)?;

    let suffix = rules::order_suffix(context.idempotency_key.as_deref(), &context.request_id);
    let thanks = rules::thanks(context.language.as_deref());
    Ok(Receipt {
        order_id: Own(small_concat!(32; app.region, '-', context.tenant_code, '-', suffix)),
        message: Own(small_concat!(
            56;
            thanks,
            ", ",
            order.customer.name.0,
            "! ",
            order.items.len(),
            " items from ",
            context.shop,
            '.',
        )),
        request_id: Own(context.request_id),
        parcels,
        totals,
        metadata: order.metadata,
    })
}

fn price(app: &App, order: &Order) -> Result<(SmallVec<[Parcel; 4]>, Totals), Error> {
    let country = &order.ship_to.country;
    let coupon = order.coupon.as_deref();
    let mut tally = Tally::open(app, &order.currency, country, coupon, order.items.len())?;
    let mut parcels: Map<Code, Lines, 4> = Map::default();
    for item in &order.items {
        let (product, net) = tally.line(app, &item.sku, item.quantity, item.discount)?;
        let line = PricedLine {
            sku: item.sku.clone(),
            quantity: item.quantity,
            price: amount(product.price),
            net: amount(net),
        };
        parcels.entry_ref(product.warehouse.as_str()).or_default().push(line);
    }
    let totals = tally.close(parcels.len());
    let totals = Totals {
        subtotal: amount(totals.subtotal),
        discount: amount(totals.discount),
        shipping: amount(totals.shipping),
        tax: amount(totals.tax),
        total: amount(totals.total),
    };
    let parcels = parcels.into_iter();
    let mut parcels: SmallVec<[Parcel; 4]> =
        parcels.map(|(warehouse, lines)| Parcel { warehouse: Own(warehouse), lines }).collect();
    // A `SmallMap` has no order, and the receipt is sorted.
    parcels.sort_unstable_by(|a, b| a.warehouse.cmp(&b.warehouse));
    Ok((parcels, totals))
}

fn amount(cents: Cents) -> Own<Code> {
    Own(small_concat!(12; cents))
}

/// The text of its `Display`.
impl Piece for Cents {
    fn append_to<S: Sink>(&self, to: &mut S) -> fmt::Result {
        (self.0 / 100).append_to(to)?;
        to.write_char('.')?;
        (self.0 / 10 % 10).append_to(to)?;
        (self.0 % 10).append_to(to)
    }
}

/// Free-form metadata, sorted by key when it is written, as `naive`'s `BTreeMap` is.
#[derive(Debug)]
struct Metadata(Map<Word, Word, 4>);

impl Serialize for Metadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let mut entries: SmallVec<[(&str, &str); 4]> = entries.collect();
        entries.sort_unstable();
        serializer.collect_map(entries)
    }
}

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries)
    }
}

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = Metadata;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut metadata = Metadata(Map::default());
        while let Some((key, value)) = map.next_entry::<Own<Word>, Own<Word>>()? {
            metadata.0.insert(key.0, value.0);
        }
        Ok(metadata)
    }
}
