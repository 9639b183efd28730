//! Choosing: one row a block: you see X, take Y, and when to take something else.
//!
//! The last column is a command that prints what the block saves on a small honest example. What the
//! block allocates, case by case and exactly, stands on its own page.
//!
//! # Keep small things on the stack
//!
//! | you see | take | take something else when | see it |
//! |---|---|---|---|
//! | `Vec`s that mostly hold a few | [`SmallVec`](crate::inline::SmallVec) | nearly all spill, or the length is known: `Vec::with_capacity` | `cargo run --example small_vec` |
//! | `Vec`s with a known maximum | [`ArrayVec`](crate::inline::ArrayVec) | there may be more: `SmallVec`; the object is large and moved: `Vec` | `cargo run --example array_vec` |
//! | short text with a known maximum | [`ArrayString`](crate::inline::ArrayString) | there may be more: `SmallString` | `cargo run --example array_string` |
//! | short text without one, `format!` that is soon dropped | [`SmallString`](crate::inline::SmallString), [`small_format!`](crate::inline::small_format), [`small_concat!`](crate::inline::small_concat) | it is stored for long and cloned: `Str`; it is handed on as a `String`: `String` | `cargo run --example small_string` |
//! | maps of a few keys | [`SmallMap`](crate::inline::SmallMap) | more than 8 texts or 16 numbers, or mostly misses: `HashMap::with_capacity` | `cargo run --example small_map` |
//! | sets of a few values | [`SmallSet`](crate::inline::SmallSet) | as above; known at compile time: `matches!` | `cargo run --example small_set` |
//!
//! # Keep what is on the heap
//!
//! | you see | take | take something else when | see it |
//! |---|---|---|---|
//! | a buffer taken and freed for each request, by several tasks | [`BufferPool`](crate::pool::BufferPool) | it has one place: a `Vec` that is cleared; it is below 256 bytes: the heap | `cargo run --example buffer_pool` |
//! | the same, sent on by several | [`PooledBuf::freeze`](crate::pool::PooledBuf::freeze), [`PooledBytes`](crate::pool::PooledBytes) | an API wants `Bytes`: [`into_bytes`](crate::pool::PooledBuf::into_bytes), one small allocation | `cargo run --example buffer_pool` |
//! | tasks that must wait until the pool has room again | `BufferPool::acquire`, `Pool::acquire` | each may go beside the pool: [`get`](crate::pool::BufferPool::get); nothing waits for a size: a semaphore | `cargo run --features async --example acquire` |
//! | an `AsyncRead` read into a fresh `Vec` | `PooledBuf::read_from_async` | `BytesMut` is at hand and stays: `read_buf` | `cargo run --features tokio --example read_async` |
//! | an answer written into a pooled buffer, sent by hyper | `PooledBody` | axum, which wants `Bytes`: [`into_bytes`](crate::pool::PooledBuf::into_bytes) | `cargo run --features http-body --example body` |
//! | bytes or text that one function makes and drops | [`with_scratch`](crate::pool::with_scratch), [`scratch!`](crate::pool::scratch) | it crosses an `.await`: `BufferPool` | `cargo run --example scratch` |
//! | a `Vec<&T>` made anew in each round | [`recycle`](crate::pool::recycle()), [`RecycleSlot`](crate::pool::RecycleSlot) | the elements do not borrow: `clear()` | `cargo run --example recycle` |
//! | objects that are costly to make, for each request | [`Pool`](crate::pool::Pool) of what is [`Reset`](crate::pool::Reset) | one thread: a field; connections: deadpool or bb8, which check them | `cargo run --example objects` |
//! | many small values that end together | `pool::ArenaPool`, `pool::with_arena` | they must be dropped one by one, or outlive the request | `cargo run --features arena --example arena` |
//!
//! # Hand on without a copy
//!
//! | you see | take | take something else when | see it |
//! |---|---|---|---|
//! | text that is cloned, or cut into parts that outlive it | [`Str`](crate::share::Str) | it is 24 to some hundred bytes and cloned once: `String`; one thread: `Rc<str>`; it does not outlive: `&str` | `cargo run --example str` |
//! | a head, a line of CSV or of a log, as many `String`s | [`Fields`](crate::share::Fields) | fields go separate ways: `Str` | `cargo run --example fields` |
//! | `to_lowercase`, `replace` on text that is right already | [`CowExt`](crate::share::CowExt) | it nearly always changes: std, which has one pass less | `cargo run --example cow` |
//! | `clone` into the same place over and over | [`clone_from!`](crate::share::clone_from) | the fields are `Copy`, or the struct is one `Vec`: `Clone::clone_from` | `cargo run --example clone_from` |
//! | several `Arc`s, an old configuration, a map with owned keys | nothing of ours: the recipes in [`share`](super::share) | | `cargo bench --bench recipes` |
//!
//! # Know and choose
//!
//! | you see | take | take something else when | see it |
//! |---|---|---|---|
//! | a number that nobody knows | [`measure`](crate::meter::measure), [`Metered`](crate::meter::Metered) | all threads matter: dhat, heaptrack | `cargo run --example meter` |
//! | no idea which line it is | [`advise`](crate::meter::advise) | it is a whole program: a heap profiler | `cargo run --example advise` |
//! | `malloc` high in a profile | [`heap`](crate::heap), and then the tables above | it is below 5 %: nothing to win | `cargo run --example heap` |
//! | resident memory that stays high | [`purge`](crate::heap::purge) | `allocated` is high as well: something holds it | `cargo run --example purge` |
//! | page faults in a steady state | [`Tuning`](crate::heap::Tuning) | memory is short: they are its price | `cargo run --example tuning` |
//! | code that has never seen "no memory" | `fault`, with its feature | undefined behaviour: Miri, sanitizers | `cargo run --features fault --example fault` |
