//! Handing data on: when to share, when to copy, and what needs no code of ours.
//!
//! The first rule is a number. A clone of an [`Arc`] and its drop are two atomic operations; on the
//! machine of this table they cost as much as allocating, copying and freeing some hundred bytes. So
//! "share everything" makes the fields of a request slower, not faster.
//!
//! | You have | Take |
//! |---|---|
//! | a short text, at most 23 bytes | [`Str`]: inline, its clone is a copy of 24 bytes |
//! | text of some hundred bytes that is cloned now and then | `String` |
//! | text from about 800 bytes on that is cloned | [`Str`], or [`Arc`]`<str>` |
//! | many fields of one text | [`Fields`]: offsets, no count at all |
//! | text that nearly always stays as it is | [`CowExt`] |
//! | a value copied into the same place over and over | [`clone_from!`](crate::share::clone_from) |
//! | [a configuration that changes now and then](#a-configuration-that-changes) | `arc_swap::Cache` |
//! | [the state that every request needs](#one-arc-for-the-state) | one `Arc` for all of it |
//! | [a map that is asked with borrowed keys](#a-map-asked-with-borrowed-keys) | `hashbrown`'s `entry_ref` |
//! | [a shared value that one owner changes](#a-change-to-a-shared-value) | [`Arc::make_mut`] |
//! | [one thread](#one-thread) | [`Rc`] |
//!
//! # From which length on a clone is cheaper than a copy
//!
//! ```text
//! cargo bench --bench recipes -- clone_or_copy
//! ```
//!
//! clones and drops a text of each length. Time in proportion to the `String`'s, lower is better
//! (glibc's malloc, 2 shared cores, one thread, rustc 1.95):
//!
//! | bytes | `Arc<str>` | [`Str`] | `Rc<str>` |
//! |--:|--:|--:|--:|
//! | 16 | 1.11 | 0.25, inline | 0.11 |
//! | 100 | 1.19 | 1.33 | 0.12 |
//! | 200 | 1.03 | 1.17 | 0.10 |
//! | 400 | 0.79 | 0.89 | 0.08 |
//! | 800 | 0.97 | 1.08 | 0.10 |
//! | 1600 | 0.53 | 0.59 | 0.05 |
//! | 16384 | 0.03 | 0.03 | 0.00 |
//!
//! Between 400 and 800 bytes both cost the same, one run saying this and the next saying that. A
//! longer text is worth sharing, a shorter one is worth copying.
//!
//! With a second thread that clones the same `Arc` the count's cache line travels between the cores,
//! and the crossover moves up.
//!
//! # A configuration that changes
//!
//! A lock around an `Arc` is taken for each read, and `load_full` counts for each read. A
//! [`Cache`](https://docs.rs/arc-swap/1/arc_swap/cache/struct.Cache.html) per worker looks whether the pointer is still the same, and nothing
//! else:
//!
//! ```
//! use std::sync::Arc;
//! use arc_swap::{ArcSwap, Cache};
//!
//! struct Limits {
//!     most_items: usize,
//! }
//!
//! let shared = Arc::new(ArcSwap::from_pointee(Limits { most_items: 10 }));
//! // In each worker, once:
//! let mut limits = Cache::new(Arc::clone(&shared));
//! // For each request:
//! assert_eq!(limits.load().most_items, 10);
//! // Elsewhere, when the file has changed:
//! shared.store(Arc::new(Limits { most_items: 20 }));
//! assert_eq!(limits.load().most_items, 20);
//! ```
//!
//! The old value lives until every cache has looked again: a worker that never gets a request keeps
//! it.
//!
//! # One `Arc` for the state
//!
//! Frameworks clone the state for each request. A struct of eight `Arc`s is eight counts up and
//! down; one `Arc` of a struct is one:
//!
//! ```
//! use std::sync::Arc;
//!
//! struct Inner {
//!     database: String,
//!     templates: Vec<String>,
//! }
//!
//! #[derive(Clone)]
//! struct State(Arc<Inner>);
//!
//! let state = State(Arc::new(Inner { database: "db".into(), templates: vec![] }));
//! let request = state.clone();
//! assert_eq!(Arc::strong_count(&state.0), 2);
//! ```
//!
//! `cargo bench --bench recipes -- state` shows both (the single `Arc` took 0.20 of the time) and the
//! ways to read a configuration: lock 1.00, `load_full` 1.39, `load` 0.83, `Cache` 0.10.
//!
//! # A map asked with borrowed keys
//!
//! `entry(key.to_owned())` allocates although the key is nearly always there. Two look-ups, first
//! `get_mut` and then `insert`, allocate only for a new key, but hash the key twice, and std's hasher
//! takes its time. [`entry_ref`](hashbrown::HashMap::entry_ref)
//! of `hashbrown` looks once, and owns the key only if it has to:
//!
//! ```
//! use std::hash::RandomState;
//! use hashbrown::HashMap;
//!
//! let mut hits: HashMap<String, u32, RandomState> = HashMap::default();
//! for path in ["/a", "/b", "/a"] {
//!     *hits.entry_ref(path).or_insert(0) += 1;
//! }
//! assert_eq!((hits["/a"], hits["/b"]), (2, 1));
//! ```
//!
//! 64 keys of 29 bytes, time in proportion to `entry(key.clone())`, on the machine above:
//!
//! | | all there | all new |
//! |---|--:|--:|
//! | `entry(key.clone())` | 1.00 | 1.00 |
//! | `contains_key`, then `get_mut` or `insert` | 0.92 | 1.25 |
//! | `get_mut`, else `insert` | 0.47 | 1.24 |
//! | `entry_ref(&key)` | 0.47 | 0.74 |
//!
//! `cargo bench --bench recipes -- count_up` runs them. So two look-ups where one asks only whether
//! the key is there save hardly anything over the clone, and both forms lose to it on new keys.
//!
//! # A change to a shared value
//!
//! [`Arc::make_mut`] clones only if somebody else holds the value, so a single owner changes it in
//! place. [`Arc::unwrap_or_clone`] is the same for taking it out:
//!
//! ```
//! use std::sync::Arc;
//!
//! let mut tags = Arc::new(vec!["new"]);
//! let at = Arc::as_ptr(&tags);
//! Arc::make_mut(&mut tags).push("paid");
//! assert_eq!(Arc::as_ptr(&tags), at, "the only owner: no copy");
//!
//! let sent = Arc::clone(&tags);
//! Arc::make_mut(&mut tags).push("shipped");
//! assert_eq!((sent.len(), tags.len()), (2, 3));
//! ```
//!
//! # One thread
//!
//! An [`Rc`]'s count is an ordinary number: in the table above its clone is cheaper than any copy.
//! In a program that runs one single-threaded executor per core, or inside of one function, `Rc<str>`
//! is the answer to what looks like a question of copying.
//!
//! [`Arc`]: std::sync::Arc
//! [`Arc::make_mut`]: std::sync::Arc::make_mut
//! [`Arc::unwrap_or_clone`]: std::sync::Arc::unwrap_or_clone
//! [`Rc`]: std::rc::Rc
//! [`CowExt`]: crate::share::CowExt
//! [`Fields`]: crate::share::Fields
//! [`Str`]: crate::share::Str
