//! Random programs against a model that anyone can check.
//!
//! `THRIFTY_ALLOC=mimalloc cargo test --test model --features full` runs all of it on mimalloc.
#![cfg(feature = "meter")]

#[cfg(feature = "arena")]
mod arena;
#[cfg(feature = "heap")]
#[path = "../heap/asked.rs"]
mod asked;
#[cfg(feature = "pool")]
mod buffer_pool;
mod meter;
#[cfg(feature = "pool")]
mod objects;
#[cfg(feature = "pool")]
mod recycle;
#[cfg(feature = "pool")]
mod scratch;

use thrifty::meter::Metered;

#[cfg(feature = "heap")]
#[global_allocator]
static GLOBAL: Metered<thrifty::heap::ByEnv> =
    Metered::new(thrifty::heap::ByEnv::new("THRIFTY_ALLOC"));

#[cfg(not(feature = "heap"))]
#[global_allocator]
static GLOBAL: Metered<std::alloc::System> = Metered::new(std::alloc::System);
