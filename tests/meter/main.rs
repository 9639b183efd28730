//! The meter, in a program that installs it: what `cargo test` of a user looks like.
#![cfg(feature = "meter")]

use std::alloc::System;

use thrifty::meter::Metered;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

mod advise;
mod assert;
mod heap_line;
mod metered;
mod scope;
mod threads;
