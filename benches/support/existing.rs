//! The best of existing crates alone: `smallvec`, `compact_str` and buffers that are kept.
//!
//! The order is owned, with no lifetime in its types, and short strings and vectors stay inside
//! it; the head and the receipt are views, and amounts are written as in
//! [`numbers`](super::numbers). What a building block of `thrifty` saves counts from
//! here, not from `naive`.
//!
//! What is left: the JSON parser's scratch space if a string has an escape, and each string of
//! the order that is longer than 24 bytes. Borrowing the strings as well, as `zero_copy_inline`
//! does, takes no other crate and saves two percent more, for a lifetime in every type.

use compact_str::CompactString;
use smallvec::SmallVec;

use super::error::Error;
use super::head::Head;
use super::metadata::Metadata;
use super::receipt::{self, Line, Parcels, Receipt, Sentences};
use super::rules::{App, Tally};
use super::{Variant, echo};

/// Items that fit on the stack.
const ITEMS: usize = 8;

/// See the module's documentation.
#[derive(Debug)]
pub struct Existing {
    app: App,
    sentences: Sentences,
    response: Vec<u8>,
}

impl Existing {
    pub fn new() -> Self {
        Self { app: App::new(), sentences: Sentences::default(), response: Vec::new() }
    }
}

impl Variant for Existing {
    fn name(&self) -> &'static str {
        "existing"
    }

    fn about(&self) -> &'static str {
        "smallvec, compact_str, reused buffers; owned order"
    }

    fn handle(&mut self, request: &[u8]) -> Result<&[u8], Error> {
        let head = Head::parse(request)?;
        let caller = head.wanted.admit(&self.app, head.method, head.path, head.body)?;
        let order: Order = serde_json::from_str(str::from_utf8(head.body)?)?;

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

#[derive(Debug, serde::Deserialize)]
struct Order {
    customer: Customer,
    ship_to: Address,
    currency: CompactString,
    items: SmallVec<[Item; ITEMS]>,
    coupon: Option<CompactString>,
    metadata: Metadata<CompactString>,
}

#[derive(Debug, serde::Deserialize)]
struct Customer {
    id: CompactString,
    name: CompactString,
    email: CompactString,
    phone: Option<CompactString>,
}

#[derive(Debug, serde::Deserialize)]
struct Address {
    name: CompactString,
    street: CompactString,
    city: CompactString,
    postcode: CompactString,
    country: CompactString,
}

#[derive(Debug, serde::Deserialize)]
struct Item {
    sku: CompactString,
    quantity: i64,
    discount: Option<i64>,
    note: Option<CompactString>,
}
