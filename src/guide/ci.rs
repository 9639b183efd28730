//! CI: what may fail a build, and what may not.
//!
//! A check that fails for no reason is switched off within a month. Counts and bytes are the same on
//! every machine, so they may fail a build; instructions nearly so; times are not, so they may not.
//!
//! | figure | differs between two runs | may fail a build |
//! |---|---|---|
//! | allocations, bytes, peak of a piece of code | never, with the same toolchain and lock file | yes, by `==` |
//! | the same with another compiler or another version of a crate | now and then | by a bound with some room, or by a file that is read in review |
//! | instructions under callgrind | hardly, with the same toolchain and machine | yes, by a limit of some percent |
//! | size of the program | never, with the same toolchain | yes |
//! | time in one process, versions taking turns | by some percent | no: show it |
//! | time on two runners | by more than most changes bring | no |
//!
//! # Which test
//!
//! | you want | take | it fails when |
//! |---|---|---|
//! | never more than so much | [`assert_allocs!`](crate::meter::assert_allocs), [`Budget`](crate::meter::Budget) | the bound is passed; it names the line |
//! | none at all | [`no_alloc`](crate::meter::no_alloc) | anything is allocated |
//! | to see every change in review | [`snapshot!`](crate::meter::snapshot) | a figure is higher than the committed one |
//! | the same, and improvements kept | `snapshot!("name", strict, ..)` | a figure differs |
//! | benchmarks compared with a committed file | [`HeapLine`](crate::meter::HeapLine), [`exit_on_regress`](crate::meter::exit_on_regress) | a figure is higher |
//! | all threads, and whole programs | dhat, one binary for all such tests | as you write it |
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::Metered;
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! use thrifty::meter::{Budget, no_alloc};
//!
//! const LOOKUP: Budget = Budget::new().allocs(0);
//! const REQUEST: Budget = Budget::new().allocs(25).bytes(16 << 10);
//!
//! let routes = ["/orders", "/stock"];
//! let found = LOOKUP.run(|| routes.iter().position(|route| *route == "/stock"));
//! assert_eq!(found, Some(1));
//!
//! let body = REQUEST.run(|| routes.join(","));
//! no_alloc(|| assert!(body.starts_with("/orders")));
//! ```
//!
//! Tests of [`meter`](crate::meter) count their own thread: they run in parallel, under any harness. dhat counts the
//! process, so under libtest it also counts libtest, and its figures differ from run to run.
//!
//! # Files to copy
//!
//! Each file in `benches/patterns` stands alone, says in its first lines what it shows and which lines
//! `Cargo.toml` needs, and is run in an empty crate by `.ci/lane/patterns`:
//!
//! | file | shows |
//! |---|---|
//! | `heap_line.rs` | Criterion's time, and below it what the heap did, exactly |
//! | `before_after.rs` | a change that saves allocations, pinned |
//! | `steady_state.rs` | warm up until two rounds ask for the same |
//! | `black_box.rs` | what has to go through `std::hint::black_box`, and what goes wrong without |
//! | `batched.rs` | `iter_batched`: input that is consumed, and whose time the drop is |
//! | `throughput.rs` | bytes and elements a second, over sizes |
//! | `allocators.rs` | a baseline for each allocator, compared by critcmp |
//! | `baseline.rs` | figures of benchmarks, saved in a file and compared |
//! | `flamegraph.rs` | a flamegraph of what a benchmark times |
//! | `instructions.rs` | callgrind's count and dhat's blocks with limits, by gungraun |
//! | `budget.rs` | tests with bounds |
//! | `snapshot.rs` | tests against a committed file |
//! | `dhat_tests.rs` | dhat's figures as tests, one profiler after the other |
//! | `exact_gate.yml` | the CI job that runs budgets, snapshots and baselines, and only shows times |
//!
//! # When a figure changed
//!
//! 1. Is the toolchain or the lock file another one? Then look at the diff, and bless it.
//! 2. Is it the debug build against the release build? They have figures of their own.
//! 3. Is it the first run? Warm up: [when the figures lie](super::heap_figures#the-first-run).
//! 4. Else the code changed. The failure names the line of the first request that is too many.
//!
//! # Take something else when
//!
//! - **you want trends over months:** a service that stores results (Bencher, CodSpeed); the exact lines
//!   go there as well as times do.
//! - **whole programs are to be compared:** `hyperfine`, and callgrind's totals.
