//! One web service, each route written three times: `naive`, as in a hurry; `existing`, with care
//! and the crates that everybody knows; `thrifty`, with the blocks of this repository. All three
//! give the same bytes for the same request.
//!
//! | folder or file | holds |
//! |---|---|
//! | `orders` | an order comes as JSON, is priced and taxed, and the receipt goes back as JSON |
//! | `protobuf` | the same order as protobuf |
//! | `stock` | rows of the store: one by one, batched, streamed |
//! | `forecast` | work that takes the CPU for long, on a worker or beside them |
//! | `body` | request bodies in, pooled buffers out |
//! | `meter_layer` | the tower layer that knows what a request allocates |
//! | `store` | in memory, or PostgreSQL |
//! | `app`, `server` | the router; the accept loop and its end |
//! | `in_process` | the whole stack without a socket, for tests and the scoreboard |
//! | `self_test` | the figures, over loopback, with the client in another process |
//!
//! `support` is the workload of the repository's benchmarks, from which the shop's rules come.

mod answer;
pub mod app;
mod body;
mod forecast;
mod head;
pub mod in_process;
pub mod meter_layer;
mod metrics;
mod orders;
pub mod protobuf;
mod refusal;
pub mod self_test;
pub mod server;
mod stock;
pub mod store;

/// The shop's rules and the request, shared with the repository's benchmarks.
#[path = "../../../benches/support/mod.rs"]
mod support;
