//! Memory runs out and user code panics, at every point: the tools themselves, then what they are
//! pointed at.
//!
//! `THRIFTY_ALLOC=mimalloc cargo test --test fault --features full` runs all of it on mimalloc.

use thrifty::fault::{Failing, LayoutChecked};

#[cfg(feature = "async")]
mod acquire;
#[cfg(feature = "arena")]
mod arena;
#[cfg(all(feature = "heap", feature = "meter"))]
#[path = "../heap/asked.rs"]
mod asked;
#[cfg(feature = "http-body")]
mod body;
mod bomb;
#[cfg(feature = "pool")]
mod buffer_pool;
#[cfg(feature = "share")]
mod clone_from;
#[cfg(feature = "share")]
mod cow;
mod failing;
#[cfg(feature = "share")]
mod fields;
#[cfg(feature = "heap")]
mod heap;
#[cfg(all(unix, not(miri)))]
mod infallible;
#[cfg(feature = "inline")]
mod inline;
#[cfg(all(unix, not(miri)))]
mod layouts;
#[cfg(all(feature = "heap", feature = "meter"))]
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
#[cfg(feature = "inline")]
mod small_map;
#[cfg(feature = "inline")]
mod small_set;
#[cfg(feature = "inline")]
mod small_string;
mod std_panics;
mod std_sweeps;
#[cfg(feature = "share")]
mod str;
mod sweep;
#[cfg(any(feature = "heap", feature = "inline", feature = "pool", feature = "share"))]
mod tally;

/// What asks, inside of what fails and what counts: all of it in one, so that each test has it.
#[cfg(all(feature = "heap", feature = "meter"))]
#[global_allocator]
static ALLOC: Failing<thrifty::meter::Metered<LayoutChecked<thrifty::heap::ByEnv>>> = Failing::new(
    thrifty::meter::Metered::new(LayoutChecked::new(thrifty::heap::ByEnv::new("THRIFTY_ALLOC"))),
);

#[cfg(not(all(feature = "heap", feature = "meter")))]
#[global_allocator]
static ALLOC: Failing<LayoutChecked> = Failing::new(LayoutChecked::new(std::alloc::System));

/// The text that `f` panics with.
fn panic_text(f: impl FnOnce()) -> String {
    let payload = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f));
    let payload = payload.expect_err("it must panic");
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => (*payload.downcast::<&str>().expect("the panic has a text")).to_owned(),
    }
}
