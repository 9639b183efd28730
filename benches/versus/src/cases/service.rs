//! The routes of the example service in this process: bytes of a request in, bytes of the answer out,
//! through hyper and axum, on one thread and without a socket. And its messages, decoded.

use core::hint::black_box;

use bytes::Bytes;
use prost::Message;
use thrifty_service::app;
use thrifty_service::in_process::InProcess;
use thrifty_service::protobuf::{owned, shared};
use thrifty_service::self_test::wire;
use thrifty_service::store::Store;

use super::Entry;

/// The order route in its three variants; an order as protobuf, by prost in two ways.
pub static ENTRIES: &[Entry] = &[
    order("naive", |ops| serve("/naive/orders", ops), || answer("/naive/orders")),
    order("existing", |ops| serve("/existing/orders", ops), || answer("/existing/orders")),
    order("thrifty", |ops| serve("/thrifty/orders", ops), || answer("/thrifty/orders")),
    Entry {
        case: "prost",
        name: "prost, String fields",
        run: decode::<owned::Order>,
        result: || {
            let order = owned::Order::decode(message()).expect("the message is an order");
            let lengths = order.items.iter().map(|item| item.sku.len());
            lengths.chain([order.metadata.len()]).map(|length| length as u64).collect()
        },
    },
    Entry {
        case: "prost",
        name: "prost, Bytes fields",
        run: decode::<shared::Order>,
        result: || {
            let order = shared::Order::decode(message()).expect("the message is an order");
            let lengths = order.items.iter().map(|item| item.sku.len());
            lengths.chain([order.metadata.len()]).map(|length| length as u64).collect()
        },
    },
];

const fn order(name: &'static str, run: fn(u64), result: fn() -> Vec<u64>) -> Entry {
    Entry { case: "order", name, run, result }
}

fn service() -> InProcess {
    InProcess::new(app::router(Store::in_memory())).expect("a runtime for one thread")
}

#[inline(never)]
fn serve(route: &str, ops: u64) {
    service().repeat(&wire(route), ops).expect("the service answers");
}

fn answer(route: &str) -> Vec<u64> {
    let mut service = service();
    let (status, body) = service.exchange(&wire(route)).expect("the service answers");
    assert_eq!(status, 200, "{route}");
    body.iter().map(|&byte| u64::from(byte)).collect()
}

/// The body of the request, as hyper hands it on: a slice that others may have, too.
fn message() -> Bytes {
    let request = wire("/thrifty/orders/protobuf");
    let head = request.windows(4).position(|four| four == b"\r\n\r\n").expect("a head ends");
    let request = Bytes::from(request);
    request.slice(head + 4..)
}

#[inline(never)]
fn decode<M: Message + Default>(ops: u64) {
    let message = message();
    for _ in 0..ops {
        let order = M::decode(black_box(message.clone()));
        assert!(black_box(order).is_ok(), "the message is an order");
    }
}
