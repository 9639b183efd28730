//! SQL: how many queries, and how many allocations each.
//!
//! The largest number here is that of the round trips. One query less saves more than any allocation:
//! batch first, then look at the rows.
//!
//! The database crates are no dependencies of this one, so their lines are text. `examples/service` runs
//! them against PostgreSQL when `DATABASE_URL` is set, one by one beside batched, and says what sqlx
//! users write instead.
//!
//! ```text
//! DATABASE_URL=postgres://user@localhost/shop \
//!     cargo run --release --manifest-path examples/service/Cargo.toml -- --self-test
//! ```
//!
//! prints allocations and CPU of both ways for each request. The times between them are the network's
//! and the database's, so expect a factor of ten and more for twenty rows, whatever the client does.
//!
//! | the client does | it costs |
//! |---|---|
//! | connect for each request | the most of all, in time by far: a process in the database, and some 80 allocations here |
//! | take a connection from a pool | nothing on the heap |
//! | `query` with text that is not prepared | a round trip more, and the description of all columns, each time |
//! | a prepared statement | a message out, a row in |
//! | one query for each of 20 ids | 20 round trips, and 20 times all of the above |
//! | one query for 20 ids | one, and then a little for each row |
//!
//! # In this order
//!
//! 1. **Keep connections.** A pool (deadpool, sqlx's own) hands one out without an allocation.
//! 2. **Prepare once.** deadpool's `prepare_cached` keeps the statement for each connection; sqlx's
//!    `query!` does it by itself.
//! 3. **Batch.** `WHERE id = ANY($1)` with a slice for reads, `INSERT .. SELECT * FROM unnest($1, $2)`
//!    with a slice for each column for writes. The order of the answer is the database's, so it has to
//!    be put in place: a [`SmallMap`](crate::inline::SmallMap) for a few ids, a sorted vector for many.
//! 4. **Read borrowed.** `row.get::<_, &str>(0)` points into the row; `String` copies. What has to
//!    outlive the row and is short is a [`SmallString`](crate::inline::SmallString).
//! 5. **Stream what is large.** `query_raw` gives rows as they come; `query` makes a `Vec` of all.
//!
//! # In place, without a table
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::{self, Metered};
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! use thrifty::inline::{SmallMap, SmallVec};
//!
//! // Stands for the rows of `SELECT id, price FROM items WHERE id = ANY($1)`.
//! let rows = [(9_u32, 250_u64), (4, 100), (7, 320)];
//! let asked = [4, 7, 9];
//!
//! let (prices, usage) = meter::measure(|| {
//!     let by_id: SmallMap<u32, u64, 8> = rows.into_iter().collect();
//!     let mut prices = SmallVec::<[u64; 8]>::new();
//!     prices.extend(asked.iter().filter_map(|id| by_id.get(id).copied()));
//!     prices
//! });
//! assert_eq!(prices[..], [100, 320, 250]);
//! assert_eq!(usage.requests(), 0);
//! ```
//!
//! # Take something else when
//!
//! - **the query is slow in the database:** an index. Nothing on this side helps.
//! - **all rows are aggregated anyway:** let the database add them up.
