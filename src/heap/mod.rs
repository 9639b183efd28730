//! Choose the process's allocator, look into it, and tidy it.
//!
//! Nothing here installs anything: only your application writes `#[global_allocator]`. A Cargo
//! feature compiles a backend in, the static says which one the process gets.
//!
//! | You want | Take |
//! |---|---|
//! | to switch by Cargo features, for every build of one program | [`ByFeature`] |
//! | to switch by an environment variable, without another build | [`ByEnv`], [`selection`] |
//! | exactly one allocator, or a compile error | `Mimalloc`, `Jemalloc`, [`System`] |
//! | to know what the process really runs on | [`active`], [`Backend::version`] |
//! | a test that fails when it runs on something else | [`assert_active!`] |
//! | to see where the memory is: resident, live, kept | [`stats`], [`Stats::write_prometheus`] |
//! | resident memory with every request | [`rss`] |
//! | to give freed memory back to the system | [`purge`], [`purge_thread`] |
//! | fewer page faults, less resident memory, fewer arenas | [`Tuning`], [`tune_at_start!`] |
//!
//! ```
//! use thrifty::heap::{self, ByFeature};
//!
//! #[global_allocator]
//! static GLOBAL: ByFeature = ByFeature::new();
//!
//! // `active` asks the allocators themselves; the features only say what was asked for.
//! # #[cfg(all(target_os = "linux", target_env = "gnu"))]
//! assert_eq!(heap::active(), Some(ByFeature::BACKEND));
//! ```
//!
//! Any crate in the graph can turn on a feature of this one, so a program that must run on one
//! allocator names the type (`Mimalloc`, `Jemalloc` or [`System`]) instead of `ByFeature`, and
//! has a test with [`assert_active!`].
//!
//! # Compare them on your own work
//!
//! No allocator is the best for all work. In a checkout of this crate one command compares all that
//! are compiled in, on small pairs, churn on several threads, maps, growing vectors, large buffers,
//! short threads and fragmentation, with the time's spread, CPU, resident memory before and after
//! [`purge`], and page faults:
//!
//! ```text
//! cargo run --release --features mimalloc,jemalloc --example allocators
//! ```
//!
//! Better, it compares them on a program of yours, one build, if its static is [`ByEnv`]:
//!
//! ```text
//! cargo run --release --example allocators -- run ./target/release/my-program ARGS
//! ```
//!
//! # The crates behind the backends
//!
//! With their feature on, the crates are re-exported as `heap::mimalloc` and
//! `heap::tikv_jemallocator`. Take `heap::mimalloc::MiMalloc` if you want what that crate's users
//! run, request for request; take `Mimalloc` for fewer instructions and, on v3, less memory, since
//! it calls the plain `mi_malloc` wherever alignment allows. `heap::tikv_jemallocator::Jemalloc` and
//! `Jemalloc` do the same; take theirs where you also use its control crate's types, ours where
//! the rest of this room (such as [`active`]) should be all that you need.
//!
//! # A child of `fork`, and a loaded library
//!
//! A child of `fork` has one thread, and the allocator as the parent's other threads left it. glibc and
//! jemalloc hold their locks across the `fork`, so that the child may allocate and free. mimalloc does
//! not: a child may meet a lock that nobody will open. `tests/heap_torture` forks 300 times beside three
//! threads that allocate, and no child hung on either C line; that is no promise. With mimalloc call
//! `exec` soon, or `fork` before there are threads. Nothing of this room takes a lock of its own.
//!
//! A library that is loaded with `dlopen` and has its own `ByEnv` has its own choice and its own
//! mimalloc or jemalloc: each block goes back through the side that made it. With jemalloc compiled in
//! the library needs the feature `local-dynamic-tls`, or glibc does not load it.
//!
//! # When to take something else
//!
//! Leave the allocator alone when your program allocates little on its hot paths: after the
//! allocations are gone, a swap brings next to nothing. mimalloc and jemalloc may cost resident
//! memory in a small process, and jemalloc costs a minute or more of compile time.

mod active;
mod assert;
mod backend;
mod by_env;
mod by_feature;
mod choice;
mod environment;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod kept;
#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
mod mallctl;
#[cfg(target_os = "linux")]
mod procfs;
mod prometheus;
mod purge;
mod rss;
mod selection;
mod stats;
mod tuning;
mod version;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod with_glibc;
#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
mod with_jemalloc;
#[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
mod with_mimalloc;

pub use active::active;
pub use backend::{Backend, UnknownBackend};
pub use by_env::ByEnv;
pub use by_feature::ByFeature;
pub use purge::{Purged, purge, purge_thread};
pub use rss::rss;
pub use selection::{Reason, Selection, selection};
pub use stats::{Stats, stats};
pub use tuning::{Applied, Knob, Outcome, ReturnMemory, Setting, Settings, Tuning};
pub use version::Version;
#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
pub use with_jemalloc::Jemalloc;
#[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
pub use with_mimalloc::Mimalloc;

#[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
pub use ::mimalloc;
#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
pub use ::tikv_jemallocator;
#[doc(no_inline)]
pub use std::alloc::System;

pub use crate::{assert_active, tune_at_start};

#[doc(hidden)]
pub mod __private {
    pub use super::assert::assert_active;
    pub use super::tuning::{CONF_LEN, Conf, conf_text, tune};
}
