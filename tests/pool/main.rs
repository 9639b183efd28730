//! Room `pool`: what no model of a single buffer shows. Threads, bounds, ends.

#[cfg(feature = "http-body")]
mod body;
mod bounds;
mod ends;
mod forgotten;
#[cfg(feature = "async")]
#[path = "../support/script.rs"]
mod script;
mod secrets;
mod threads;
#[cfg(feature = "async")]
mod waiting;

use thrifty::pool::{BufferPool, PoolConfig};

/// What a block costs beside its capacity.
const FOOT: u64 = 32;

fn pool() -> BufferPool {
    BufferPool::new(PoolConfig::new()).unwrap()
}
