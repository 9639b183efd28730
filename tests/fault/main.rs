//! Memory runs out and user code panics, at every point: the tools themselves, then what they are
//! pointed at.

use std::alloc::System;

use thrifty::fault::Failing;

mod bomb;
#[cfg(feature = "share")]
mod clone_from;
#[cfg(feature = "share")]
mod cow;
mod failing;
#[cfg(feature = "share")]
mod fields;
#[cfg(feature = "inline")]
mod inline;
mod std_panics;
mod std_sweeps;
#[cfg(feature = "share")]
mod str;
mod sweep;

#[global_allocator]
static ALLOC: Failing<System> = Failing::new(System);

/// The text that `f` panics with.
fn panic_text(f: impl FnOnce()) -> String {
    let payload = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f));
    let payload = payload.expect_err("it must panic");
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => (*payload.downcast::<&str>().expect("the panic has a text")).to_owned(),
    }
}
