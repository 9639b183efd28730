//! The room `share` of this crate: a request that owns itself, with no lifetime in any of its types.
//!
//! As `existing`, with the blocks of the room in place of what that borrows or copies:
//!
//! - **One buffer.** A variant is lent a slice, so the request is copied, once, into a buffer that is
//!   kept from request to request: in a server that is the buffer that the socket was read into,
//!   and the copy is not made. No allocation after the first request. A `Str` takes the buffer
//!   over, with its count in the spare capacity, and gives it back.
//! - **The head is a `Fields`**, not a `Str` for each line: a mark is two offsets, where a slice of
//!   more than 23 bytes is a count operation that costs as much as copying 100 bytes, and 9 of
//!   these 14 values are that long. What must outlive the others is cut out by `Fields::get_str`.
//! - **The order is of `Str`s**, read by `Str::with_source`: up to 23 bytes inline, longer ones are
//!   slices of the buffer. The longest string of the embedded order has 22 bytes, so it shares
//!   none; a long note is where `existing` allocates and this does not.
//!
//! Where it loses: it has the allocation of `existing`, and 51.6 thousand instructions beside 50.4,
//! for the copy, for the check of the head for UTF-8 and for marking all 14 headers in place of
//! looking at seven. What that buys is a request and an order that may be kept, queued or sent to
//! another thread. `owned` promises that of its context and its order as well, with `CompactString`
//! and without these blocks: 67.9 thousand instructions and 7 allocations and reallocations.
//! (callgrind, rustc 1.95, glibc 2.36: `cargo run --release --manifest-path benches/versus/Cargo.toml
//! -- --room report --all`.)

use core::mem::{self, MaybeUninit};

use smallvec::SmallVec;
use thrifty::share::{Fields, FieldsError, Str};

use super::error::Error;
use super::head::{Head, MAX_HEADERS, Wanted};
use super::metadata::Metadata;
use super::own::{Own, with_source};
use super::receipt::{self, Line, Parcels, Receipt, Sentences};
use super::rules::{App, Tally};
use super::{Variant, echo};

/// Items that fit on the stack.
const ITEMS: usize = 8;
/// Method, path and 16 headers fit into the value.
const FIELDS: usize = 2 + 2 * 16;
/// What a server reads at once.
const READ: usize = 4096;

/// See the module's documentation.
#[derive(Debug)]
pub struct Shared {
    app: App,
    request: Request,
    sentences: Sentences,
    response: Vec<u8>,
}

impl Shared {
    pub fn new() -> Self {
        Self {
            app: App::new(),
            request: Request::default(),
            sentences: Sentences::default(),
            response: Vec::new(),
        }
    }
}

impl Variant for Shared {
    fn name(&self) -> &'static str {
        "shared"
    }

    fn about(&self) -> &'static str {
        "thrifty::share: head in Fields, order of Str; copies the request once to own it, no lifetimes"
    }

    fn handle(&mut self, request: &[u8]) -> Result<&[u8], Error> {
        self.request.read(&self.app, request)?;
        let (wanted, body) = (self.request.wanted(), self.request.body());
        let [method, path] = self.request.start();
        let caller = wanted.admit(&self.app, method, path, body.as_bytes())?;
        let order: Order = with_source(self.request.buf(), || serde_json::from_str(body))?;

        let mut tally = Tally::open(
            &self.app,
            &order.currency,
            &order.ship_to.country,
            order.coupon.as_deref(),
            order.items.len(),
        )?;
        let mut lines: SmallVec<[Line<'_>; ITEMS]> = SmallVec::new();
        for item in &order.items {
            let (product, net) = tally.line(&self.app, &item.sku, item.quantity, item.discount)?;
            lines.push(Line::new(product, &item.sku, item.quantity, net));
        }
        let parcels = receipt::group(&mut lines);

        self.sentences.write(&self.app, &caller, &wanted, &order.customer.name, lines.len());
        let receipt = Receipt {
            order_id: &self.sentences.order_id,
            request_id: caller.request_id,
            message: &self.sentences.message,
            parcels: Parcels(&lines),
            totals: tally.close(parcels),
            metadata: &order.metadata,
        };
        self.response.clear();
        serde_json::to_writer(&mut self.response, &receipt)?;
        Ok(&self.response)
    }

    /// Borrows, as `existing` does: nothing of it is kept, and its body may be no text.
    fn handle_other(&mut self, request: &[u8]) -> Result<&[u8], Error> {
        echo::borrowed::<Str>(request, &mut self.response)?;
        Ok(&self.response)
    }
}

/// A request that owns its text.
#[derive(Debug, Default)]
pub struct Request {
    /// Method, path, then name and value of each header; its buffer is the whole request.
    head: Fields<FIELDS, Str>,
    /// Where the body begins.
    body: usize,
}

impl Request {
    /// Takes a request in, in the buffer of the one before.
    pub fn read(&mut self, app: &App, bytes: &[u8]) -> Result<(), Error> {
        read(&mut self.head, app, bytes)?;
        self.parse()
    }

    /// The whole of it.
    pub fn buf(&self) -> &Str {
        self.head.buf()
    }

    fn parse(&mut self) -> Result<(), Error> {
        let body = &mut self.body;
        let marked = self.head.try_mark(|text, marks| {
            let mut lines = [const { MaybeUninit::uninit() }; MAX_HEADERS];
            let mut parsed = httparse::Request::new(&mut []);
            *body = match parsed.parse_with_uninit_headers(text.as_bytes(), &mut lines)? {
                httparse::Status::Complete(end) => end,
                httparse::Status::Partial => return Err(Error::TruncatedHead),
            };
            marks.mark(parsed.method.unwrap_or_default());
            marks.mark(parsed.path.unwrap_or_default());
            for header in parsed.headers.iter() {
                marks.mark(header.name);
                marks.mark_bytes(header.value);
            }
            Ok(())
        });
        marked.map_err(|error| match error {
            FieldsError::Parser(error) => error,
            // More than 4 GiB.
            _ => Error::MalformedHead,
        })
    }

    /// Method and path.
    pub fn start(&self) -> [&str; 2] {
        [0, 1].map(|field| &self.head[field])
    }

    /// The headers that are looked at.
    pub fn wanted(&self) -> Wanted<'_> {
        Wanted::find_text(self.head.pairs().skip(1))
    }

    pub fn body(&self) -> &str {
        &self.head.text()[self.body..]
    }
}

/// Takes a request in, in the buffer of the one before.
pub fn read<const N: usize>(
    head: &mut Fields<N, Str>,
    app: &App,
    bytes: &[u8],
) -> Result<(), Error> {
    let mut buffer = mem::take(head.reset()).into_string();
    buffer.clear();
    buffer.reserve(READ);
    let read = match str::from_utf8(bytes) {
        Ok(text) => {
            buffer.push_str(text);
            Ok(())
        }
        Err(_) => read_text(app, bytes, &mut buffer),
    };
    *head.reset() = buffer.into();
    read
}

/// The text of a request that is not UTF-8 as a whole: without the headers that are not, since such
/// a header counts as absent. A body that is not is refused, but only after all that is wrong with
/// the head.
#[cold]
fn read_text(app: &App, bytes: &[u8], buffer: &mut String) -> Result<(), Error> {
    let mut lines = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut parsed = httparse::Request::new(&mut lines);
    parsed.parse(bytes)?;
    let head = Head::parse(bytes)?;
    let body = match str::from_utf8(head.body) {
        Ok(body) => body,
        Err(error) => {
            head.wanted.admit(app, head.method, head.path, head.body)?;
            return Err(error.into());
        }
    };
    buffer.extend([head.method, " ", head.path, " HTTP/1.1\r\n"]);
    for header in parsed.headers.iter() {
        if let Ok(value) = str::from_utf8(header.value) {
            buffer.extend([header.name, ": ", value, "\r\n"]);
        }
    }
    buffer.extend(["\r\n", body]);
    Ok(())
}

#[derive(Debug, serde::Deserialize)]
struct Order {
    customer: Customer,
    ship_to: Address,
    currency: Own<Str>,
    items: SmallVec<[Item; ITEMS]>,
    coupon: Option<Own<Str>>,
    metadata: Metadata<Own<Str>>,
}

#[derive(Debug, serde::Deserialize)]
struct Customer {
    id: Own<Str>,
    name: Own<Str>,
    email: Own<Str>,
    phone: Option<Own<Str>>,
}

#[derive(Debug, serde::Deserialize)]
struct Address {
    name: Own<Str>,
    street: Own<Str>,
    city: Own<Str>,
    postcode: Own<Str>,
    country: Own<Str>,
}

#[derive(Debug, serde::Deserialize)]
struct Item {
    sku: Own<Str>,
    quantity: i64,
    discount: Option<i64>,
    note: Option<Own<Str>>,
}
