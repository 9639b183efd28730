//! The Rust Performance Book's advice on the heap, row by row, and our answer.
//!
//! [The book](https://nnethercote.github.io/perf-book/) by Nicholas Nethercote is where most Rust programmers learn this. Each of its pieces
//! of advice that touches the heap has a row here, in the book's order and in our words. "std does it"
//! means that nothing is needed beyond std, and this crate adds nothing.
//!
//! # Benchmarking and profiling
//!
//! | advice | answer |
//! |---|---|
//! | measure on real inputs | `cargo run --release --example report -- --request FILE` takes a captured request of yours |
//! | microbenchmarks, with Criterion | the [patterns](super::ci#files-to-copy), with exact heap lines below the times |
//! | prefer instruction counts where times vary | pattern `instructions.rs`; the scoreboard gates on instructions |
//! | compare before and after | pattern `before_after.rs`; [`HeapLine`](crate::meter::HeapLine) with a committed file |
//! | a heap profiler: DHAT, dhat, heaptrack | take one for the whole program; [`advise`](crate::meter::advise) names lines of a piece of code, and a remedy for each |
//! | count what you are curious about (`eprintln!`, then `counts`) | [`sized!`](crate::meter::sized), [`LenHistogram`](crate::meter::LenHistogram): counted in place, with the `N` that follows |
//! | debug info in release builds, to see lines | `debug = "line-tables-only"`: needed by `advise` as well, and changes no code |
//!
//! # Build configuration
//!
//! | advice | answer |
//! |---|---|
//! | an alternative allocator | [`allocators`](super::allocators): one static, compared on your own program first |
//! | LTO, one unit, `panic = "abort"`, `target-cpu`, PGO, strip | [`profiles`](super::profiles): each measured, those that bring nothing included |
//!
//! # Hashing
//!
//! | advice | answer |
//! |---|---|
//! | a faster hasher where nobody attacks | std does it: `HashMap::with_hasher`; [`SmallMap`](crate::inline::SmallMap) takes any hasher too, and uses none up to `N` keys |
//! | do not hash at all, for keys that are random already | the same, with a hasher that passes them on |
//! | hash whole bytes at once | not the heap's business |
//!
//! # Heap allocations
//!
//! | advice | answer |
//! |---|---|
//! | know which functions allocate | each public function here has a section `# Allocation`, and a test that holds it to it |
//! | reduce the rate, not only the bytes | [`requests`](crate::meter::Usage::requests) is the first figure everywhere |
//! | `Box`: box large fields to make a type smaller | std does it; [`assert_inline_size`](crate::inline::assert_inline_size) keeps the size |
//! | `Rc` and `Arc`: not for what is rarely shared | [`share`](super::share): from which length on a clone is cheaper than a copy |
//! | `Vec`: know the lengths, then reserve | `sized!`, then `Vec::with_capacity`; a bound on `reallocs` in [`assert_allocs!`](crate::meter::assert_allocs) |
//! | short `Vec`s: `SmallVec` | [`inline`](super::inline), with `N` computed from the size that the object may have |
//! | short `Vec`s with a known maximum: `ArrayVec` | the same |
//! | longer `Vec`s: `with_capacity`, `reserve`, `reserve_exact` | std does it |
//! | `shrink_to_fit` what stays | std does it, also for `SmallVec`, and [`SmallMap`](crate::inline::SmallMap), which come back inline |
//! | `String`: like `Vec`; small ones by smallstr (RUSTSEC-2026-0215: unmaintained) | [`SmallString`](crate::inline::SmallString), which `String` and back is free once spilled |
//! | `format!` allocates: a literal, `format_args!`, a lazy one | [`small_format!`](crate::inline::small_format), [`small_concat!`](crate::inline::small_concat), `write!` into what is kept |
//! | hash tables: reserve as with `Vec` | std does it; few keys: `SmallMap`, [`SmallSet`](crate::inline::SmallSet) |
//! | `clone` of what owns memory: remove those that are not needed | [`CloneProbe`](crate::meter::CloneProbe), [`assert_clones!`](crate::meter::assert_clones): a test that fails when one comes back |
//! | `clone_from` reuses what is there | std's types do; derived ones do not: [`clone_from!`](crate::share::clone_from) |
//! | `to_owned`: store a reference instead | std does it; without a lifetime: [`Str`](crate::share::Str), [`Fields`](crate::share::Fields) |
//! | `Cow` for what is mostly borrowed | std has it; [`CowExt`](crate::share::CowExt) makes them: `cow_to_lowercase`, `cow_replace` |
//! | reuse collections: pass one in and fill it | std does it; [`pool`](super::pool) when it cannot be passed |
//! | a workhorse that is cleared in the loop | std does it; `Vec<&T>` needs [`recycle`](crate::pool::recycle()), deep functions [`scratch!`](crate::pool::scratch) |
//! | one workhorse inside a struct, instead of one a call | std does it; shared by threads: [`Pool`](crate::pool::Pool) |
//! | read lines into one `String` | std does it: `read_line` into a buffer that is cleared; the fields of each line: [`Fields`](crate::share::Fields) |
//! | tests against regressions, by dhat's heap tests | [`ci`](super::ci): in parallel tests, by thread, or by dhat as it is |
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::{self, Metered};
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! use std::io::BufRead;
//!
//! let log = "GET /orders\nGET /stock\nPOST /orders\n".as_bytes();
//! let (posts, each_owned) = meter::measure(|| {
//!     log.lines().filter(|line| line.as_ref().is_ok_and(|line| line.starts_with("POST"))).count()
//! });
//! let mut line = String::with_capacity(64);
//! let (again, kept) = meter::measure(|| {
//!     let (mut log, mut posts) = (log, 0);
//!     while log.read_line(&mut line).is_ok_and(|read| read > 0) {
//!         posts += usize::from(line.starts_with("POST"));
//!         line.clear();
//!     }
//!     posts
//! });
//! assert_eq!((posts, again), (1, 1));
//! assert!(each_owned.allocs >= 3);
//! assert_eq!(kept.requests(), 0);
//! ```
//!
//! # Type sizes
//!
//! | advice | answer |
//! |---|---|
//! | types above 128 bytes are copied by `memcpy` | why 64 bytes is the default room of [`inline_capacity`](crate::inline::inline_capacity) |
//! | measure sizes (`-Zprint-type-sizes`, top-type-sizes) | `size_of` in a test, `assert_inline_size` at compile time |
//! | smaller enums: box the large variant | std does it: one allocation for the rare variant |
//! | smaller integers for indices | [`Fields`](crate::share::Fields) has 32-bit offsets; else yours |
//! | boxed slices: two words instead of three | std does it: `into_boxed_slice`, which may reallocate |
//! | `ThinVec`: one word, for what is mostly empty | take thin-vec from 0.2.16 on (RUSTSEC-2026-0103); it allocates as a `Vec` does |
//! | assert the sizes of hot types | `const _: () = assert_inline_size::<T, 64>();` |
//!
//! # Standard library types, iterators, wrapper types
//!
//! | advice | answer |
//! |---|---|
//! | `vec![0; n]` for zeroed memory, not `resize` | std does it; from a pool: [`get_zeroed`](crate::pool::BufferPool::get_zeroed), which zeroes only what was written |
//! | `swap_remove`, `retain` | std does it; `SmallMap` and `SmallSet` have `retain` too |
//! | `ok_or_else`, `unwrap_or_else` and their kin, lazily | std does it; `ok_or(format!(..))` shows in `advise` as a `format!`, and clippy's `or_fun_call` finds it |
//! | `Rc::make_mut`, `Arc::make_mut` | std does it: [a change to a shared value](super::share#a-change-to-a-shared-value) |
//! | `parking_lot` instead of std's locks | not the heap's business; std's on Linux allocate nothing either |
//! | do not `collect` what is iterated over again | std does it; `advise` names the collects |
//! | return `impl Iterator`; `extend` instead of `collect` and `append` | std does it; into a `SmallVec`, `extend` is the faster way: [filling in place](crate::inline#filling-in-place) |
//! | `size_hint` for your own iterators, so that `collect` allocates once | std does it |
//! | one `Arc<Mutex<(..)>>` for values that are used together | the same as [one `Arc` for the state](super::share#one-arc-for-the-state) |
//!
//! # I/O, logging, general tips
//!
//! | advice | answer |
//! |---|---|
//! | lock stdout once, `BufReader` and `BufWriter` | std does it; each is one buffer of 8 KiB: keep it, or `with_capacity` |
//! | read bytes, not text, where UTF-8 is not needed | std does it; [`PooledBuf::read_from`](crate::pool::PooledBuf::read_from) reads into pooled memory without zeroing it |
//! | logging and debugging that is off must cost nothing | [`no_alloc`](crate::meter::no_alloc) around a disabled log line proves it: arguments may be formatted before the level is looked at |
//! | compute lazily, on demand | std does it: `LazyLock`, `OnceCell`; the first run pays, so warm up before you count |
//! | handle the common small case apart | `SmallVec`, `SmallMap`, `SmallString` are that, as types |
//! | a compact form for what is common, a table for what is rare | [`Str`](crate::share::Str): inline, static or shared |
//! | a small cache in front of a lookup with high locality | `arc_swap::Cache` for configurations: [`share`](super::share#a-configuration-that-changes) |
//!
//! The chapters on inlining, bounds checks, machine code, parallelism and compile times have no advice
//! that is about the heap.
