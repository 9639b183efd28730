//! tokio: threads, tasks and blocking work.
//!
//! A runtime multiplies whatever one thread does: its caches, its arenas, its buffers. Four things
//! decide what that costs.
//!
//! # How many workers
//!
//! tokio starts one worker for each core that it sees, which in a container may be those of the whole
//! machine. Each thread that allocates gets caches of the allocator, on glibc up to eight arenas for
//! each core, and on top of that each pool's own share. So set the number, and measure resident
//! memory over it: the example service sweeps it (`examples/service`, `--self-test`).
//!
//! ```
//! use thrifty::heap::{self, Tuning};
//!
//! // Before there are threads: glibc fixes its number of arenas with the second one.
//! let applied = Tuning::new().max_arenas(2).apply();
//! println!("{applied}");
//! let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build()?;
//! runtime.block_on(async {
//!     println!("{:?} bytes resident", heap::rss());
//! });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # What a request costs, on whichever thread
//!
//! A task moves between workers at each `.await`, so a scope that is held across one measures somebody
//! else, and a span's enter and exit do as well, unless they are those of each poll.
//! [`metered`](crate::meter::MeterFutureExt::metered) counts poll by poll. Around a handler it is a layer; in a test it is one line:
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::Metered;
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! use thrifty::meter::MeterFutureExt;
//!
//! async fn handler(id: u32) -> String {
//!     tokio::task::yield_now().await;
//!     format!("order-{id}")
//! }
//!
//! # tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap().block_on(async {
//! let task = tokio::spawn(handler(7).metered());
//! let (body, usage) = task.await.unwrap();
//! assert_eq!(body, "order-7");
//! assert!(usage.requests() <= 2, "{usage}");
//! # });
//! ```
//!
//! What the handler hands to `tokio::spawn` or `spawn_blocking` is counted there, not here: wrap that
//! future as well, or measure inside the closure. `tokio::spawn` itself is one allocation for the
//! task, of the size of the future.
//!
//! # The size of a future
//!
//! A future holds whatever lives across an `.await`, and so does each future around it. An inline
//! buffer of 4 KiB becomes 4 KiB in the task, moved when it is spawned:
//!
//! ```
//! async fn pause() {}
//!
//! async fn held() -> u8 {
//!     let buffer = [0_u8; 4096];
//!     pause().await;
//!     buffer[0]
//! }
//!
//! async fn let_go() -> u8 {
//!     let first = {
//!         let buffer = [0_u8; 4096];
//!         buffer[0]
//!     };
//!     pause().await;
//!     first
//! }
//!
//! assert!(size_of_val(&held()) >= 4096);
//! assert!(size_of_val(&let_go()) < 64);
//! ```
//!
//! Where it must live across one, a pooled buffer is three words.
//!
//! # Blocking and heavy work
//!
//! A worker that computes for a millisecond delays every task in its queue; `spawn_blocking` moves it
//! to a thread of another pool, up to 512 of them by default, each with its own stack and caches. Set
//! `max_blocking_threads` to what the machine can run at once, and bound what is queued by a
//! semaphore. A buffer may be taken on one of these threads and dropped on a worker:
//! [`BufferPool`](crate::pool::BufferPool) is made for that, a thread-local of your own is not.
//!
//! # Workers that sleep
//!
//! A thread that waits keeps what it cached, and nobody else can use it. tokio tells when one parks:
//!
//! ```
//! use thrifty::heap;
//! use thrifty::pool::BufferPool;
//!
//! let runtime = tokio::runtime::Builder::new_multi_thread()
//!     .worker_threads(2)
//!     .on_thread_park(|| {
//!         BufferPool::global().flush_thread();
//!     })
//!     .on_thread_stop(heap::purge_thread)
//!     .build()?;
//! # drop(runtime);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Parking is frequent on a server that is not busy: flush in each park, which is cheap, and purge
//! seldom, for instance from a task with a timer after the load has fallen.
//!
//! # Take something else when
//!
//! - **one thread is enough:** `current_thread` has no work stealing, `Rc` instead of `Arc`, and one set
//!   of caches.
//! - **you look for what blocks:** tokio-console shows tasks; this crate shows what they allocate.
