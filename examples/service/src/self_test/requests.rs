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
    let draft = match path.rsplit('/').next() {
        Some("orders") => order(path),
        Some("protobuf") => protobuf(path),
        Some("stock") if path != route => booking(path),
        Some("stock") => get(&format!("{path}?skus={}", skus().join(","))),
        _ => get(path),
    };
    draft.bytes()
}

fn order(path: &str) -> Draft {
    let mut draft = Draft::embedded();
    draft.start = format!("POST {path}?source=checkout HTTP/1.1");
    draft
}

fn protobuf(path: &str) -> Draft {
    let mut draft = order(path);
    draft.set("Content-Type", PROTOBUF);
    let order: naive::Order = serde_json::from_slice(&draft.body).expect("an order");
    draft.set_body(message(order).encode_to_vec());
    draft
}

/// Two pieces of each article leave the shelf.
fn booking(path: &str) -> Draft {
    let mut draft = order(path);
    let movements = skus().map(|sku| format!(r#"{{"sku":"{sku}","change":-2}}"#));
    draft.set_body(format!("[{}]", movements.join(",")));
    draft
}

fn get(target: &str) -> Draft {
    let mut draft = Draft::embedded();
    draft.start = format!("GET {target} HTTP/1.1");
    draft.remove("Content-Type");
    draft.remove("Content-Length");
    draft.body.clear();
    draft
}

fn skus() -> [&'static str; PRICE_LIST.len()] {
    PRICE_LIST.map(|(sku, ..)| sku)
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
