//! All rooms together: **no allocation and no reallocation**, and no lifetime in any type of the
//! user's. Not for the embedded request alone: for each of 200 that differ, once the largest was seen
//! (`tests/workload.rs`).
//!
//! - **The request owns its text**, in one buffer that a `Str` takes over and gives back, as in
//!   [`shared`](super::shared). Of the head, `Fields` marks what is looked at: method, path and seven
//!   headers.
//! - **The order is of [`Text`]s**: `Str`s, which are inline up to 23 bytes and slices of the request
//!   above (`Str::with_source`). The parser's buffer for strings with escapes, the last allocation of
//!   `existing` and `shared`, is not needed: [`unescape`].
//! - **Items and metadata are pooled vectors** ([`Many`]), the priced lines a `RecycleSlot`'s. A
//!   `SmallVec` or a `SmallMap` would spill for a larger order and be moved for a small one.
//! - **The response is joined from pieces** ([`json`](super::json)) in a scratch vector of the
//!   thread's, whose length is known then: so the buffer that is taken from the pool fits. Writing
//!   many small pieces into a `PooledBuf` costs twice what it costs into a `Vec`.
//!
//! Where it loses: [`pieces`](super::pieces), without any block of ours, takes fewer instructions, and
//! all that this saves beside `existing` comes from there. In thousands: `existing` 50.4, `pieces` 38.7,
//! this 42.2. The 3.5 between the last two go into the copy of the request and its check for UTF-8, the
//! marks, and strings that are read as raw JSON near an escape, and they buy a request that owns
//! itself and the last allocation. That one, of 8 bytes, costs a hundred instructions on glibc: on one
//! thread it is not worth it. Take this where allocations are the budget (a latency tail, an
//! allocator that threads contend for, a hard limit) or requests outlive the call, and `pieces`
//! where instructions are.
//! (callgrind, rustc 1.95, glibc 2.36: `cargo run --release --manifest-path benches/versus/Cargo.toml
//! -- --room report --all`.)
//!
//! Where they go, in thousands: 22.1 to decode the body, of which 4.7 look for the end of strings, 1.1
//! make `Str`s and 0.9 are the one string with an escape; 4.7 to write the receipt; 3.7 `httparse`; 3.4
//! the rules and the caller's key, which all variants share; 1.4 the checks for UTF-8; 1.3 to group
//! the lines; 0.9 to look for backslashes. `serde_json` takes 11.4 to skip the same body: what is left
//! to win here is another JSON parser.
//!
//! What still allocates: an order or a text larger than all before it, once; and inside of fields that
//! nobody asked for what [`Skip`] says.

use core::fmt;
use core::mem::MaybeUninit;

use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use thrifty::pool::{Pool, PooledBuf, RecycleSlot, with_scratch};
use thrifty::share::{Fields, FieldsError, Str};

use super::error::Error;
use super::head::{MAX_HEADERS, WANTED, Wanted};
use super::json::write_receipt;
use super::own::with_source;
use super::pooled::{BUFFERS, Kept, Many, RETAIN};
use super::receipt::{self, Line, Sentences};
use super::rules::{App, Tally};
use super::shared::read;
use super::unescape::{self, Skip, Text};
use super::{Variant, echo};

static ITEMS: Pool<Vec<Item>> = Pool::new().retain(RETAIN);
static ENTRIES: Pool<Vec<Entry>> = Pool::new().retain(RETAIN);

/// See the module's documentation.
#[derive(Debug)]
pub struct Best {
    app: App,
    request: Request,
    lines: RecycleSlot<Line<'static>>,
    sentences: Sentences,
    response: Option<PooledBuf>,
}

impl Best {
    pub fn new() -> Self {
        Self {
            app: App::new(),
            request: Request::default(),
            lines: RecycleSlot::with_retain(RETAIN),
            sentences: Sentences::default(),
            response: None,
        }
    }
}

impl Variant for Best {
    fn name(&self) -> &'static str {
        "best"
    }

    fn about(&self) -> &'static str {
        "all rooms: Fields, Str, pooled and scratch vectors, PooledBuf; the pieces of pieces; no lifetimes"
    }

    fn handle(&mut self, request: &[u8]) -> Result<&[u8], Error> {
        // The last response has been sent.
        self.response = None;
        self.request.read(&self.app, request)?;
        let (wanted, body) = (self.request.wanted(), self.request.body());
        let [method, path] = self.request.start();
        let caller = wanted.admit(&self.app, method, path, body.as_bytes())?;
        let order: Order = with_source(self.request.buf(), || unescape::from_str(body))?;

        let mut tally = Tally::open(
            &self.app,
            &order.currency,
            &order.ship_to.country,
            order.coupon.as_deref(),
            order.items.len(),
        )?;
        let mut lines = self.lines.lend::<Line<'_>>();
        for item in order.items.iter() {
            let (product, net) = tally.line(&self.app, &item.sku, item.quantity, item.discount)?;
            lines.push(Line::new(product, &item.sku, item.quantity, net));
        }
        let parcels = receipt::group(&mut lines);

        self.sentences.write(&self.app, &caller, &wanted, &order.customer.name, lines.len());
        let response = with_scratch(|json| {
            write_receipt(
                json,
                &self.sentences,
                caller.request_id,
                &lines,
                &tally.close(parcels),
                order.metadata.0.iter().map(|(key, value)| (&**key, &**value)),
            )?;
            let mut response = BUFFERS.get(json.len());
            response.extend_from_slice(json);
            Ok::<_, Error>(response)
        })?;
        Ok(self.response.insert(response))
    }

    fn keeps(&self) -> usize {
        let sentences = self.sentences.order_id.capacity() + self.sentences.message.capacity();
        let vectors = pooled_bytes(&ITEMS) + pooled_bytes(&ENTRIES);
        let lines = self.lines.capacity() * size_of::<Line<'_>>();
        let scratch = with_scratch(|json| json.capacity()) + unescape::keeps();
        self.request.buf().retained()
            + usize::try_from(BUFFERS.stats().allocated_bytes).unwrap_or(usize::MAX)
            + sentences
            + vectors
            + lines
            + scratch
    }

    /// Borrows, as `existing` does: nothing of it is kept, and its body may be no text.
    fn handle_other(&mut self, request: &[u8]) -> Result<&[u8], Error> {
        self.response = None;
        let response = with_scratch(|json| {
            echo::borrowed::<Str>(request, json)?;
            let mut response = BUFFERS.get(json.len());
            response.extend_from_slice(json);
            Ok::<_, Error>(response)
        })?;
        Ok(self.response.insert(response))
    }
}

/// What the idle vector of this thread has grown to; one thread has one of each.
fn pooled_bytes<T: Kept>(pool: &'static Pool<Vec<T>>) -> usize {
    pool.get().capacity() * size_of::<T>()
}

/// A request that owns its text: method, path and the headers that are looked at.
#[derive(Debug, Default)]
struct Request {
    head: Fields<12, Str>,
    /// The field of each header that is looked at; 0 for those that are not there.
    fields: [usize; WANTED],
    /// Where the body begins.
    body: usize,
}

impl Request {
    /// Takes a request in, in the buffer of the one before.
    fn read(&mut self, app: &App, bytes: &[u8]) -> Result<(), Error> {
        read(&mut self.head, app, bytes)?;
        let Self { head, fields, body } = self;
        let marked = head.try_mark(|text, marks| {
            let mut lines = [const { MaybeUninit::uninit() }; MAX_HEADERS];
            let mut parsed = httparse::Request::new(&mut []);
            *body = match parsed.parse_with_uninit_headers(text.as_bytes(), &mut lines)? {
                httparse::Status::Complete(end) => end,
                httparse::Status::Partial => return Err(Error::TruncatedHead),
            };
            marks.mark(parsed.method.unwrap_or_default());
            marks.mark(parsed.path.unwrap_or_default());
            *fields = [0; WANTED];
            let mut field = 1;
            for header in parsed.headers.iter() {
                if let Some(wanted) = wanted(header.name) {
                    field += 1;
                    fields[wanted] = field;
                    marks.mark_bytes(header.value);
                }
            }
            Ok(())
        });
        marked.map_err(|error| match error {
            FieldsError::Parser(error) => error,
            // More than 4 GiB.
            _ => Error::MalformedHead,
        })
    }

    /// The headers that are looked at.
    fn wanted(&self) -> Wanted<'_> {
        Wanted::from_values(self.fields.map(|field| (field != 0).then(|| &self.head[field])))
    }

    /// Method and path.
    fn start(&self) -> [&str; 2] {
        [0, 1].map(|field| &self.head[field])
    }

    /// The whole of it.
    fn buf(&self) -> &Str {
        self.head.buf()
    }

    fn body(&self) -> &str {
        &self.head.text()[self.body..]
    }
}

/// The place of a header among [`Wanted::values`].
fn wanted(name: &str) -> Option<usize> {
    let (usual, place) = match (name.len(), name.as_bytes()[0] | 0x20) {
        (12, b'c') => ("Content-Type", 0),
        (14, b'c') => ("Content-Length", 1),
        (13, b'a') => ("Authorization", 2),
        (12, b'x') => ("X-Request-Id", 3),
        (11, b't') => ("Traceparent", 4),
        (15, b'a') => ("Accept-Language", 5),
        (15, b'i') => ("Idempotency-Key", 6),
        _ => return None,
    };
    (name == usual || name.eq_ignore_ascii_case(usual)).then_some(place)
}

#[derive(Debug, serde::Deserialize)]
#[serde(remote = "Self")]
struct Order {
    customer: Customer,
    ship_to: Address,
    currency: Text,
    items: Many<Item>,
    coupon: Option<Text>,
    metadata: Metadata,
}

#[derive(Debug, serde::Deserialize)]
struct Customer {
    id: Text,
    name: Text,
    email: Text,
    phone: Option<Text>,
}

#[derive(Debug, serde::Deserialize)]
struct Address {
    name: Text,
    street: Text,
    city: Text,
    postcode: Text,
    country: Text,
}

#[derive(Debug, serde::Deserialize)]
struct Item {
    sku: Text,
    quantity: i64,
    discount: Option<i64>,
    note: Option<Text>,
}

/// As it is derived, but for fields of other names: [`Skip`] in place of `IgnoredAny`.
impl<'de> Deserialize<'de> for Order {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("Order", &[], OrderVisitor)
    }
}

struct OrderVisitor;

#[derive(serde::Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Field {
    Customer,
    ShipTo,
    Currency,
    Items,
    Coupon,
    Metadata,
    #[serde(other)]
    Other,
}

impl<'de> Visitor<'de> for OrderVisitor {
    type Value = Order;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an order")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Order, A::Error> {
        Order::deserialize(SeqAccessDeserializer::new(seq))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Order, A::Error> {
        let (mut customer, mut ship_to, mut currency) = (None, None, None);
        let (mut items, mut coupon, mut metadata) = (None, None, None);
        while let Some(field) = map.next_key()? {
            match field {
                Field::Customer => set(&mut customer, "customer", &mut map)?,
                Field::ShipTo => set(&mut ship_to, "ship_to", &mut map)?,
                Field::Currency => set(&mut currency, "currency", &mut map)?,
                Field::Items => set(&mut items, "items", &mut map)?,
                Field::Coupon => set(&mut coupon, "coupon", &mut map)?,
                Field::Metadata => set(&mut metadata, "metadata", &mut map)?,
                Field::Other => _ = map.next_value::<Skip>()?,
            }
        }
        let missing = A::Error::missing_field;
        Ok(Order {
            customer: customer.ok_or_else(|| missing("customer"))?,
            ship_to: ship_to.ok_or_else(|| missing("ship_to"))?,
            currency: currency.ok_or_else(|| missing("currency"))?,
            items: items.ok_or_else(|| missing("items"))?,
            coupon: coupon.flatten(),
            metadata: metadata.ok_or_else(|| missing("metadata"))?,
        })
    }
}

fn set<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    field: &mut Option<T>,
    name: &'static str,
    map: &mut A,
) -> Result<(), A::Error> {
    if field.is_some() {
        return Err(A::Error::duplicate_field(name));
    }
    *field = Some(map.next_value()?);
    Ok(())
}

impl Kept for Item {
    fn pool() -> &'static Pool<Vec<Self>> {
        &ITEMS
    }
}

/// Free-form metadata, sorted by key, each key once.
#[derive(Debug)]
struct Metadata(Many<Entry>);

type Entry = (Text, Text);

impl Kept for Entry {
    fn pool() -> &'static Pool<Vec<Self>> {
        &ENTRIES
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

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Metadata, A::Error> {
        let mut entries = ENTRIES.get();
        while let Some((key, value)) = map.next_entry::<Text, Text>()? {
            // As in a map, the last of two equal keys counts.
            match entries.binary_search_by(|(known, _)| (**known).cmp(&key)) {
                Ok(at) => entries[at].1 = value,
                Err(at) => entries.insert(at, (key, value)),
            }
        }
        Ok(Metadata(Many(entries)))
    }
}
