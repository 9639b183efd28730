//! The response as the borrowing variants write it: views of the order, no copy of it.
//!
//! The lines stand in one flat slice, sorted by warehouse. A parcel is a run of that slice, so
//! no map of vectors is needed to group them. Amounts are written as in [`numbers`](super::numbers).

use core::fmt::Write as _;

use serde::ser::{Serialize, Serializer};

use super::head::{Caller, Wanted};
use super::rules::{self, App, Cents, Product, Totals};

/// The response body. `M` is whatever holds the metadata.
#[derive(Debug, serde::Serialize)]
pub struct Receipt<'a, M> {
    pub order_id: &'a str,
    pub request_id: &'a str,
    pub message: &'a str,
    pub parcels: Parcels<'a>,
    pub totals: Totals,
    pub metadata: &'a M,
}

/// A priced line.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Line<'a> {
    #[serde(skip)]
    pub warehouse: &'a str,
    pub sku: &'a str,
    pub quantity: i64,
    pub price: Cents,
    pub net: Cents,
}

impl<'a> Line<'a> {
    pub fn new(product: &'a Product, sku: &'a str, quantity: i64, net: Cents) -> Self {
        Self { warehouse: &product.warehouse, sku, quantity, price: product.price, net }
    }
}

/// Sorts lines by warehouse, those of one warehouse in the order of the request, and says how
/// many parcels that makes.
pub fn group(lines: &mut [Line<'_>]) -> usize {
    // Stable, and in place for so few lines.
    lines.sort_by_key(|line| line.warehouse);
    parcels(lines).count()
}

/// The lines of each parcel.
pub fn parcels<'a, 'l>(lines: &'l [Line<'a>]) -> impl Iterator<Item = &'l [Line<'a>]> {
    lines.chunk_by(|a, b| a.warehouse == b.warehouse)
}

/// The two sentences that are put together from parts. Kept from request to request they cost
/// no allocation.
#[derive(Debug, Default)]
pub struct Sentences {
    pub order_id: String,
    pub message: String,
}

impl Sentences {
    /// Writes both. `push_str` rather than `write!`: only the number needs `core::fmt`.
    pub fn write(
        &mut self,
        app: &App,
        caller: &Caller<'_, '_>,
        wanted: &Wanted<'_>,
        customer: &str,
        items: usize,
    ) {
        let suffix = rules::order_suffix(wanted.idempotency_key, caller.request_id);
        self.order_id.clear();
        for part in [&app.region, "-", &caller.tenant.code, "-", suffix] {
            self.order_id.push_str(part);
        }
        self.message.clear();
        for part in [rules::thanks(wanted.accept_language), ", ", customer, "! "] {
            self.message.push_str(part);
        }
        write!(self.message, "{items}").expect("a String takes all");
        for part in [" items from ", &caller.tenant.shop, "."] {
            self.message.push_str(part);
        }
    }
}

/// Lines in the order that [`group`] gives them.
#[derive(Debug)]
pub struct Parcels<'a>(pub &'a [Line<'a>]);

impl Serialize for Parcels<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Parcel<'a> {
            warehouse: &'a str,
            lines: &'a [Line<'a>],
        }
        serializer.collect_seq(
            parcels(self.0).map(|lines| Parcel { warehouse: lines[0].warehouse, lines }),
        )
    }
}
