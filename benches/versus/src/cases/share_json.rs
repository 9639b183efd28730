//! A JSON listing of 50 orders into types without a lifetime, and dropped.
//!
//! Every operation begins with the body as it was read, in a `String` of its own with room left. Of
//! an order's six strings two have 120 bytes, four are short, and none has an escape.

#![expect(clippy::inline_always, reason = "an implementation is measured, not the calls around it")]

use core::hint::black_box;
use std::borrow::Cow;
use std::fmt::Write;
use std::sync::LazyLock;

use bytestring::ByteString;
use compact_str::CompactString;
use ecow::EcoString;
use flexstr::SharedStr;
use hipstr::HipStr;
use lean_string::LeanString;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use smol_str::SmolStr;
use thrifty::share::Str;

use super::Entry;

#[derive(Deserialize)]
struct Order<T> {
    id: T,
    status: T,
    currency: T,
    customer: T,
    address: T,
    note: T,
}

/// With a lifetime: what nobody without one can reach.
#[derive(Deserialize)]
struct Borrowed<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow)]
    currency: Cow<'a, str>,
    #[serde(borrow)]
    customer: Cow<'a, str>,
    #[serde(borrow)]
    address: Cow<'a, str>,
    #[serde(borrow)]
    note: Cow<'a, str>,
}

const ORDERS: usize = 50;

static BODY: LazyLock<String> = LazyLock::new(|| {
    let mut body = String::from("[");
    for id in 0..ORDERS {
        let comma = if id > 0 { "," } else { "" };
        let (address, note) =
            (&"Lindenstrasse 12, 50674 Koeln; ".repeat(4)[..120], &"n".repeat(120));
        write!(
            body,
            r#"{comma}{{"id":"order-{id}","status":"shipped","currency":"EUR","customer":"Zoe Brandt","address":"{address}","note":"{note}"}}"#
        )
        .expect("a String takes it");
    }
    body + "]"
});

#[inline(always)]
fn read() -> String {
    let mut body = String::with_capacity(BODY.len() + 64);
    body.push_str(&BODY);
    body
}

#[inline(always)]
fn owned<T: DeserializeOwned>(body: &str) -> Vec<Order<T>> {
    serde_json::from_str(body).expect("the body is JSON")
}

fn lengths(fields: [&str; 6]) -> impl Iterator<Item = u64> {
    fields
        .map(|text| text.bytes().fold(text.len() as u64, |sum, byte| sum + u64::from(byte)))
        .into_iter()
}

macro_rules! fields {
    ($order:ident) => {
        [
            &$order.id,
            &$order.status,
            &$order.currency,
            &$order.customer,
            &$order.address,
            &$order.note,
        ]
    };
}

macro_rules! entries {
    ($($name:literal: |$body:ident| $orders:expr,)*) => {
        /// All implementations of the case `with-source`.
        pub static ENTRIES: &[Entry] = &[$(Entry {
            case: "with-source",
            name: $name,
            run: {
                #[inline(never)]
                fn run(ops: u64) {
                    for _ in 0..ops {
                        let $body = black_box(read());
                        black_box(&$orders);
                    }
                }
                run
            },
            result: || {
                let $body = read();
                $orders.iter().flat_map(|order| lengths(fields!(order))).collect()
            },
        },)*];
    };
}

entries! {
    "thrifty": |body| {
        let body = Str::from(body);
        Str::with_source(&body, || owned::<Str>(&body))
    },
    "thrifty-copies": |body| owned::<Str>(&body),
    "borrowed": |body| serde_json::from_str::<Vec<Borrowed<'_>>>(&body).expect("the body is JSON"),
    "String": |body| owned::<String>(&body),
    "compact_str": |body| owned::<CompactString>(&body),
    "smol_str": |body| owned::<SmolStr>(&body),
    "ecow": |body| owned::<EcoString>(&body),
    "hipstr": |body| owned::<HipStr<'static>>(&body),
    "bytestring": |body| owned::<ByteString>(&body),
    "bytes-utils": |body| owned::<bytes_utils::Str>(&body),
    "lean_string": |body| owned::<LeanString>(&body),
    "flexstr": |body| owned::<SharedStr>(&body),
    "arcstr": |body| owned::<arcstr::ArcStr>(&body),
}
