//! One lever alone: `existing`, with its response joined from pieces ([`json`](super::json)).
//!
//! `derive(Serialize)` hands `serde_json` one name and one value at a time: each name is searched for
//! characters to escape, and each quote, colon and comma is a write of its own. A type of one shape
//! can say what stands between two values in one literal instead. The price: that shape stands in
//! text, where only a test sees a missing quote.
//!
//! It takes no crate and no block of `thrifty`, and nothing on the heap changes: what `best` saves
//! beside this rung is what is ours.

use smallvec::SmallVec;

use super::error::Error;
use super::head::Head;
use super::inline::Order;
use super::json::write_receipt;
use super::receipt::{self, Line, Sentences};
use super::rules::{App, Tally};
use super::{Variant, echo};

/// See the module's documentation.
#[derive(Debug)]
pub struct Pieces {
    app: App,
    sentences: Sentences,
    response: Vec<u8>,
}

impl Pieces {
    pub fn new() -> Self {
        Self { app: App::new(), sentences: Sentences::default(), response: Vec::new() }
    }
}

impl Variant for Pieces {
    fn name(&self) -> &'static str {
        "pieces"
    }

    fn about(&self) -> &'static str {
        "existing + JSON joined from literals and values; no block of thrifty"
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
        let mut lines: SmallVec<[Line<'_>; 8]> = SmallVec::new();
        for item in &order.items {
            let (product, net) = tally.line(&self.app, &item.sku, item.quantity, item.discount)?;
            lines.push(Line::new(product, &item.sku, item.quantity, net));
        }
        let parcels = receipt::group(&mut lines);

        self.sentences.write(&self.app, &caller, &head.wanted, &order.customer.name, lines.len());
        self.response.clear();
        write_receipt(
            &mut self.response,
            &self.sentences,
            caller.request_id,
            &lines,
            &tally.close(parcels),
            order.metadata.entries().iter().map(|(key, value)| (key.as_str(), value.as_str())),
        )?;
        Ok(&self.response)
    }

    fn handle_other(&mut self, request: &[u8]) -> Result<&[u8], Error> {
        echo::borrowed::<compact_str::CompactString>(request, &mut self.response)?;
        Ok(&self.response)
    }
}
