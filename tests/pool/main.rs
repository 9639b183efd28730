//! Room `pool`: what no model of a single buffer shows. Threads, bounds, ends.

mod bounds;
mod ends;
mod forgotten;
mod secrets;
mod threads;

use thrifty::pool::{BufferPool, PoolConfig};

/// What a block costs beside its capacity.
const FOOT: u64 = 32;

fn pool() -> BufferPool {
    BufferPool::new(PoolConfig::new()).unwrap()
}
