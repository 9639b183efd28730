//! Comparison: the crates that one would take otherwise, with figures, losses included.
//!
//! Every table below is in instructions for one operation, less is better, on the system's allocator
//! (rustc 1.95, x86-64, glibc 2.36), made from the scoreboard's own output and checked by
//! `tests/house.rs`. Again, with times, allocations, bytes and resident memory beside them:
//!
//! ```text
//! cargo run --release --manifest-path benches/versus/Cargo.toml -- --all
//! cargo run --release --manifest-path benches/versus/Cargo.toml -- --room inline --metric instructions --all
//! ```
//!
//! Instructions do not see caches, locked operations and page faults. Where those decide, as in pools and
//! shared text, the text says so, and the scoreboard has the time. An empty cell is a peer that does
//! not have the case.
//!
//! # Vectors
//!
//! 4 and 8 `u64` pushed and dropped. The inline vectors here are smallvec 1.16.6 and arrayvec 0.7.8
//! themselves, re-exported: **thrifty** is that smallvec.
//!
//! <!-- versus: inline/vec-4, inline/vec-8 -->
//! | | `inline/vec-4` | `inline/vec-8` |
//! |---|--:|--:|
//! | **thrifty** | 86 | 142 |
//! | arrayvec 0.7.8 | 38 | 59 |
//! | tinyvec 1.13.3 | 113 | 169 |
//! | smallvec 2.0.0-beta.4 | 120 | 204 |
//! | Vec::with_capacity 1.95.0 | 205 | 241 |
//! | std::vec::Vec 1.95.0 | 261 | 671 |
//! <!-- end -->
//!
//! - **arrayvec is better** wherever the maximum is known.
//! - **smallvec 2** (a beta) is covariant and speaks `bytes`, and for now slower to push. The
//!   README says when this crate moves to it.
//! - **tinyvec** is without `unsafe`, wants `Default` and zeroes its room.
//! - **thin-vec 0.2** (one word, always on the heap) and **heapless 0.9.3** (never on the heap) answer other
//!   questions.
//!
//! # Small maps
//!
//! A map's whole life: every key inserted, found, as many missed, all read, dropped. All with the hasher
//! of rustc-hash 2.1.3 where one may be given, so that it is not hashing that is compared; std's `HashMap`
//! has its own.
//!
//! <!-- versus: inline/map-u32-8, inline/map-u32-16-instructions, inline/map-str-8, inline/map-spilled-instructions -->
//! | | `inline/map-u32-8` | `inline/map-u32-16-instructions` | `inline/map-str-8` | `inline/map-spilled-instructions` |
//! |---|--:|--:|--:|--:|
//! | **thrifty** | 796 | 2111 | 1770 | 4417 |
//! | heapless 0.9.3 | 976 | 4000 | 1484 | |
//! | micromap 0.3.0 | 1048 | 3809 | 1430 | |
//! | small_hash_map 1.0.1 | 1227 | 3735 | 2035 | 5322 |
//! | small-map 0.1.5 | 1238 | 2704 | 1799 | 3937 |
//! | halfbrown 0.4.0 | 1668 | 4451 | 2499 | 5612 |
//! | turbocow 0.3.0-beta.2 | 1830 | 2081 | 2989 | 4607 |
//! | std::collections::BTreeMap 1.95.0 | 2209 | 5712 | 6075 | 9072 |
//! | hashbrown 0.17.1 | 2320 | 4248 | 3435 | 5352 |
//! | tinymap 0.4.0 | 2384 | 5702 | 5123 | 8343 |
//! | std::collections::HashMap 1.95.0 | 5210 | 10420 | 7498 | 13060 |
//! <!-- end -->
//!
//! - **micromap and heapless are better for 8 texts**, and never spill: the ninth key is a panic or an
//!   error.
//! - **turbocow is better for 16 numbers**, by a little, and a beta.
//! - **small-map is better once spilled**, with 24 keys in a map made for 8. With a full inline map, an
//!   insert of a key that is there already sends it to the heap, and it has no `entry`, `iter_mut` or
//!   `drain`.
//! - **halfbrown** keeps its small form in a vector on the heap. **tinymap** wants ordered keys.
//!   **small_hash_map** finds `String`s by `&String` only.
//! - **`HashMap::with_capacity` is better** from about 12 text keys on, above all where most are not
//!   found. **hashbrown 0.17.1** is what a spilled `SmallMap` is.
//!
//! # Short strings
//!
//! `"user:{id}:{name}"` of 21 bytes by the crate's `format!`, then piece by piece; 22 `char`s pushed; and
//! a text of 65 bytes that does not fit.
//!
//! <!-- versus: inline/format-instructions, inline/concat, inline/push-char-instructions, inline/format-spilled-instructions -->
//! | | `inline/format-instructions` | `inline/concat` | `inline/push-char-instructions` | `inline/format-spilled-instructions` |
//! |---|--:|--:|--:|--:|
//! | **thrifty** | 472 | 110 | 440 | 669 |
//! | arrayvec 0.7.8 | 484 | 120 | 330 | |
//! | smol_str 0.3.7 | 560 | 560 | | 935 |
//! | smallstr 0.3.1 | 632 | 164 | 678 | 852 |
//! | compact_str 0.10.0 | 721 | 363 | 1807 | 946 |
//! | ecow 0.3.1 | 810 | 528 | 1224 | 809 |
//! | format! 1.95.0 | 934 | 934 | | 1300 |
//! | hipstr 0.8.0 | 980 | | | 1487 |
//! | String::with_capacity and itoa 1.95.0 | | 250 | | |
//! | String and itoa 1.95.0 | | 939 | | |
//! | String::with_capacity 1.95.0 | | | 552 | |
//! | String 1.95.0 | | | 1226 | |
//! <!-- end -->
//!
//! - **arrayvec's `ArrayString` is better to push to**, and full when it is full.
//! - **compact_str 0.10.0** is the better `String` to keep: 24 bytes, 24 of them text, and many crates
//!   know it. It has one size, and its `push` is slow.
//! - **smol_str**, **ecow**, **hipstr** share what is long, so their clone is cheap: compare them with `Str`.
//! - **smallstr** is this type's ancestor; it is unmaintained (RUSTSEC-2026-0215).
//! - **itoa 1.0.19** with a `String` is what `small_concat!` does by hand; where there is a buffer anyway,
//!   take it.
//!
//! # Shared text
//!
//! The 26 fields of an HTTP head, in one record ([`Fields`](crate::share::Fields)), and as 26 texts of their own ([`Str`](crate::share::Str)); a
//! slice of 23 bytes. The first row of the first column is `Fields`, of the others `Str`; "borrowed" is
//! `&str`, the floor.
//!
//! <!-- versus: share/head-fields-instructions, share/head-str-instructions, share/slice-23-instructions -->
//! | | `share/head-fields-instructions` | `share/head-str-instructions` | `share/slice-23-instructions` |
//! |---|--:|--:|--:|
//! | **thrifty** | 2802 | 4362 | 68 |
//! | borrowed 1.95.0 | 2487 | 2487 | |
//! | borrowed, in a Vec 1.95.0 | 2694 | 2694 | |
//! | imstr 0.2.0 | 3580 | 3580 | 53 |
//! | bytestring 1.5.1 | 4519 | 4519 | 102 |
//! | bytes-utils 0.1.4 | 4519 | 4519 | 101 |
//! | bytes-str 0.2.9 | 4519 | 4519 | 90 |
//! | arcstr 1.2.0 | 4674 | 4674 | 57 |
//! | compact_str 0.10.0 | 4834 | 4834 | 52 |
//! | lean_string 0.8.0 | 4870 | 4870 | 197 |
//! | smol_str 0.3.7 | 5195 | 5195 | 83 |
//! | flexstr 0.11.7 | 5509 | 5509 | 236 |
//! | hipstr 0.8.0 | 5697 | 5697 | 119 |
//! | ecow 0.3.1 | 5893 | 5893 | 263 |
//! | String 1.95.0 | 7901 | 7901 | 197 |
//! | `Arc<str>` 1.95.0 | 7949 | 7949 | 203 |
//! <!-- end -->
//!
//! 64 short texts made; 100 bytes cloned; 50 JSON orders read.
//!
//! <!-- versus: share/new-inline-instructions, share/clone-heap-instructions, share/with-source-instructions -->
//! | | `share/new-inline-instructions` | `share/clone-heap-instructions` | `share/with-source-instructions` |
//! |---|--:|--:|--:|
//! | **thrifty** | 2236 | 40 | 193508 |
//! | compact_str 0.10.0 | 1923 | 207 | 228965 |
//! | smol_str 0.3.7 | 3179 | 31 | 236764 |
//! | flexstr 0.11.7 | 4228 | 39 | 301135 |
//! | lean_string 0.8.0 | 4515 | 17 | 223931 |
//! | hipstr 0.8.0 | 4656 | 43 | 271485 |
//! | ecow 0.3.1 | 6646 | 23 | 228440 |
//! | String 1.95.0 | 10978 | 178 | 293306 |
//! | arcstr 1.2.0 | 11357 | 26 | 286806 |
//! | `Arc<str>` 1.95.0 | 11756 | 14 | |
//! | bytes-str 0.2.9 | 11794 | 45 | |
//! | bytestring 1.5.1 | 11798 | 45 | 303944 |
//! | imstr 0.2.0 | 20647 | 14 | |
//! | bytes-utils 0.1.4 | 22295 | 45 | 314387 |
//! | borrowed 1.95.0 | | | 171176 |
//! <!-- end -->
//!
//! In time the distance to the types over `Bytes` is larger than here, since each of their slices is an
//! atomic operation, and short `Str`s need none: see `--room share --metric time --all`.
//!
//! - **`&str` is better** wherever its owner lives long enough.
//! - **compact_str is better** at making short texts, and at slices that are short; its clone of a long
//!   text allocates.
//! - **`Arc<str>` is better** at nothing but clones: 14 instructions instead of 40, since it need not ask
//!   where its text lies. The atomic operation in both is what takes the time.
//! - **imstr 0.2.0 is better** at slicing and cloning in instructions; each slice counts, and making one
//!   from `&str` costs two allocations.
//! - **arcstr 1.2.0** is 8 bytes instead of 24, and free for literals.
//! - **bytestring 1.5.1, bytes-utils 0.1.4 and bytes-str 0.2.9** are `Bytes` with a promise: take one of them
//!   where an API names it.
//! - **hipstr 0.8.0** has the richest set of methods and a borrowed form; **flexstr 0.11.7** and
//!   **lean_string 0.8.0** are smaller or more general. None of them becomes `Bytes` without a copy.
//!
//! # `Cow` from text
//!
//! 58 bytes that are right already, and 58 that change at their end:
//!
//! <!-- versus: share/cow-lowercase-instructions, share/cow-replace-instructions, share/cow-changed-instructions -->
//! | | `share/cow-lowercase-instructions` | `share/cow-replace-instructions` | `share/cow-changed-instructions` |
//! |---|--:|--:|--:|
//! | **thrifty** | 92 | 86 | 347 |
//! | str 1.95.0 | 393 | 1322 | 393 |
//! | cow-utils 0.1.3 | 1606 | 1182 | 1957 |
//! <!-- end -->
//!
//! **std is better** at replacing one byte by another where it occurs: it has a path of its own for that.
//! cow-utils 0.1.3 loses to std in these cases. **memchr 2.8.3** alone tells whether there is anything to
//! replace, if that is the question.
//!
//! # Buffer pools
//!
//! 4 KiB taken and given back, less the loop itself, from a pool made at run time and from one in a
//! static:
//!
//! <!-- versus: pool/get-put-4k-dynamic, pool/get-put-4k-static -->
//! | | `pool/get-put-4k-dynamic` | `pool/get-put-4k-static` |
//! |---|--:|--:|
//! | **thrifty** | 29 | 30 |
//! | lockfree-object-pool 0.1.6 | 55 | 55 |
//! | lifeguard 0.6.1 | 58 | 58 |
//! | object-pool 0.6.0 | 66 | 66 |
//! | opool 0.2.0 | 110 | 110 |
//! | crossbeam-queue 0.2.3 | 114 | 114 |
//! | `Mutex<Vec>` 1.95.0 | 115 | 115 |
//! | bufpool 0.2.4 | 130 | 130 |
//! | dynamic-pool 0.2.2 | 160 | 160 |
//! | byte-pool 0.2.4 | 168 | 168 |
//! | zeropool 0.7.0 | 192 | 192 |
//! | deadpool 0.13.1 | 253 | 253 |
//! | sharded-slab 0.1.7 | 259 | 259 |
//! | no pool, malloc 1.95.0 | 462 | 462 |
//! <!-- end -->
//!
//! A filled buffer frozen, cloned and dropped, as `PooledBytes` and as `Bytes`; 4 KiB that must be zero:
//!
//! <!-- versus: pool/freeze-pooled, pool/freeze-bytes, pool/get-zeroed -->
//! | | `pool/freeze-pooled` | `pool/freeze-bytes` | `pool/get-zeroed` |
//! |---|--:|--:|--:|
//! | **thrifty** | 128 | 285 | 197 |
//! | Vec, Bytes::from 1.95.0 | 394 | 394 | |
//! | bytes 1.12.2 | 414 | 414 | |
//! | zeropool 0.7.0 | | | 4556 |
//! | vec![0; 4096] 1.95.0 | | | 5131 |
//! <!-- end -->
//!
//! A line built in scratch memory and dropped; a `Vec<&str>` for each round; an arena for each request:
//!
//! <!-- versus: pool/scratch, pool/recycle, pool/arena -->
//! | | `pool/scratch` | `pool/recycle` | `pool/arena` |
//! |---|--:|--:|--:|
//! | **thrifty** | 217 | 1982 | 2516 |
//! | a Vec that is cleared 1.95.0 | 166 | | |
//! | Vec::with_capacity 1.95.0 | 307 | 2119 | |
//! | Vec::new 1.95.0 | 1057 | 3247 | |
//! | bumpalo-reset 3.20.4 | | | 2468 |
//! | bumpalo 3.20.4 | | | 4113 |
//! <!-- end -->
//!
//! - **a `Vec` that is cleared is better** than any pool or scratch, in one place.
//! - **mimalloc** is as good at bursts of 1 KiB that are not written (`pool/burst-1k-vs-mimalloc`).
//! - **crossbeam-queue's `ArrayQueue`** of vectors is the pool of ten lines: bounded, safe, and some ten
//!   times the time here, which may be little in your request. **opool** and **object-pool** are that with a
//!   guard; their objects are not cleared, and a large one stays.
//! - **zeropool** gives zeroed buffers; where all must be zero and most is written, compare.
//! - **lockfree-object-pool** and **sharded-slab** are for objects, not for buffers of any size, and do not
//!   shrink. sharded-slab gives keys, which is what a table of connections wants.
//! - **lifeguard 0.6.1** is a pool of one thread; **byte-pool 0.2.4**, **bufpool 0.2.4** and
//!   **dynamic-pool 0.2.2** hand out vectors or objects without a bound in bytes, and the first two show
//!   what a former user wrote.
//! - **bytesbuf 0.12.0** gives its memory out in views that may consist of several blocks: **better** where
//!   one message need not be one slice. **plurality 0.2.3** pools objects with handles that are counted,
//!   **multitude 0.12.0** is an arena of many kinds of pointers: both do more than a pool of this room, and
//!   want Rust 1.95.
//! - **deadpool 0.13.1 and bb8** are for connections: they check, recycle and time out. No buffer pool does.
//! - **bytes 1.12.2 alone is better** for a buffer with one owner: `BytesMut` gets its memory back once its
//!   slices are gone.
//! - **bumpalo 3.20.4** is what an `ArenaPool` holds; **kept by hand and reset it is better**
//!   (`bumpalo-reset`), until one large request leaves its chunk behind.
//!
//! # Counting
//!
//! What a counter adds to a `malloc` and `free` of 64 bytes:
//!
//! <!-- versus: meter/pair-64, meter/pair-64-counts -->
//! | | `meter/pair-64` | `meter/pair-64-counts` |
//! |---|--:|--:|
//! | **thrifty** | 11 | 5 |
//! | cap 0.1.2 | 4 | 4 |
//! | stats_alloc 0.1.10 | 5 | 5 |
//! | peak_alloc 0.3.0 | 14 | 14 |
//! | alloc_counter 0.0.4 | 17 | 17 |
//! | alloc_tracker 0.7.13 | 19 | 19 |
//! | divan 0.1.21 | 25 | 25 |
//! | tracking-allocator 0.4.0 | 30 | 30 |
//! | mod-alloc 1.0.1 | 37 | 37 |
//! | dhat 0.3.3 | 81 | 81 |
//! | allocation-counter 0.8.1 | 98 | 98 |
//! <!-- end -->
//!
//! Instructions flatter those that count in shared atomics: a locked operation is one instruction, and
//! many times the time (`meter/pair-64-2threads`).
//!
//! | | counts | sees | take it for |
//! |---|---|---|---|
//! | **thrifty** | allocations, reallocations, frees, bytes, peak | a scope, a future, a thread, the process | tests in parallel, requests |
//! | dhat 0.3.3, valgrind's DHAT | blocks, bytes, lifetimes, accesses, by call site | the process | **better at: where, in a whole program** |
//! | divan 0.1.21 | allocations, bytes, peak of a benchmark | threads of the benchmark | **better at: benchmarks with less set-up than Criterion** |
//! | stats_alloc 0.1.10 | allocations, reallocations, frees, bytes | the process | one test a process |
//! | allocation-counter 0.8.1 | allocations, bytes | a closure, its thread | the same idea, without bounds, backtraces and futures |
//! | alloc_counter 0.0.4 | allocations, reallocations, frees | a closure, its thread | deny and allow in nested regions |
//! | alloc_tracker 0.7.13 | allocations, bytes | named operations | mean figures of benchmarks |
//! | cap 0.1.2 | bytes | the process | **better at: a hard limit in bytes** |
//! | peak_alloc 0.3.0 | bytes and peak | the process | the peak of a program |
//! | mod-alloc 1.0.1 | allocations, bytes | the process | dhat's format without dhat |
//! | tracking-allocator 0.4.0 | whatever you write | groups, by tracing spans | **better at: a ledger of subsystems in production** |
//!
//! # Allocators
//!
//! mimalloc 0.1.52 and tikv-jemallocator 0.7.0 are what this crate's backends run, so the question is only
//! whether their own types will do. They will, where one fixed allocator is wanted and nobody asks for
//! its figures. `heap::Mimalloc` calls the plain `mi_malloc` where alignment allows, which takes fewer
//! instructions, and on the C line v3 less memory (`--room heap`). snmalloc-rs is not among the
//! backends: it has no way to give memory back, and tells only what it reserved.
