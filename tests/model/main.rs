//! Random programs against a model that anyone can check.
//!
//! `THRIFTY_ALLOC=mimalloc cargo test --test model --features full` runs all of it on mimalloc.

#[cfg(feature = "async")]
mod acquire;
#[cfg(feature = "arena")]
mod arena;
#[cfg(feature = "heap")]
#[path = "../heap/asked.rs"]
mod asked;
#[cfg(feature = "http-body")]
mod body;
#[cfg(feature = "pool")]
mod buffer_pool;
#[cfg(feature = "inline")]
mod capacity;
#[cfg(feature = "share")]
mod clone_from;
#[cfg(feature = "share")]
mod cow;
#[cfg(feature = "share")]
mod fields;
#[cfg(all(feature = "inline", feature = "std"))]
mod flooded;
#[cfg(all(feature = "inline", feature = "share", feature = "std"))]
mod forgotten;
#[cfg(feature = "meter")]
mod meter;
#[cfg(feature = "pool")]
mod objects;
#[cfg(feature = "tokio")]
mod read_async;
#[cfg(feature = "pool")]
mod recycle;
#[cfg(feature = "pool")]
mod scratch;
#[cfg(feature = "async")]
#[path = "../support/script.rs"]
mod script;
#[cfg(all(feature = "inline", feature = "std"))]
mod small_map;
#[cfg(all(feature = "inline", feature = "std"))]
mod small_set;
#[cfg(feature = "inline")]
mod small_string;
#[cfg(feature = "share")]
mod str;
#[cfg(all(feature = "serde", feature = "share", feature = "std"))]
mod str_source;
#[cfg(all(feature = "pool", feature = "share"))]
mod text;

#[cfg(all(feature = "heap", feature = "meter"))]
#[global_allocator]
static GLOBAL: thrifty::meter::Metered<thrifty::heap::ByEnv> =
    thrifty::meter::Metered::new(thrifty::heap::ByEnv::new("THRIFTY_ALLOC"));

#[cfg(all(feature = "heap", not(feature = "meter")))]
#[global_allocator]
static GLOBAL: thrifty::heap::ByEnv = thrifty::heap::ByEnv::new("THRIFTY_ALLOC");

#[cfg(all(feature = "meter", not(feature = "heap")))]
#[global_allocator]
static GLOBAL: thrifty::meter::Metered<std::alloc::System> =
    thrifty::meter::Metered::new(std::alloc::System);

/// What a future that is polled once says.
#[cfg(feature = "tokio")]
fn poll_once<R>(future: impl Future<Output = R>) -> Option<R> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(result) => Some(result),
        std::task::Poll::Pending => None,
    }
}
