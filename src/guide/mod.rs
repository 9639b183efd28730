//! Chapters that only teach: in the documentation, and in no build.
//!
//! Read the first two, then the rows of [`choosing`] that fit what you saw. Every code block is run as
//! a test unless it says why it is not; every figure names the command that gives it.
//!
//! | chapter | answers |
//! |---|---|
//! | [`number`] | how many requests to the heap does one request of yours make? |
//! | [`read`] | you see this in dhat, in a profile or in `advise`: what do you take? |
//! | [`allocators`] | is another allocator the answer? |
//! | [`inline`] | what fits on the stack, and how large may it be? |
//! | [`pool`] | what is worth keeping, and what does it cost to keep it? |
//! | [`share`] | when is sharing cheaper than copying? |
//! | `fault`, with its feature | does the code survive when memory runs out, or a `Clone` panics? |
//! | [`tokio`] | threads, tasks and blocking work |
//! | [`http`] | axum and hyper: the floor, `half_close`, what headers cost |
//! | [`serde`] | JSON without a `String` for every field |
//! | [`protobuf`] | prost, and fields that share the message |
//! | [`sql`] | queries: how many, and how many allocations each |
//! | [`ci`] | what may fail a build, and what may not; benchmarks to copy |
//! | [`profiles`] | LTO, one unit, PGO, size: what each brought |
//! | [`heap_figures`] | when a true figure misleads |
//! | [`choosing`] | one row a block, and when to take something else |
//! | [`comparison`] | the crates that one would take otherwise, with figures |
//! | [`perf_book`] | every heap advice of the Rust Performance Book, and our answer |
//! | [`platforms`] | what works where, and what was checked |

#[cfg(all(feature = "heap", feature = "meter"))]
pub mod allocators;
#[cfg(all(
    feature = "heap",
    feature = "inline",
    feature = "meter",
    feature = "pool",
    feature = "share"
))]
pub mod choosing;
#[cfg(feature = "meter")]
pub mod ci;
#[cfg(all(
    feature = "heap",
    feature = "inline",
    feature = "meter",
    feature = "pool",
    feature = "share"
))]
pub mod comparison;
#[cfg(feature = "fault")]
pub mod fault;
#[cfg(feature = "meter")]
pub mod heap_figures;
#[cfg(all(feature = "meter", feature = "pool", feature = "share"))]
pub mod http;
#[cfg(all(feature = "inline", feature = "meter"))]
pub mod inline;
#[cfg(feature = "meter")]
pub mod number;
#[cfg(all(
    feature = "heap",
    feature = "inline",
    feature = "meter",
    feature = "pool",
    feature = "share"
))]
pub mod perf_book;
#[cfg(feature = "heap")]
pub mod platforms;
#[cfg(all(feature = "meter", feature = "pool"))]
pub mod pool;
pub mod profiles;
#[cfg(all(feature = "meter", feature = "share"))]
pub mod protobuf;
#[cfg(all(
    feature = "heap",
    feature = "inline",
    feature = "meter",
    feature = "pool",
    feature = "share"
))]
pub mod read;
#[cfg(all(feature = "inline", feature = "meter", feature = "share"))]
pub mod serde;
#[cfg(all(feature = "inline", feature = "share"))]
pub mod share;
#[cfg(all(feature = "inline", feature = "meter"))]
pub mod sql;
#[cfg(all(feature = "heap", feature = "meter", feature = "pool"))]
pub mod tokio;
