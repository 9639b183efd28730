//! All levers, the best of the ladder: `buffers_zero_copy`, with the writer of
//! [`numbers`](super::numbers) that is in it, and the few items, lines and
//! metadata entries of a usual order stay on the stack.
//!
//! What is left of the embedded request is one allocation: the scratch space of the JSON parser,
//! and that only because one of its strings has an escape. An order with more than [`ITEMS`]
//! items or more metadata entries than [`metadata::INLINE`](super::metadata::INLINE) spills to
//! the heap, and one with long escaped strings copies them there.
//!
//! In instructions this is a draw with `buffers_zero_copy`: to move the inline items from the
//! parser into the order costs about what five calls of the allocator do. What it buys is that
//! the allocator, and all that other threads do to it, is not met at all.
//!
//! `SmallVec` is `smallvec`'s, by way of `thrifty::inline`.

use compact_str::CompactString;
use thrifty::inline::SmallVec;

use super::error::Error;
use super::head::Head;
use super::metadata::Metadata;
use super::receipt::{self, Line, Parcels, Receipt, Sentences};
use super::rules::{App, Tally};
use super::text::Text;
use super::{Variant, echo};

/// Items that fit on the stack.
pub const ITEMS: usize = 8;

/// See the module's documentation.
#[derive(Debug)]
pub struct ZeroCopyInline {
    app: App,
    sentences: Sentences,
    response: Vec<u8>,
}

impl ZeroCopyInline {
    pub fn new() -> Self {
        Self { app: App::new(), sentences: Sentences::default(), response: Vec::new() }
    }
}

impl Variant for ZeroCopyInline {
    fn name(&self) -> &'static str {
        "zero_copy_inline"
    }

    fn about(&self) -> &'static str {
        "buffers + zero_copy + inline"
    }

    fn handle(&mut self, request: &[u8]) -> Result<&[u8], Error> {
        let head = Head::parse(request)?;
        let caller = head.wanted.admit(&self.app, head.method, head.path, head.body)?;
        let order: Order<'_> = serde_json::from_str(str::from_utf8(head.body)?)?;

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

        self.sentences.write(&self.app, &caller, &head.wanted, &order.customer.name, lines.len());
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

    fn handle_other(&mut self, request: &[u8]) -> Result<&[u8], Error> {
        echo::borrowed::<CompactString>(request, &mut self.response)?;
        Ok(&self.response)
    }
}

type Str<'a> = Text<'a, CompactString>;

#[derive(Debug, serde::Deserialize)]
struct Order<'a> {
    #[serde(borrow)]
    customer: Customer<'a>,
    #[serde(borrow)]
    ship_to: Address<'a>,
    #[serde(borrow)]
    currency: Str<'a>,
    #[serde(borrow)]
    items: SmallVec<[Item<'a>; ITEMS]>,
    #[serde(borrow)]
    coupon: Option<Str<'a>>,
    #[serde(borrow)]
    metadata: Metadata<Str<'a>>,
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
