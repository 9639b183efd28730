//! One request, fourteen ways to serve it: what allocations cost, on real input.
//!
//! The raw bytes of an HTTP/1.1 request go through what a back end does with them: the head is
//! parsed (`httparse`) and seven of its headers are looked up; the JSON order in the body is
//! decoded (`serde_json`), checked, priced, taxed and grouped by warehouse ([`rules`]); the
//! receipt is written as JSON. There is no server and no socket: all of it is work on the CPU.
//!
//! Every [`Variant`] sends the same bytes and refuses a bad request with the same [`Error`]
//! (`tests/workload.rs`). All use the same parsers, the same rules and the same check for UTF-8,
//! once for the whole body. They differ only in how they hold the data:
//!
//! | variant | levers |
//! |---|---|
//! | [`naive`] | none: what most back ends write |
//! | [`buffers`] | buffers are reused |
//! | [`zero_copy`] | the request is borrowed, not copied; includes numbers |
//! | [`inline`] | short strings and collections stay on the stack |
//! | [`numbers`] | amounts are written as digits into the JSON, without `core::fmt` |
//! | [`buffers_zero_copy`] | buffers, zero-copy, numbers |
//! | [`zero_copy_inline`] | all four: the best |
//! | [`owned`] | buffers and inline, without a lifetime in the user's types, the plain way |
//! | [`existing`] | buffers, inline, numbers, as well as existing crates allow: what our own blocks have to beat |
//! | [`small`] | inline, with the blocks of `thrifty::inline` |
//! | [`shared`] | buffers, numbers, with the blocks of `thrifty::share`: all is owned, hardly anything copied |
//! | [`pooled`] | `existing`, with the blocks of `thrifty::pool` in place of what is kept or inline |
//! | [`pieces`] | `existing`, with its JSON joined from literals and values; no block of `thrifty` |
//! | [`best`] | all rooms, and `pieces`: nothing on the heap, no lifetimes |
//!
//! [`numbers`] is a lever of its own since part of what it saves is no allocation. It is in every
//! variant that writes its receipt by views ([`receipt`]): [`zero_copy`], [`buffers_zero_copy`],
//! [`zero_copy_inline`], [`existing`], [`shared`] and [`pooled`], and likewise in [`pieces`] and [`best`]; these also put their two sentences together by
//! `push_str`. It is not in [`naive`], [`buffers`], [`inline`] and [`owned`], which format amounts
//! by `core::fmt`; [`small`] joins them from integers.
//!
//! `naive` and `existing` are the two baselines. They are not to be changed to move a figure.
//!
//! A benchmark, a test or an example includes this folder with
//! `#[path = "../benches/support/mod.rs"] mod support;` and needs, beside `thrifty` with its
//! features `inline`, `pool`, `share` and `std`, the crates `compact_str` (feature `serde`), `fastrand`, `httparse`, `serde`
//! (feature `derive`), `serde_json` (feature `raw_value`) and `smallvec` (features `const_generics` and `serde`). A package with a
//! feature `serde` turns `thrifty`'s on with it: see [`own`].

#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    clippy::std_instead_of_alloc,
    reason = "each binary uses a part of this folder, and writes `std` as binaries do"
)]

pub mod best;
pub mod buffers;
pub mod buffers_zero_copy;
pub mod echo;
pub mod error;
pub mod existing;
pub mod head;
pub mod inline;
pub mod json;
pub mod metadata;
pub mod naive;
pub mod numbers;
pub mod own;
pub mod owned;
pub mod pieces;
pub mod pooled;
pub mod receipt;
pub mod refused;
pub mod request;
pub mod rules;
pub mod shared;
pub mod small;
pub mod text;
pub mod unescape;
pub mod zero_copy;
pub mod zero_copy_inline;

use core::fmt;

pub use self::error::Error;
pub use self::refused::{malformed, malformed_others, others};
pub use self::request::{REQUEST, corpus};

/// One way to serve a request.
///
/// A variant keeps its response until the next call, so a caller sees the allocations of one
/// whole request: what the last response frees is what this one allocates.
pub trait Variant: fmt::Debug {
    /// The name, as the tables show it.
    fn name(&self) -> &'static str;

    /// Which lever it pulls, in one line.
    fn about(&self) -> &'static str;

    /// Serves an order: from the bytes of the request to the JSON of the receipt.
    fn handle(&mut self, request: &[u8]) -> Result<&[u8], Error>;

    /// Bytes of heap that it holds between two requests, with the thread's and the pools' that it
    /// uses; 0 for variants that do not say.
    fn keeps(&self) -> usize {
        0
    }

    /// Serves a request of any other shape with the stages that apply: parses the head, looks up
    /// the same headers, decodes the body if it is said to be JSON, and sends all that back.
    fn handle_other(&mut self, request: &[u8]) -> Result<&[u8], Error>;
}

/// All variants, `naive` first, in the order of the table above.
pub fn variants() -> Vec<Box<dyn Variant>> {
    vec![
        Box::new(naive::Naive::new()),
        Box::new(buffers::Buffers::new()),
        Box::new(zero_copy::ZeroCopy::new()),
        Box::new(inline::Inline::new()),
        Box::new(numbers::Numbers::new()),
        Box::new(buffers_zero_copy::BuffersZeroCopy::new()),
        Box::new(zero_copy_inline::ZeroCopyInline::new()),
        Box::new(owned::Owned::new()),
        Box::new(existing::Existing::new()),
        Box::new(small::Small::new()),
        Box::new(shared::Shared::new()),
        Box::new(pooled::PooledBuffers::new()),
        Box::new(pieces::Pieces::new()),
        Box::new(best::Best::new()),
    ]
}

/// The variant of that name.
pub fn variant(name: &str) -> Option<Box<dyn Variant>> {
    variants().into_iter().find(|variant| variant.name() == name)
}
