//! A thousand requests of 64 KiB, and memory for eight: the others wait for their turn.
//!
//! ```text
//! cargo run --release --features async --example acquire
//! ```

use std::alloc::System;
use std::sync::Arc;
use std::time::Duration;
use thrifty::meter::Metered;
use thrifty::pool::{BufferPool, PoolConfig, PoolError};
use tokio::task::JoinSet;

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

const REQUESTS: usize = 1_000;
const BODY: usize = 64 << 10;
/// Eight blocks, with the 32 bytes that each has beside its capacity.
const BOUND: usize = 8 * (BODY + 32);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = PoolConfig::new().max_bytes(BOUND).block_sizes(BODY, BODY);
    // All of the bound in reach of all, whichever thread had it.
    let pool = Arc::new(BufferPool::new(config.thread_bytes(0))?);
    let mut requests = JoinSet::new();
    for number in 0..REQUESTS {
        requests.spawn(request(Arc::clone(&pool), number));
    }
    while let Some(done) = requests.join_next().await {
        done??;
    }
    let stats = pool.stats();
    assert_eq!((stats.gets, stats.misses, stats.unpooled), (REQUESTS as u64, 8, 0));
    assert!(stats.high_water <= BOUND as u64);
    println!(
        "{REQUESTS} requests of {BODY} bytes at once: {} blocks made, at most {} bytes; a vector for \
         each would have taken {} bytes",
        stats.misses,
        stats.high_water,
        REQUESTS * BODY
    );
    Ok(())
}

async fn request(pool: Arc<BufferPool>, number: usize) -> Result<(), PoolError> {
    let mut body = pool.acquire(BODY).await?;
    body.extend_from_slice(&number.to_le_bytes());
    // Whoever waits for the network holds its buffer meanwhile.
    tokio::time::sleep(Duration::from_micros(10)).await;
    assert_eq!(body, number.to_le_bytes());
    Ok(())
}
