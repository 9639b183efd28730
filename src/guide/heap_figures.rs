//! When a heap figure lies: what is counted, where, and what is not.
//!
//! A count is exact, and still it answers only the question that was asked. Each section is a way in
//! which a true figure misleads, with a test that shows it and what to do. The figures are those of
//! [`measure`], of [`process`], and of dhat, whose profiler many test suites use.
//!
//! | The figure is | because | do |
//! |---|---|---|
//! | too low, or negative | [blocks from before](#blocks-from-before) are freed or grown inside | make the inputs outside, and know it |
//! | too low | [another thread](#other-threads) did the work | count there, or by [`process`] |
//! | too low | it was [paused](#pauses) | pause only what is not meant |
//! | 0 | the [optimizer](#the-optimizer) removed the allocation | [`black_box`] |
//! | lower than memory use | [requested is not reserved](#requested-and-reserved) | ask the allocator, or the system |
//! | higher than another tool's | a [reallocation](#reallocations) is a block there, or is not | compare by [`Usage::as_dhat`] |
//! | different in each run | the [harness](#the-test-harness) allocates too | count by thread, or run alone |
//! | not the sum of its parts | [peaks do not add up](#process-totals) | name what the peak is of |
//! | different the first time | [something is set up once](#the-first-run) | [`allocs_per_run`] |
//! | 0 on average | the [average rounds down](#the-first-run) | [`assert_allocs!`] on each run |
//!
//! # Blocks from before
//!
//! A profile or a scope has a beginning, and blocks that are older. There are four cases:
//!
//! | The block is allocated | and then | dhat | [`measure`] |
//! |---|---|---|---|
//! | before | left alone inside | ignores it | ignores it |
//! | before | freed inside | ignores the free | counts the free: [`net_bytes`] is negative |
//! | before | reallocated inside | counts a new block, with its whole new size | counts a `realloc`, and the bytes by which it grew |
//! | inside | freed after the end | counts it as left over | counts it as left over |
//!
//! So a buffer that is freed inside hides a leak of the same size from `net_bytes() == 0`; compare
//! `allocs` with `frees` as well. And the peak after a reallocation is not the same for both tools.
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::{self, Metered};
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! let (freed, mut grown) = (vec![0_u8; 100], vec![0_u8; 100]);
//! let (leaked, usage) = meter::measure(|| {
//!     drop(freed);
//!     Box::new([0_u8; 100])
//! });
//! // A block is left over, and another of that size is gone.
//! assert_eq!(usage.net_bytes(), 0);
//! assert_eq!((usage.allocs, usage.frees), (1, 1));
//!
//! let ((), usage) = meter::measure(|| grown.reserve_exact(150));
//! assert_eq!((usage.allocs, usage.reallocs, usage.peak_bytes), (0, 1, 150));
//! ```
//!
//! The same with dhat, which knows nothing of what was before:
//!
//! ```
//! #[global_allocator]
//! static GLOBAL: dhat::Alloc = dhat::Alloc;
//!
//! let (kept, freed, mut grown) = (vec![0_u8; 100], vec![0_u8; 100], vec![0_u8; 100]);
//! let profiler = dhat::Profiler::builder().testing().build();
//! drop(freed);
//! grown.reserve_exact(150);
//! let stats = dhat::HeapStats::get();
//! drop(profiler);
//! assert_eq!((stats.total_blocks, stats.total_bytes, stats.max_bytes), (1, 250, 250));
//! # drop((kept, grown));
//! ```
//!
//! # Other threads
//!
//! A scope counts its own thread. What it hands to a pool, a spawned task or rayon is counted
//! there, and a block that comes back is freed here: `frees` goes up without an `allocs`. dhat, like
//! every tool that counts in one place, has it the other way round: it counts the work of the pool,
//! and everybody else's.
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::{self, Metered};
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! use std::sync::mpsc;
//! use std::thread;
//!
//! let (ask, asked) = mpsc::channel::<usize>();
//! let (answer, answered) = mpsc::channel();
//! let worker = thread::spawn(move || {
//!     for bytes in asked {
//!         answer.send(meter::measure(|| vec![0_u8; bytes])).unwrap();
//!     }
//! });
//!
//! let before = meter::thread().bytes_allocated;
//! ask.send(1000).unwrap();
//! let (bytes, there) = answered.recv().unwrap();
//! let here = meter::thread().bytes_allocated - before;
//! // The channel may need a block of its own; the 1000 bytes are the worker's.
//! assert!(here < 1000, "{here}");
//! assert_eq!((bytes.len(), there.bytes_allocated), (1000, 1000));
//! # drop(ask);
//! # worker.join().unwrap();
//! ```
//!
//! # Pauses
//!
//! What [`pause`] excludes is gone from every scope, but not from the process: [`process`] counts
//! it. And only the request is excluded, not the block: freed outside of the pause, it is a free
//! without an allocation.
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::{self, Metered};
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! let before = meter::process();
//! let ((), usage) = meter::measure(|| {
//!     let block = meter::pause(|| vec![0_u8; 5000]);
//!     drop(block);
//! });
//! assert_eq!((usage.allocs, usage.frees, usage.net_bytes()), (0, 1, -5000));
//! assert!(meter::process().bytes_allocated - before.bytes_allocated >= 5000);
//! ```
//!
//! # The optimizer
//!
//! An allocation is allowed to go away if nothing looks at it, and in release builds it sometimes
//! does. A test that says 0 in release and 1 in debug has measured the compiler. Pass inputs and
//! results through [`black_box`], and keep figures of the two profiles apart.
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::{self, Metered};
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! use std::hint::black_box;
//!
//! let ((), unseen) = meter::measure(|| drop(Box::new(7)));
//! let ((), seen) = meter::measure(|| drop(black_box(Box::new(black_box(7)))));
//! assert!(unseen.allocs <= 1);
//! assert_eq!(seen.allocs, 1);
//! ```
//!
//! # Requested and reserved
//!
//! Bytes are those of the request. The allocator rounds up to a size class, adds a header, keeps
//! freed blocks for later, and takes whole pages from the system, which gives them memory only when
//! they are touched. So the sum of all blocks is no resident memory, and a saving of bytes within
//! one size class is none. Counts have no such gap.
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::{self, Metered};
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! // No allocator hands out 5 bytes; and a capacity is what the collection asked for.
//! let (bytes, usage) = meter::measure(|| Vec::<u8>::with_capacity(5));
//! assert_eq!((bytes.capacity(), usage.bytes_allocated), (5, 5));
//! // 64 MiB of zeros that nobody touches cost address space.
//! let (zeros, usage) = meter::measure(|| vec![0_u8; 64 << 20]);
//! assert_eq!((zeros.len(), usage.bytes_allocated), (64 << 20, 64 << 20));
//! ```
//!
//! # Reallocations
//!
//! Tools do not agree on what a `realloc` is. dhat counts a new block with its whole new size, so a
//! vector that grows is several blocks, and more bytes in total than ever were live. [`Usage`] keeps
//! reallocations apart, and counts in bytes only the growth. [`Usage::as_dhat`] translates. Whether
//! a `realloc` copies is not to be seen in any of them: that is the allocator's secret.
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::{self, Metered};
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! let (bytes, usage) = meter::measure(|| {
//!     let mut bytes = Vec::new();
//!     (0..1000_u32).for_each(|n| bytes.push(n.to_le_bytes()[0]));
//!     bytes
//! });
//! assert_eq!((usage.allocs, usage.reallocs), (1, 7));
//! assert_eq!((usage.bytes_allocated, usage.peak_bytes), (1024, 1024));
//! let dhat = usage.as_dhat();
//! assert_eq!((dhat.total_blocks, dhat.total_bytes, dhat.max_bytes), (8, 2040, 1024));
//! ```
//!
//! # The test harness
//!
//! Libtest runs tests side by side, captures their output, and allocates for both. A tool that counts
//! for the process sees all of that: its figures change from run to run, and a limit that is wide
//! enough for the noise is too wide for the code. Scopes of [`measure`] see their own thread, where
//! libtest does nothing while the test runs. But output that is captured is written to a buffer on
//! this thread: a `println!` inside a scope counts there.
//!
//! With dhat, give all tests one binary without libtest, where each has the process for itself:
//! `benches/patterns/dhat_tests.rs` is such a file, to copy.
//!
//! # Process totals
//!
//! [`process`] adds up all threads, those included that have ended. While others run, it lags by
//! what they are just doing: join them first, and it is exact. It has no peak: threads reach their
//! own at different moments, so their sum is an upper bound that may never have been live.
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::{self, Metered};
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! use std::thread;
//!
//! // One after the other: each has a peak of 10 kB, and so has the process, not 20.
//! let peaks = [1, 2].map(|_| {
//!     let worker = thread::spawn(|| meter::measure(|| drop(vec![0_u8; 10_000])).1.peak_bytes);
//!     worker.join().unwrap()
//! });
//! assert_eq!(peaks, [10_000, 10_000]);
//! ```
//!
//! # The first run
//!
//! Caches, lazily made tables, thread-locals and reused buffers are allocated when they are first
//! used. Asserted in the first run, such a figure depends on which test came before; so warm up.
//! [`allocs_per_run`] does, and then hides the opposite: its average rounds down, so what happens in
//! one run of a hundred is a 0. To forbid it as well, assert each run.
//!
//! ```
//! # use std::alloc::System;
//! # use thrifty::meter::{self, Metered};
//! # #[global_allocator]
//! # static GLOBAL: Metered<System> = Metered::new(System);
//! let mut seen = Vec::new();
//! let mut run = || seen.push(0_u64);
//! let ((), first) = meter::measure(&mut run);
//! assert_eq!(first.allocs, 1);
//! // The vector went on to double, in few of the runs.
//! assert_eq!(meter::allocs_per_run(100, run).requests(), 0);
//! assert!(seen.capacity() >= 102);
//! ```
//!
//! [`allocs_per_run`]: crate::meter::allocs_per_run
//! [`assert_allocs!`]: crate::assert_allocs
//! [`black_box`]: core::hint::black_box
//! [`measure`]: crate::meter::measure
//! [`net_bytes`]: crate::meter::Usage::net_bytes
//! [`pause`]: crate::meter::pause
//! [`process`]: crate::meter::process
//! [`Usage`]: crate::meter::Usage
//! [`Usage::as_dhat`]: crate::meter::Usage::as_dhat
