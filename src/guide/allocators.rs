//! Allocators: one line, measured first.
//!
//! Another allocator is the cheapest change there is, so try it first, and expect little of it where
//! the number is small already: it makes allocations cheaper, and what you do not allocate costs
//! nothing with any of them. Gains do not multiply.
//!
//! | you want | take |
//! |---|---|
//! | to know whether it is worth it | `malloc` and `free` in a CPU profile: their share is the most that a swap can win |
//! | to compare all of them on your program, with one build | [`ByEnv`](crate::heap::ByEnv) |
//! | to ship the same program with one or another | [`ByFeature`](crate::heap::ByFeature) |
//! | exactly one | `heap::Mimalloc`, `heap::Jemalloc`, [`System`](crate::heap::System) |
//! | the same allocator with fewer page faults or arenas | [`Tuning`](crate::heap::Tuning) |
//! | memory back after a peak | [`purge`](crate::heap::purge) |
//!
//! ```
//! use thrifty::heap::{self, Backend, ByEnv};
//!
//! // `MY_ALLOC=jemalloc ./server`, if jemalloc is compiled in.
//! #[global_allocator]
//! static GLOBAL: ByEnv = ByEnv::new("MY_ALLOC").or(Backend::System);
//!
//! println!("{}", heap::selection().unwrap());
//! # #[cfg(all(target_os = "linux", target_env = "gnu"))]
//! assert_eq!(heap::active(), Some(Backend::System), "nothing else was asked for");
//! ```
//!
//! # Which one
//!
//! No allocator is the best for all work: the table in the README is one machine's answer, and
//!
//! ```text
//! cargo run --release --features mimalloc,jemalloc --example allocators
//! cargo run --release --example allocators -- run ./target/release/my-program ARGS
//! ```
//!
//! gives yours, the second line with your own program. What repeats on most machines:
//!
//! | work | tends to win |
//! |---|---|
//! | small blocks that live shortly, on one thread or several | mimalloc, jemalloc |
//! | blocks that another thread frees | jemalloc |
//! | a few vectors that grow large | the system's on Linux, which moves pages instead of bytes |
//! | threads that live shortly | mimalloc; jemalloc pays for each |
//! | little memory, small process | the system's |
//! | memory that must go back | all of them with [`purge`](crate::heap::purge), few by themselves |
//!
//! # What it costs
//!
//! - **Resident memory.** Caches for each thread and size class. In a small process mimalloc may add
//!   some MiB; with many workers any of them may.
//! - **Build time.** jemalloc compiles for a minute or more, mimalloc for some seconds; both need a C
//!   compiler.
//! - **One per process.** A library must not choose: none of this crate's features installs anything.
//! - **C code stays where it was.** `malloc` of a C library in the same process is still the system's,
//!   so [`purge`](crate::heap::purge) asks both.
//!
//! # Prove it
//!
//! A feature that somebody else turned on, a static in another crate, a misspelt variable: each of
//! them gives you the allocator that you did not mean, in silence. Ask the allocators themselves, in
//! a test of the final program:
//!
//! ```
//! use thrifty::heap::assert_active;
//! use thrifty::heap::System;
//! use thrifty::meter::Metered;
//!
//! #[global_allocator]
//! static GLOBAL: Metered<System> = Metered::new(System);
//!
//! # #[cfg(all(target_os = "linux", target_env = "gnu"))]
//! assert_active!(System);
//! ```
//!
//! # Before you swap: tune
//!
//! Half of what is said against glibc's malloc is its thresholds. It gives memory back to the system
//! at the top of the heap, and asks for it again a moment later. On the machine of the README, 64
//! written buffers of 16 KiB, taken and freed, were 225 page faults with the defaults and none with two
//! thresholds raised: `cargo run --release --example tuning`. `heap::tune_at_start!` does it without
//! an environment variable.
//!
//! # Take something else when
//!
//! - **you want to see where memory goes.** heaptrack, dhat, or jemalloc's own profiler
//!   (`jemalloc_pprof`): an allocator's figures are totals.
//! - **the process must not trust its input.** `mimalloc-secure` and hardened allocators cost a
//!   multiple, and are worth it there.
//! - **one phase allocates a lot and then drops all.** An arena, `pool::ArenaPool`, beats every
//!   general allocator at that.
