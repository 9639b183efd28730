//! serde: JSON without a `String` for every field.
//!
//! Most of what a JSON API allocates is made while it reads: a `String` for each text, a `Vec` for each
//! list, a table for each map. All of it is in the body already, or is small. There are three ways,
//! and they differ in what they do to your types:
//!
//! | fields | lifetime in your types | allocates | take it for |
//! |---|---|---|---|
//! | `String`, `Vec` | no | one for each field and growth | what is kept for long |
//! | `#[serde(borrow)] Cow<'a, str>` | yes | only for escapes | what ends with the request |
//! | [`Str`](crate::share::Str) in `Str::with_source`, [`SmallVec`](crate::inline::SmallVec) | no | only for escapes and long lists | what goes to other tasks |
//!
//! `Str` and the inline types read and write themselves with this crate's feature `serde`.
//!
//! # Owned, without a copy
//!
//! While the closure of `Str::with_source` runs, each `Str` that is read becomes a part of the body it
//! was read from; short ones are inline.
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::Metered;
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! # #[cfg(feature = "serde")] {
//! use thrifty::meter;
//! use thrifty::inline::SmallVec;
//! use thrifty::share::Str;
//!
//! #[derive(serde::Deserialize)]
//! struct Order {
//!     customer: Str,
//!     note: Str,
//!     items: SmallVec<[Item; 2]>,
//! }
//!
//! #[derive(serde::Deserialize)]
//! struct Item {
//!     sku: Str,
//!     count: u32,
//! }
//!
//! let body = Str::from(String::from(
//!     r#"{"customer":"ada","note":"please ring twice, the bell is old",
//!         "items":[{"sku":"tea-250g","count":2}]}"#,
//! ));
//! let read = || -> Order {
//!     Str::with_source(&body, || serde_json::from_str(&body)).expect("a valid order")
//! };
//! drop(read());
//! let (order, usage) = meter::measure(read);
//! assert_eq!((&*order.customer, order.items[0].count), ("ada", 2));
//! assert_eq!(usage.allocs, 0);
//! // A long text keeps the body alive, until it is detached.
//! assert_eq!(order.note.retained(), body.retained());
//! # }
//! ```
//!
//! # Borrowed
//!
//! `&'a str` fails on text with an escape, since there is nothing to borrow: take `Cow`. serde borrows
//! a `Cow` only where the field says `#[serde(borrow)]`, and not at all inside of an `Option` or `Vec`
//! (serde-rs/serde#3027): those are copied in silence. A test finds it:
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::{self, Metered};
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! use std::borrow::Cow;
//!
//! #[derive(serde::Deserialize)]
//! struct Borrowed<'a> {
//!     #[serde(borrow)]
//!     name: Cow<'a, str>,
//! }
//!
//! #[derive(serde::Deserialize)]
//! struct NotBorrowed<'a> {
//!     #[serde(borrow)]
//!     name: Option<Cow<'a, str>>,
//! }
//!
//! let json = r#"{"name":"a name of some length"}"#;
//! let (read, usage) = meter::measure(|| serde_json::from_str::<Borrowed<'_>>(json).unwrap());
//! assert_eq!((&*read.name, usage.allocs), ("a name of some length", 0));
//!
//! let (read, usage) = meter::measure(|| serde_json::from_str::<NotBorrowed<'_>>(json).unwrap());
//! assert!(matches!(read.name, Some(Cow::Owned(_))));
//! assert_eq!(usage.allocs, 1);
//! ```
//!
//! # Writing
//!
//! `serde_json::to_string` grows a new `String` each time. `to_writer` into a `Vec` that is kept, or into
//! a [`PooledBuf`](crate::pool::PooledBuf), allocates nothing once that has its size:
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::{self, Metered};
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! let answer = ["allocations", "are", "a", "number"];
//! let mut body = Vec::new();
//! let mut write = || {
//!     body.clear();
//!     serde_json::to_writer(&mut body, &answer).unwrap();
//!     body.len()
//! };
//! write();
//! assert_eq!(meter::measure(write).1.requests(), 0);
//! ```
//!
//! # Take something else when
//!
//! - **the parser is the cost.** Once nothing is allocated, escapes and UTF-8 checks are what is left:
//!   that is a faster parser's business (sonic-rs, simd-json), not ours.
//! - **only a few fields are read:** `serde_json::value::RawValue`, or a struct without the others.
//! - **both ends are yours:** [`protobuf`](super::protobuf).
