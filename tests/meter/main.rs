//! The meter, in a program that installs it: what `cargo test` of a user looks like.
#![cfg(feature = "meter")]

use std::alloc::System;
use std::panic::{AssertUnwindSafe, catch_unwind};

use thrifty::meter::Metered;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

mod advise;
mod assert;
mod budget;
mod clones;
mod future;
mod heap_line;
mod lengths;
mod metered;
mod scope;
mod snapshot;
mod threads;

/// Runs what must fail and returns its message.
fn message(f: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(f)).expect_err("should have failed");
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => (*payload.downcast::<&str>().expect("a message")).to_owned(),
    }
}
