//! Borrow what the request already holds, on the way in and on the way out.
//!
//! One lever, and [`numbers`](super::numbers) with it: a receipt of views has no text of an amount
//! to look at, so it writes the digits itself. Its own part is what it saves beside `numbers`.
//!
//! The head is a view of the request, the order's strings are [`Text`], the receipt is views of
//! both, and the state is read where it stands. What is left: a vector each for the items, the
//! lines and the metadata, which grow as they fill, and the response, which does the same.
//! A string with an escape costs a copy, and the JSON parser its scratch space.

use core::fmt;
use core::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::error::Error;
use super::head::Head;
use super::receipt::{self, Line, Parcels, Receipt, Sentences};
use super::rules::{App, Tally};
use super::text::Text;
use super::{Variant, echo};

/// See the module's documentation.
#[derive(Debug)]
pub struct ZeroCopy {
    app: App,
    response: Vec<u8>,
}

impl ZeroCopy {
    pub fn new() -> Self {
        Self { app: App::new(), response: Vec::new() }
    }
}

impl Variant for ZeroCopy {
    fn name(&self) -> &'static str {
        "zero_copy"
    }

    fn about(&self) -> &'static str {
        "numbers + parsing and answering by borrowing"
    }

    fn handle(&mut self, request: &[u8]) -> Result<&[u8], Error> {
        // The last response has been sent; this one starts with a new buffer.
        self.response = Vec::new();
        create_order(&self.app, request, &mut Sentences::default(), &mut self.response)?;
        Ok(&self.response)
    }

    fn handle_other(&mut self, request: &[u8]) -> Result<&[u8], Error> {
        self.response = Vec::new();
        echo::borrowed::<String>(request, &mut self.response)?;
        Ok(&self.response)
    }
}

/// From the bytes of a request to the bytes of the response.
pub fn create_order(
    app: &App,
    request: &[u8],
    sentences: &mut Sentences,
    response: &mut Vec<u8>,
) -> Result<(), Error> {
    let head = Head::parse(request)?;
    let caller = head.wanted.admit(app, head.method, head.path, head.body)?;
    let order: Order<'_> = serde_json::from_str(str::from_utf8(head.body)?)?;

    let mut tally = Tally::open(
        app,
        &order.currency,
        &order.ship_to.country,
        order.coupon.as_deref(),
        order.items.len(),
    )?;
    let mut lines = Vec::with_capacity(order.items.len());
    for item in &order.items {
        let (product, net) = tally.line(app, &item.sku, item.quantity, item.discount)?;
        lines.push(Line::new(product, &item.sku, item.quantity, net));
    }
    let parcels = receipt::group(&mut lines);

    sentences.write(app, &caller, &head.wanted, &order.customer.name, lines.len());
    let receipt = Receipt {
        order_id: &sentences.order_id,
        request_id: caller.request_id,
        message: &sentences.message,
        parcels: Parcels(&lines),
        totals: tally.close(parcels),
        metadata: &order.metadata,
    };
    Ok(serde_json::to_writer(response, &receipt)?)
}

type Str<'a> = Text<'a, String>;

#[derive(Debug, serde::Deserialize)]
struct Order<'a> {
    #[serde(borrow)]
    customer: Customer<'a>,
    #[serde(borrow)]
    ship_to: Address<'a>,
    #[serde(borrow)]
    currency: Str<'a>,
    #[serde(borrow)]
    items: Vec<Item<'a>>,
    #[serde(borrow)]
    coupon: Option<Str<'a>>,
    #[serde(borrow)]
    metadata: Metadata<'a>,
}

#[derive(Debug, serde::Deserialize)]
struct Customer<'a> {
    #[serde(borrow)]
    id: Str<'a>,
    #[serde(borrow)]
    name: Str<'a>,
    #[serde(borrow)]
    email: Str<'a>,
    #[serde(borrow)]
    phone: Option<Str<'a>>,
}

#[derive(Debug, serde::Deserialize)]
struct Address<'a> {
    #[serde(borrow)]
    name: Str<'a>,
    #[serde(borrow)]
    street: Str<'a>,
    #[serde(borrow)]
    city: Str<'a>,
    #[serde(borrow)]
    postcode: Str<'a>,
    #[serde(borrow)]
    country: Str<'a>,
}

#[derive(Debug, serde::Deserialize)]
struct Item<'a> {
    #[serde(borrow)]
    sku: Str<'a>,
    quantity: i64,
    discount: Option<i64>,
    #[serde(borrow)]
    note: Option<Str<'a>>,
}

/// A map in a vector: sorted by key, each key once.
#[derive(Debug)]
struct Metadata<'a>(Vec<(Str<'a>, Str<'a>)>);

impl Serialize for Metadata<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Metadata<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MetadataVisitor(PhantomData))
    }
}

struct MetadataVisitor<'a>(PhantomData<Metadata<'a>>);

impl<'de: 'a, 'a> Visitor<'de> for MetadataVisitor<'a> {
    type Value = Metadata<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries: Vec<(Str<'a>, Str<'a>)> = Vec::new();
        while let Some((key, value)) = map.next_entry::<Str<'a>, Str<'a>>()? {
            match entries.binary_search_by(|(known, _)| known.cmp(&key)) {
                Ok(at) => entries[at].1 = value,
                Err(at) => entries.insert(at, (key, value)),
            }
        }
        Ok(Metadata(entries))
    }
}
