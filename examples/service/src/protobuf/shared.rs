//! The same messages with text as `Bytes`: each field is a slice of the body.
//!
//! A map is repeated entries on the wire, so it may be decoded as a vector of them.

use bytes::Bytes;
use prost::Message;

use crate::refusal::Refusal;

/// An order.
#[derive(Clone, PartialEq, Message)]
pub struct Order {
    /// Who orders.
    #[prost(message, required, tag = "1")]
    pub customer: Customer,
    /// Where it goes.
    #[prost(message, required, tag = "2")]
    pub ship_to: Address,
    /// Three letters.
    #[prost(bytes = "bytes", tag = "3")]
    pub currency: Bytes,
    /// What is ordered.
    #[prost(message, repeated, tag = "4")]
    pub items: Vec<Item>,
    /// A code that takes something off.
    #[prost(bytes = "bytes", optional, tag = "5")]
    pub coupon: Option<Bytes>,
    /// Whatever the caller wants to have with it.
    #[prost(message, repeated, tag = "6")]
    pub metadata: Vec<Entry>,
}

/// Who orders.
#[derive(Clone, PartialEq, Eq, Hash, Message)]
pub struct Customer {
    /// The caller's number.
    #[prost(bytes = "bytes", tag = "1")]
    pub id: Bytes,
    /// The full name.
    #[prost(bytes = "bytes", tag = "2")]
    pub name: Bytes,
    /// For the receipt.
    #[prost(bytes = "bytes", tag = "3")]
    pub email: Bytes,
    /// For the carrier.
    #[prost(bytes = "bytes", optional, tag = "4")]
    pub phone: Option<Bytes>,
}

/// Where it goes.
#[derive(Clone, PartialEq, Eq, Hash, Message)]
pub struct Address {
    /// Who lives there.
    #[prost(bytes = "bytes", tag = "1")]
    pub name: Bytes,
    /// Street and number.
    #[prost(bytes = "bytes", tag = "2")]
    pub street: Bytes,
    /// The city.
    #[prost(bytes = "bytes", tag = "3")]
    pub city: Bytes,
    /// As the country writes it.
    #[prost(bytes = "bytes", tag = "4")]
    pub postcode: Bytes,
    /// Two letters.
    #[prost(bytes = "bytes", tag = "5")]
    pub country: Bytes,
}

/// A line of an order.
#[derive(Clone, PartialEq, Eq, Hash, Message)]
pub struct Item {
    /// The article number.
    #[prost(bytes = "bytes", tag = "1")]
    pub sku: Bytes,
    /// Pieces.
    #[prost(int64, tag = "2")]
    pub quantity: i64,
    /// In percent.
    #[prost(int64, optional, tag = "3")]
    pub discount: Option<i64>,
    /// For the packer.
    #[prost(bytes = "bytes", optional, tag = "4")]
    pub note: Option<Bytes>,
}

/// An entry of the metadata.
#[derive(Clone, PartialEq, Eq, Hash, Message)]
pub struct Entry {
    /// Its name.
    #[prost(bytes = "bytes", tag = "1")]
    pub key: Bytes,
    /// Its value.
    #[prost(bytes = "bytes", tag = "2")]
    pub value: Bytes,
}

/// What the caller gets; amounts in cents.
#[derive(Clone, PartialEq, Eq, Hash, Message)]
pub struct Receipt {
    /// The order's number.
    #[prost(bytes = "bytes", tag = "1")]
    pub order_id: Bytes,
    /// The request's name.
    #[prost(bytes = "bytes", tag = "2")]
    pub request_id: Bytes,
    /// A sentence for the customer.
    #[prost(bytes = "bytes", tag = "3")]
    pub message: Bytes,
    /// How many parcels come.
    #[prost(uint64, tag = "4")]
    pub parcels: u64,
    /// Net sum of all lines.
    #[prost(uint64, tag = "5")]
    pub subtotal: u64,
    /// What the customer pays.
    #[prost(uint64, tag = "6")]
    pub total: u64,
}

impl Order {
    /// Decodes an order whose text is text, as prost does with `String`s.
    pub(crate) fn decode_text(body: Bytes) -> Result<Self, Refusal> {
        let order = Self::decode(body).map_err(|_| Refusal::BodyNotProtobuf)?;
        if order.texts().all(|text| str::from_utf8(text).is_ok()) {
            Ok(order)
        } else {
            Err(Refusal::BodyNotProtobuf)
        }
    }

    fn texts(&self) -> impl Iterator<Item = &Bytes> {
        let Self { customer, ship_to, currency, items, coupon, metadata } = self;
        let Customer { id, name, email, phone } = customer;
        let Address { name: recipient, street, city, postcode, country } = ship_to;
        let items = items.iter().flat_map(|item| [Some(&item.sku), item.note.as_ref()]);
        let entries = metadata.iter().flat_map(|entry| [&entry.key, &entry.value]);
        [id, name, email, recipient, street, city, postcode, country, currency]
            .into_iter()
            .chain(phone)
            .chain(coupon)
            .chain(items.flatten())
            .chain(entries)
    }
}

/// The text of a field that `decode_text` has checked.
pub(crate) fn text(field: &Bytes) -> &str {
    str::from_utf8(field).unwrap_or_default()
}
