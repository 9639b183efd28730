//! Know your number: how many requests to the heap does one request of yours make?
//!
//! Ask for it before anything else. A number that is small already needs no library, and a number
//! that nobody knows gets larger with every change. It takes three steps: count once, find the
//! lines, keep the number.
//!
//! # Count once
//!
//! The counting allocator goes into a test, a benchmark or the program itself, around the one that it
//! uses anyway. Then any piece of code can be asked:
//!
//! ```
//! use std::alloc::System;
//! use thrifty::meter::{self, Metered};
//!
//! #[global_allocator]
//! static GLOBAL: Metered<System> = Metered::new(System);
//!
//! // Stands for your handler: from the bytes of a request to those of its response.
//! fn handle(request: &str) -> String {
//!     let fields: Vec<String> = request.split('&').map(str::to_owned).collect();
//!     fields.iter().map(|field| format!("<{field}>")).collect::<Vec<_>>().join(",")
//! }
//!
//! let (response, usage) = meter::measure(|| handle("id=7&user=ada&lang=en"));
//! assert_eq!(response, "<id=7>,<user=ada>,<lang=en>");
//! println!("{usage}");
//! assert!(usage.requests() >= 9, "3 fields, twice, two vectors and the text");
//! ```
//!
//! `requests()` is allocations and reallocations together, as both go to the allocator. Write that
//! number down beside the time: the two together say more than either.
//!
//! # The number of the steady state
//!
//! The first run makes tables, grows buffers and fills caches. A server runs the second one for the
//! rest of its life, so warm up, and use inputs that differ, in an order that they would come in:
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::{self, Metered};
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! let mut line = String::new();
//! let mut handle = |id: u32| {
//!     line.clear();
//!     line.push_str("order-");
//!     line.push_str(["one", "two", "a longer one"][id as usize % 3]);
//!     line.len()
//! };
//! let ids = [0, 1, 2];
//! let (_, first) = meter::measure(|| ids.map(&mut handle));
//! let (_, steady) = meter::measure(|| ids.map(&mut handle));
//! assert!(first.requests() > 0);
//! assert_eq!(steady.requests(), 0);
//! ```
//!
//! [`allocs_per_run`](crate::meter::allocs_per_run) does both steps for one closure. A stream of requests deserves the
//! pattern `benches/patterns/steady_state.rs`.
//!
//! # Async code
//!
//! A scope stays on its thread, a task does not. [`metered`](crate::meter::MeterFutureExt::metered) counts each poll where it
//! happens, and gives the sum with the result:
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::Metered;
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! use thrifty::meter::MeterFutureExt;
//!
//! # tokio::runtime::Builder::new_multi_thread().build().unwrap().block_on(async {
//! let work = async {
//!     let body = vec![0_u8; 100];
//!     tokio::task::yield_now().await;
//!     body.len()
//! };
//! let (length, usage) = work.metered().await;
//! assert_eq!((length, usage.bytes_allocated), (100, 100));
//! # });
//! ```
//!
//! # Find the lines
//!
//! [`advise`](crate::meter::advise) names each line of your own that allocates, what it is, and what to take instead; the
//! next chapter, [`read`](super::read), has a row for each of its answers. For a whole program with all its threads
//! take a heap profiler, dhat or heaptrack: what they show is in that chapter too.
//!
//! # Keep the number
//!
//! A test with a bound takes one line, and names the line that broke it:
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::Metered;
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! use thrifty::assert_allocs;
//!
//! fn label(id: u32) -> String {
//!     format!("order-{id}")
//! }
//!
//! assert_allocs!(<= 2, bytes <= 64, { label(7) });
//! ```
//!
//! [`snapshot!`](crate::meter::snapshot) keeps exact figures in a file instead, so that every change is seen in review. Which of
//! them fits where is the chapter [`ci`](super::ci).
//!
//! # What is a good number
//!
//! There is none for all programs, but there is a floor for yours: what the framework and the parser
//! take for a request of which you do nothing. The example service in `examples/service` prints its
//! own (`--self-test`). On axum 0.8 it is some 20 allocations, and one of them is made for each header
//! name that is not in the standard list (see [`http`](super::http)). What is above the floor is yours.
//!
//! On a real request the whole way is the ladder of `cargo run --release --example report`, from
//! ordinary code to the best that this crate and others allow.
