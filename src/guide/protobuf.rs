//! protobuf: messages whose fields share the bytes that arrived.
//!
//! A binary format saves the escapes and the parsing of numbers. It saves no allocation by itself: with
//! prost's default, each `string` and `bytes` field is a `String` or `Vec<u8>` of its own, as with JSON.
//!
//! prost is no dependency of this crate, so its lines are text here; the example service compiles and
//! runs them (`examples/service`, routes with the content type of protobuf).
//!
//! # Let `bytes` fields share
//!
//! One line in the build script makes them `Bytes`, which are slices of the message, if the message is
//! decoded from a `Bytes`:
//!
//! ```text
//! prost_build::Config::new().bytes(["."]).compile_protos(&["order.proto"], &["."])?;
//! // or, in a struct that derives `prost::Message`: #[prost(bytes = "bytes", tag = "1")]
//! let order = Order::decode(body)?;   // `body: Bytes`, not `&[u8]`, or it is copied after all
//! ```
//!
//! prost has no such thing for `string` fields (tokio-rs/prost#752, open since 2022). A field that is
//! declared `bytes` has the same encoding on the wire, so a receiver may declare it so, and check the
//! UTF-8 itself. A field that is only looked at needs nothing more than `str::from_utf8`. One that goes on
//! becomes a [`Str`](crate::share::Str): checked once, cloned and cut from there, for one block of 56 bytes, whatever its
//! length:
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::{self, Metered};
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! use thrifty::share::Str;
//! use thrifty::share::bytes::Bytes;
//!
//! // Stands for the field of a decoded message: a slice of what arrived.
//! let message = Bytes::from(vec![b'a'; 200]);
//! let field = message.slice(20..120);
//!
//! let (text, usage) = meter::measure(|| Str::try_from(field).expect("UTF-8"));
//! assert_eq!((text.len(), usage.allocs), (100, 1));
//! let (parts, usage) = meter::measure(|| [text.clone(), text.slice(10..60)]);
//! assert_eq!((parts[1].len(), usage.allocs), (50, 0));
//! // What is no UTF-8 comes back as it was.
//! let error = Str::try_from(Bytes::from_static(&[0xff])).unwrap_err();
//! assert_eq!(error.into_bytes(), [0xff][..]);
//! ```
//!
//! A part of at most 23 bytes is copied inline, and does not keep the message alive.
//!
//! # What it brings
//!
//! The format alone saves the parsing of text; with `String` fields it makes as many allocations as JSON
//! does. With shared fields what is left are the lists and maps themselves. The service's self-test
//! prints both for each route, `/naive/orders/protobuf` and `/thrifty/orders/protobuf` beside the same
//! orders as JSON:
//!
//! ```text
//! cargo run --release --manifest-path examples/service/Cargo.toml -- --self-test
//! ```
//!
//! # Writing
//!
//! `encode_to_vec` allocates once, for the exact length, since prost computes it first. `encode` into a
//! buffer that is kept, or a [`PooledBuf`](crate::pool::PooledBuf) (it is a `BufMut`), does not allocate at all.
//!
//! # Take something else when
//!
//! - **you read two fields of a large message:** a format that is read in place (FlatBuffers, Cap'n
//!   Proto) decodes nothing.
//! - **clients are browsers:** JSON, with the chapter [`serde`](super::serde).
