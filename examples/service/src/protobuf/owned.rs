//! The messages with `String`s, as generated code has them.

use std::collections::HashMap;

use prost::Message;

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
    #[prost(string, tag = "3")]
    pub currency: String,
    /// What is ordered.
    #[prost(message, repeated, tag = "4")]
    pub items: Vec<Item>,
    /// A code that takes something off.
    #[prost(string, optional, tag = "5")]
    pub coupon: Option<String>,
    /// Whatever the caller wants to have with it.
    #[prost(map = "string, string", tag = "6")]
    pub metadata: HashMap<String, String>,
}

/// Who orders.
#[derive(Clone, PartialEq, Eq, Hash, Message)]
pub struct Customer {
    /// The caller's number.
    #[prost(string, tag = "1")]
    pub id: String,
    /// The full name.
    #[prost(string, tag = "2")]
    pub name: String,
    /// For the receipt.
    #[prost(string, tag = "3")]
    pub email: String,
    /// For the carrier.
    #[prost(string, optional, tag = "4")]
    pub phone: Option<String>,
}

/// Where it goes.
#[derive(Clone, PartialEq, Eq, Hash, Message)]
pub struct Address {
    /// Who lives there.
    #[prost(string, tag = "1")]
    pub name: String,
    /// Street and number.
    #[prost(string, tag = "2")]
    pub street: String,
    /// The city.
    #[prost(string, tag = "3")]
    pub city: String,
    /// As the country writes it.
    #[prost(string, tag = "4")]
    pub postcode: String,
    /// Two letters.
    #[prost(string, tag = "5")]
    pub country: String,
}

/// A line of an order.
#[derive(Clone, PartialEq, Eq, Hash, Message)]
pub struct Item {
    /// The article number.
    #[prost(string, tag = "1")]
    pub sku: String,
    /// Pieces.
    #[prost(int64, tag = "2")]
    pub quantity: i64,
    /// In percent.
    #[prost(int64, optional, tag = "3")]
    pub discount: Option<i64>,
    /// For the packer.
    #[prost(string, optional, tag = "4")]
    pub note: Option<String>,
}

/// What the caller gets; amounts in cents.
#[derive(Clone, PartialEq, Eq, Hash, Message)]
pub struct Receipt {
    /// The order's number.
    #[prost(string, tag = "1")]
    pub order_id: String,
    /// The request's name.
    #[prost(string, tag = "2")]
    pub request_id: String,
    /// A sentence for the customer.
    #[prost(string, tag = "3")]
    pub message: String,
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
