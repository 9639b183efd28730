//! axum and hyper: the floor, what headers cost, and 8 KiB that one line saves.
//!
//! axum and hyper are no dependencies of this crate, so the lines of this chapter that need them are
//! text, and not compiled here. They are compiled and run in `examples/service`, a package of its own:
//! its routes `/naive/*`, `/existing/*` and `/thrifty/*` give the same bytes, and
//!
//! ```text
//! cargo run --release --manifest-path examples/service/Cargo.toml -- --self-test
//! ```
//!
//! prints allocations, bytes, CPU and resident memory of each, and the framework's floor beside them:
//! the same router and layers with a static answer.
//!
//! # The floor
//!
//! What the framework takes before your code runs is not yours to save: on axum 0.8 with hyper 1 some 20
//! allocations for a POST with 14 headers, on hyper alone about half of that. Ordinary code on top makes
//! ten times as many. The exact figures, with the versions in the lock file, are those of the command
//! above; yours differ with the layers that you add.
//!
//! | who | what, for each request | can you help it |
//! |---|---|---|
//! | http | a copy of each header **name** that is not in its list of standard ones | send fewer: see below |
//! | http | the tables of the request's and the response's `HeaderMap` | no |
//! | hyper | the read buffer, 8 KiB | yes: [`half_close`](#8-kib-for-each-request-half_close) |
//! | hyper | the channel of a body | no |
//! | axum | boxes of the route's future and of the body, matched path, parameters | partly: feature `matched-path` off |
//! | you | state cloned by value, extractors that own, JSON both ways, `format!` | yes |
//!
//! # 8 KiB for each request: `half_close`
//!
//! hyper's HTTP/1 server looks for the end of the connection while a request is served, so that it can
//! cancel it. For that it reserves room in its read buffer; and since the request still holds the old
//! one, the room is a new block of 8 KiB. With `half_close(true)` it does not look, and the block stays:
//!
//! ```text
//! hyper::server::conn::http1::Builder::new()
//!     .half_close(true)
//!     .serve_connection(io, service)
//! ```
//!
//! That is the block of 8 KiB and the count that shares it less for each request, and next to no
//! instructions: the floor's bytes in the self-test show it. The price: when the client hangs up, the handler runs to its end. Behind a proxy that keeps
//! connections open this is what you want; where clients cancel expensive work it is not. With
//! `axum::serve` there is no such option: serve with hyper-util's builder, as the example service does.
//!
//! # Header names
//!
//! `content-type` costs nothing, `x-request-id` costs an allocation: names outside of the list in the
//! crate `http` are copied, each in each request. Proxies like to add such names (`x-forwarded-for`,
//! `x-forwarded-proto`, `x-request-id`, `traceparent`): strip what nobody reads, in the proxy. In the
//! response, names are `HeaderName::from_static` and values `HeaderValue::from_static`.
//!
//! # Extractors
//!
//! | instead of | take | because |
//! |---|---|---|
//! | `State<App>` with `String`s and several `Arc`s in it | [one `Arc`](super::share#one-arc-for-the-state) | the state is cloned for each request |
//! | `HeaderMap` as an extractor | `Request`, then `request.headers()` | the extractor clones the whole map |
//! | `Query<HashMap<String, String>>` | a struct, or the query as text that is cut | a table and two strings for each pair |
//! | `Path<String>` for a number | `Path<u64>` | no text is made |
//! | `Json<T>` with `String` fields | the body's `Bytes`, then [`serde`](super::serde) | the fields can share the body |
//! | `Json(response)` | a pooled buffer that `serde_json::to_writer` fills | the `Vec` of each response grows anew |
//! | `String`, `format!` as a body | `&'static str`, or a pooled buffer | |
//!
//! # A response from a pool
//!
//! A buffer of [`BufferPool`](crate::pool::BufferPool) becomes a `Bytes` without being copied, and comes back when the
//! framework has sent it, from whatever thread that is:
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::{self, Metered};
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! use thrifty::pool::{BufferPool, PoolConfig, StaticBufferPool};
//! use thrifty::share::bytes::Bytes;
//!
//! static BODIES: StaticBufferPool =
//!     BufferPool::new_static(PoolConfig::new().max_bytes(16 << 20));
//!
//! #[derive(serde::Serialize)]
//! struct Receipt {
//!     id: u32,
//!     total_cents: u64,
//! }
//!
//! fn body(receipt: &Receipt) -> Bytes {
//!     let mut body = BODIES.get(1024);
//!     serde_json::to_writer(&mut body, receipt).expect("a receipt is valid JSON");
//!     body.into_bytes()
//! }
//!
//! let receipt = Receipt { id: 7, total_cents: 4200 };
//! drop(body(&receipt));
//! let (sent, usage) = meter::measure(|| body(&receipt));
//! assert_eq!(sent, r#"{"id":7,"total_cents":4200}"#);
//! // `Bytes` boxes an owner that is not its own; the 1024 bytes came from the pool.
//! assert_eq!(usage.allocs, 1);
//! assert!(usage.bytes_allocated < 100);
//! ```
//!
//! On hyper itself, `pool::PooledBody` (feature `http-body`) needs no allocation at all; axum puts every
//! body into a box of its own.
//!
//! # Show it
//!
//! A response header `Server-Timing: allocs;desc="25"` puts the number where developers look anyway.
//! The example service has the tower layer, which also writes allocations, bytes and poll time into
//! the request's span.
//!
//! # Take something else when
//!
//! - **the route waits for a database:** one query less is worth more than all of this ([`sql`](super::sql)).
//! - **bodies are large and streamed:** then it is about chunks, not about headers.
