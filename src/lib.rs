//! Heap allocations are a number: know it, test it, shrink it.
//!
//! First the tool that shows the number, then the remedies.
//!
//! | You see | Take |
//! |---|---|
//! | a function that must not allocate, or only so much | [`meter::no_alloc`], [`assert_allocs!`] |
//! | a figure that must not change unnoticed | [`meter::snapshot!`] |
//! | a request whose cost nobody knows, in async code | [`meter::MeterFutureExt::metered`] |
//! | code that allocates too much, and no idea where | [`meter::advise`] |
//! | a time from Criterion and no idea what the heap does | [`meter::heap_line`] |
//! | resident memory that stays high after the work is done | [`heap::stats`], [`heap::purge`] |
//! | `malloc` and `free` high in a profile | [`heap`], then the rest of this table |
//! | page faults in a steady state, or memory that stays up after a peak | [`heap::Tuning`] |
//! | `Vec`s that mostly hold a few elements | [`inline::SmallVec`] |
//! | maps and sets that mostly hold a few keys | [`inline::SmallMap`], [`inline::SmallSet`] |
//! | `Vec`s with a known maximum | [`inline::ArrayVec`] |
//! | short strings with a known maximum | [`inline::ArrayString`] |
//! | short strings without one | [`inline::SmallString`] |
//! | `format!` for text that is soon dropped | [`small_format!`]; [`small_concat!`] for texts and integers |
//! | text that is cloned, or cut into parts that outlive it | [`share::Str`] |
//! | a request's head, a line of CSV or of a log, kept as many `String`s | [`share::Fields`] |
//! | `to_lowercase` or `replace` on text that is nearly always right already | [`share::CowExt`] |
//! | `clone` into the same place over and over | [`share::clone_from!`] |
//! | a buffer taken from the heap and freed for every request | [`pool::BufferPool`] |
//! | objects that are costly to make, for every request | [`pool::Pool`], with `arena` `pool::ArenaPool` |
//! | a `Vec` or `String` that is built, used and dropped in one place | [`pool::with_scratch`], [`pool::scratch!`] |
//! | a `Vec<&T>` made anew in every round of a loop | [`pool::recycle()`], [`pool::RecycleSlot`] |
//! | code that has never seen an allocation fail, or a `Clone` panic | `fault`, with its feature |
//!
//! # Crate features
//!
//! A feature never installs anything: only the application writes `#[global_allocator]`.
//!
//! - **`std`** (default): threads and `io`. Without it only `inline` and `share` are left, on top
//!   of `alloc`.
//! - **`meter`** (default): know and test the number: count allocations per thread, scope and process.
//! - **`heap`** (default): choose the process's allocator and ask which one is really active.
//! - **`inline`** (default): keep small things on the stack: collections and text that hold their first
//!   items inline.
//! - **`pool`** (default): reuse what must be on the heap: buffers, objects and scratch memory that come
//!   back.
//! - **`share`** (default): hand data on without copying it, on top of `bytes`.
//! - **`fault`**: break it on purpose, in tests: failing allocator, sweeps, values that panic.
//! - **`arena`**: `pool::ArenaPool` and `pool::with_arena`, on top of `bumpalo`.
//! - **`async`**: `acquire`, which waits for a bounded `pool::BufferPool` or `pool::Pool`, on any
//!   runtime.
//! - **`tokio`**: `pool::PooledBuf::read_from_async`, out of a `tokio::io::AsyncRead`.
//! - **`http-body`**: `pool::PooledBody`, the body of an HTTP message.
//! - **`serde`**: `Serialize` and `Deserialize` for what the rooms hold.
//! - **`mimalloc`**: `heap::Mimalloc`, C line v2.
//! - **`mimalloc-v3`**: `heap::Mimalloc`, C line v3. With `mimalloc` on anywhere in the graph v2 wins.
//!   3.3.0 to 3.3.2 are known to crash in multi-threaded use: never part of `full`.
//! - **`mimalloc-secure`**: mimalloc with guard pages and encrypted free lists, much slower. Chooses no
//!   backend: combine it with `mimalloc` or `mimalloc-v3`.
//! - **`local-dynamic-tls`**: mimalloc or jemalloc in a library that is loaded with dlopen, or on musl.
//!   Chooses no backend: combine it with one. Without it glibc has no room for jemalloc's thread-locals
//!   in such a library, and does not load it.
//! - **`jemalloc`**: `heap::Jemalloc`, with its statistics. Compiles C for a minute or more.
//! - **`full`**: all of the above but `mimalloc-v3`, `mimalloc-secure` and `local-dynamic-tls`.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(not(feature = "std"), no_std)]
// These bind the library only: tests, benches and examples read as their readers' code does.
#![warn(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, clippy::panic)]
#![warn(clippy::std_instead_of_core, clippy::std_instead_of_alloc, clippy::alloc_instead_of_core)]
#![doc(test(no_crate_inject, attr(deny(warnings), allow(dead_code, unused_variables))))]

#[cfg(any(
    feature = "fault",
    feature = "heap",
    feature = "inline",
    feature = "meter",
    feature = "pool",
    feature = "share"
))]
extern crate alloc;

#[cfg(any(
    feature = "fault",
    feature = "heap",
    feature = "inline",
    feature = "meter",
    feature = "pool",
    feature = "share"
))]
#[macro_use]
mod seeded;

#[cfg(feature = "fault")]
pub mod fault;
#[cfg(any(doc, doctest))]
pub mod guide;
#[cfg(feature = "heap")]
pub mod heap;
#[cfg(feature = "inline")]
pub mod inline;
#[cfg(feature = "meter")]
pub mod meter;
#[cfg(feature = "pool")]
pub mod pool;
#[cfg(feature = "share")]
pub mod share;
#[cfg(any(feature = "heap", feature = "meter", feature = "pool", feature = "share"))]
mod sync;

/// Programs that must not compile, tried as doctests.
#[cfg(doctest)]
#[path = "../tests/types/borrows.rs"]
mod borrows;
