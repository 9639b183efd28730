//! Pools: what is worth keeping, and what it costs to keep it.
//!
//! The first answer is no pool: a `Vec` or `String` that lives beside the loop, cleared and filled
//! again. It costs nothing, and nobody has to understand it. A pool is for what cannot live there:
//! the buffer that goes to another task and comes back some time later, the object that is costly to
//! make, the scratch that a deep function needs.
//!
//! | the thing | lives | take |
//! |---|---|---|
//! | a buffer | in one loop | a `Vec` that is cleared |
//! | bytes or text | within one function | [`with_scratch`](crate::pool::with_scratch), [`scratch!`](crate::pool::scratch) |
//! | a `Vec<&T>` | one round of a loop | [`recycle`](crate::pool::recycle()), [`RecycleSlot`](crate::pool::RecycleSlot) |
//! | a buffer | until another task has sent it | [`BufferPool`](crate::pool::BufferPool) |
//! | a parser, a compressor, a connection's state | one request | [`Pool`](crate::pool::Pool) |
//! | hundreds of small values | one request, and all end together | `pool::ArenaPool`, with feature `arena` |
//!
//! # A buffer that goes away and comes back
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::{self, Metered};
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! use std::io::Write;
//! use thrifty::pool::{BufferPool, PoolConfig, StaticBufferPool};
//!
//! // The bound is in bytes, for all threads together.
//! static BODIES: StaticBufferPool =
//!     BufferPool::new_static(PoolConfig::new().max_bytes(16 << 20));
//!
//! let respond = |id: u32| {
//!     let mut body = BODIES.get(1024);
//!     write!(body, "{{\"id\":{id}}}").unwrap();
//!     // Shared, sliced, sent: the last one to drop it gives the block back.
//!     body.freeze()
//! };
//! drop(respond(1));
//! let (body, usage) = meter::measure(|| respond(2));
//! assert_eq!(&body[..], b"{\"id\":2}");
//! assert_eq!(usage.requests(), 0);
//! ```
//!
//! For a framework that wants [`bytes::Bytes`](crate::pool::PooledBuf::into_bytes) it costs one small allocation: `Bytes`
//! needs a box of its own for an owner that is not its own.
//!
//! # Is it worth it
//!
//! Measure it before: the same sizes, threads and pattern as yours, with the hit rate, the time beside
//! malloc, and a plain answer.
//!
//! ```text
//! cargo run --release --example should_i_pool -- --sizes 4k,16k --hold 64
//! ```
//!
//! | pattern | a pool wins |
//! |---|---|
//! | taken, written in full, dropped, taken again, on one thread | nothing: the allocator keeps that block at hand, and the write is the cost |
//! | taken and not written in full, 4 KiB and more | much: malloc's path for large blocks is long |
//! | many held at once, then all dropped | most: without tuning, glibc gives the pages back and takes them again |
//! | less than 256 bytes | next to nothing |
//! | must be zero | much: a pool knows what was written, and zeroes only that |
//!
//! # What to look after
//!
//! - **What is retained.** One request of 100 MiB must not leave 100 MiB behind. Every pool here has a
//!   bound, in bytes or objects, and says in its `stats()` what it holds.
//! - **What the former user wrote.** No safe call shows it; `zeroize` in
//!   [`PoolConfig`](crate::pool::PoolConfig) wipes it as well.
//! - **Idle threads** keep their few blocks until they work again; `flush_thread` in
//!   [`on_thread_park`](super::tokio#workers-that-sleep) hands them over.
//! - **A pool that is full** is no error: the buffer comes from the heap and goes back to it.
//!   `try_get` is the call that says so instead.
//!
//! # Take something else when
//!
//! - **the buffer has one place:** keep it there and clear it.
//! - **an allocator with thread caches is in use and sizes are below 1 KiB:** it does the same.
//! - **the memory is the point, not the time:** a pool trades one for the other.
