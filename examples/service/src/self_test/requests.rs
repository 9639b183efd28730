//! The bytes of the requests.

use prost::Message as _;

use crate::protobuf::{PROTOBUF, owned};
use crate::support::naive;
use crate::support::request::Draft;
use crate::support::rules::PRICE_LIST;

/// The bytes of a request to a route: the order of the repository's benchmarks, with its 14 headers,
/// or what else the route takes. `POST` before the path of a stock route books instead of reading.
///
/// # Panics
///
/// If the order of the benchmarks is none.
#[must_use]
pub fn wire(route: &str) -> Vec<u8> {
    let path = route.trim_start_matches("POST ");
    let mut draft = Draft::embedded();
    if path.ends_with("/orders") {
        draft.start = format!("POST {path}?source=checkout HTTP/1.1");
    } else if path.ends_with("/orders/protobuf") {
        draft.start = format!("POST {path}?source=checkout HTTP/1.1");
        draft.set("Content-Type", PROTOBUF);
        let order: naive::Order = serde_json::from_slice(&draft.body).expect("an order");
        draft.set_body(message(order).encode_to_vec());
    } else if path == route {
        let skus: Vec<&str> = PRICE_LIST.iter().map(|&(sku, ..)| sku).collect();
        let query = if path.ends_with("/stock") {
            format!("?skus={}", skus.join(","))
        } else {
            String::new()
        };
        draft.start = format!("GET {path}{query} HTTP/1.1");
        draft.remove("Content-Type");
        draft.remove("Content-Length");
        draft.body.clear();
    } else {
        draft.start = format!("POST {path} HTTP/1.1");
        let movement =
            |(sku, ..): &(&str, u64, bool, &str)| format!(r#"{{"sku":"{sku}","change":-2}}"#);
        let movements: Vec<String> = PRICE_LIST.iter().map(movement).collect();
        draft.set_body(format!("[{}]", movements.join(",")));
    }
    draft.bytes()
}

/// The same order as a message.
fn message(order: naive::Order) -> owned::Order {
    let naive::Customer { id, name, email, phone } = order.customer;
    let customer = owned::Customer { id, name, email, phone };
    let naive::Address { name, street, city, postcode, country } = order.ship_to;
    let ship_to = owned::Address { name, street, city, postcode, country };
    let items = order.items.into_iter().map(|item| {
        let naive::Item { sku, quantity, discount, note } = item;
        owned::Item { sku, quantity, discount, note }
    });
    owned::Order {
        customer,
        ship_to,
        currency: order.currency,
        items: items.collect(),
        coupon: order.coupon,
        metadata: order.metadata.into_iter().collect(),
    }
}
