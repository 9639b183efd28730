//! What comes back to a pool.

use super::claim;
use crate::claim::Against::{Best, BestBut, Named};
use crate::claim::Claim;
use crate::claim::Goal::{Figure, Ratio, Threads};
use crate::claim::Metric::{Allocations, Instructions, Time};

/// What is beside pools for comparison, and is none.
const NO_POOL: &[&str] = &["malloc"];
/// Likewise, and pools that no two threads can share.
const NOT_SHARED: &[&str] = &["malloc", "lifeguard"];

pub(super) const POOL: &[Claim] = &[
    claim(
        "pool/get-put-4k-dynamic",
        Instructions,
        Figure(45.0),
        BestBut(NOT_SHARED),
        "A buffer of 4 KiB from a pool made at run time, taken and given back, is at most 45 \
         instructions.",
    ),
    claim(
        "pool/get-put-4k-static",
        Instructions,
        Figure(30.0),
        BestBut(NOT_SHARED),
        "The same from a pool in a static is at most 30 instructions.",
    ),
    claim(
        "pool/get-put-time-64",
        Time,
        Ratio(0.167),
        BestBut(NO_POOL),
        "A buffer of 64 bytes, taken and given back and not written, takes at most a sixth of \
         the time of the best pool that threads can share.",
    ),
    claim(
        "pool/get-put-time-1k",
        Time,
        Ratio(0.167),
        BestBut(NO_POOL),
        "A buffer of 1 KiB, taken and given back and not written, takes at most a sixth of the \
         time of the best pool that threads can share.",
    ),
    claim(
        "pool/get-put-time-4k",
        Time,
        Ratio(0.167),
        BestBut(NO_POOL),
        "A buffer of 4 KiB, taken and given back and not written, takes at most a sixth of the \
         time of the best pool that threads can share.",
    ),
    claim(
        "pool/get-put-time-16k",
        Time,
        Ratio(0.167),
        BestBut(NO_POOL),
        "A buffer of 16 KiB, taken and given back and not written, takes at most a sixth of the \
         time of the best pool that threads can share.",
    ),
    claim(
        "pool/get-put-time-64k",
        Time,
        Ratio(0.167),
        BestBut(NO_POOL),
        "A buffer of 64 KiB, taken and given back and not written, takes at most a sixth of the \
         time of the best pool that threads can share.",
    ),
    claim(
        "pool/get-put-time-1m",
        Time,
        Ratio(0.167),
        BestBut(NO_POOL),
        "A buffer of 1 MiB, taken and given back and not written, takes at most a sixth of the \
         time of the best pool that threads can share.",
    ),
    claim(
        "pool/burst-16k-written",
        Time,
        Ratio(0.45),
        BestBut(NOT_SHARED),
        "64 buffers of 16 KiB, held at once and each of their pages written, take at most 0.45 \
         of the time of the best pool as it comes.",
    ),
    claim(
        "pool/burst-16k-vs-tuned",
        Time,
        Ratio(0.65),
        BestBut(NOT_SHARED),
        "The same takes at most 0.65 of the time of the best pool that is set up for such bursts.",
    ),
    claim(
        "pool/burst-16k-vs-tuned-glibc",
        Time,
        Ratio(0.6),
        Named("malloc"),
        "The same takes at most 0.6 of the time of glibc's malloc whose thresholds are raised.",
    ),
    claim(
        "pool/vs-mimalloc-4k",
        Time,
        Ratio(0.15),
        Named("mimalloc"),
        "A buffer of 4 KiB takes at most 0.15 of the time of malloc and free on mimalloc.",
    ),
    claim(
        "pool/vs-mimalloc-64k",
        Time,
        Ratio(0.15),
        Named("mimalloc"),
        "A buffer of 64 KiB takes at most 0.15 of the time of malloc and free on mimalloc.",
    ),
    claim(
        "pool/burst-1k-vs-mimalloc",
        Time,
        Ratio(1.05),
        Named("mimalloc"),
        "64 buffers of 1 KiB, held at once and not written, take at most 1.05 of the time of \
         malloc and free on mimalloc.",
    ),
    claim(
        "pool/vs-jemalloc-64",
        Time,
        Ratio(0.55),
        Named("tikv-jemallocator"),
        "A buffer of 64 bytes takes at most 0.55 of the time of malloc and free on jemalloc.",
    ),
    claim(
        "pool/two-threads-1k",
        Time,
        Ratio(0.143),
        BestBut(NO_POOL),
        "On two threads at once, each with buffers of its own, a buffer of 1 KiB takes at most a \
         seventh of the time of the best pool that threads can share.",
    ),
    claim(
        "pool/two-threads-scaling",
        Time,
        Threads(1.1),
        BestBut(NO_POOL),
        "On two cores at once a buffer of 1 KiB, taken and given back, takes at most 1.1 of the \
         time that it takes on one.",
    ),
    claim(
        "pool/cross-thread-1k",
        Time,
        Ratio(0.34),
        BestBut(NO_POOL),
        "A buffer of 1 KiB, taken here and given back on another thread, adds to the time of the \
         bounded channel between them at most a third of what the best pool adds; nothing is \
         written.",
    ),
    claim(
        "pool/vs-oxidizer-4k",
        Time,
        Ratio(0.167),
        Best,
        "A buffer of 4 KiB, taken and given back and not written, takes at most a sixth of the \
         time of bytesbuf and of plurality.",
    ),
    claim(
        "pool/vs-oxidizer-burst-16k",
        Time,
        Ratio(0.45),
        Best,
        "64 buffers of 16 KiB, held at once and each of their pages written, take at most 0.45 \
         of the time of bytesbuf and of plurality.",
    ),
    claim(
        "pool/vs-oxidizer-two-threads",
        Time,
        Ratio(0.143),
        Best,
        "On two threads at once, each with buffers of its own, a buffer of 1 KiB takes at most a \
         seventh of the time of bytesbuf and of plurality.",
    ),
    claim(
        "pool/vs-oxidizer-cross-thread",
        Time,
        Ratio(0.34),
        Best,
        "A buffer of 1 KiB, taken here and given back on another thread, adds to the time of the \
         bounded channel between them at most a third of what bytesbuf or plurality adds.",
    ),
    claim(
        "pool/vs-bytesbuf-freeze",
        Instructions,
        Ratio(0.35),
        Named("bytesbuf"),
        "48 bytes in a pooled buffer of 64, frozen, cloned and both dropped, are at most 0.35 \
         of the instructions of a buffer of bytesbuf's pool.",
    ),
    claim(
        "pool/vs-multitude-arena",
        Instructions,
        Ratio(1.0),
        Named("multitude"),
        "100 values of 64 bytes and a text in an arena of an ArenaPool are no more instructions \
         than in a multitude arena that is kept and reset.",
    ),
    claim(
        "pool/freeze-pooled",
        Instructions,
        Ratio(0.35),
        Named("bytes"),
        "48 bytes in a pooled buffer of 64, frozen, cloned and both dropped, are at most 0.35 \
         of the instructions of BytesMut::freeze.",
    ),
    claim(
        "pool/freeze-pooled-allocations",
        Allocations,
        Figure(0.0),
        Named("bytes"),
        "Freezing allocates nothing.",
    ),
    claim(
        "pool/freeze-bytes",
        Instructions,
        Ratio(0.6),
        Named("bytes"),
        "The same by into_bytes, to bytes::Bytes, is at most 0.6 of the instructions.",
    ),
    claim(
        "pool/freeze-bytes-allocations",
        Allocations,
        Figure(1.0),
        Named("bytes"),
        "into_bytes allocates once.",
    ),
    claim(
        "pool/get-zeroed",
        Instructions,
        Ratio(0.05),
        Named("zeropool"),
        "4 KiB of zeros, after 100 bytes were written to that block, are at most 0.05 of the \
         instructions of zeropool.",
    ),
    claim(
        "pool/scratch",
        Instructions,
        Ratio(0.15),
        Named("Vec::new"),
        "A request line of 60 bytes from 5 pieces in with_scratch is at most 0.15 of the \
         instructions of a Vec that grows.",
    ),
    claim(
        "pool/recycle",
        Instructions,
        Ratio(0.6),
        Named("Vec::new"),
        "The 11 fields of a line in a recycled Vec<&str> are at most 0.6 of the instructions of \
         a new one.",
    ),
    claim(
        "pool/arena",
        Instructions,
        Ratio(0.7),
        Named("bumpalo"),
        "100 values of 64 bytes and a text in an arena of an ArenaPool are at most 0.7 of the \
         instructions of Bump::new().",
    ),
    claim(
        "pool/arena-allocations",
        Allocations,
        Figure(0.0),
        Named("bumpalo"),
        "An arena that was used before allocates nothing.",
    ),
];
