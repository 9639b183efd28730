//! A thousand responses, each built in a buffer of its own.
//!
//! ```text
//! cargo run --release --example buffer_pool
//! ```

use std::alloc::System;
use std::io::Write;
use thrifty::meter::{Metered, measure};
use thrifty::pool::{BufferPool, PoolConfig, PooledBytes, StaticBufferPool};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

/// At most 16 MiB in all; a response above 64 KiB is served beside the pool and leaves nothing.
static POOL: StaticBufferPool =
    BufferPool::new_static(PoolConfig::new().max_bytes(16 << 20).block_sizes(256, 64 << 10));

const RESPONSES: u32 = 1_000;

fn main() -> std::io::Result<()> {
    let (built, std) = measure(|| (0..RESPONSES).map(from_heap).sum::<usize>());
    send(&from_pool(0)?); // the first one makes the block
    let (sent, thrifty) = measure(|| {
        let mut sent = 0;
        for number in 0..RESPONSES {
            let response = from_pool(number)?;
            // Handed on without copying; the last one to drop it returns the block.
            sent += send(&response.clone());
        }
        Ok::<_, std::io::Error>(sent)
    });
    assert_eq!(sent?, built);
    println!(
        "{RESPONSES} responses of 4 KiB: Vec {} allocations, {} bytes; BufferPool {} allocations",
        std.allocs, std.bytes_allocated, thrifty.allocs
    );
    let stats = POOL.stats();
    let (idle, most) = (stats.idle_bytes, stats.high_water);
    println!("hit rate {:.3}, {idle} bytes idle, at most {most} in use or idle", stats.hit_rate());
    Ok(())
}

fn from_heap(number: u32) -> usize {
    let mut body = Vec::with_capacity(4096);
    write!(body, "response {number:>8}").expect("a vector takes everything");
    body.resize(4096, b'.');
    body.len()
}

fn from_pool(number: u32) -> std::io::Result<PooledBytes> {
    let mut body = POOL.get(4096);
    write!(body, "response {number:>8}")?;
    body.resize(4096, b'.');
    Ok(body.freeze())
}

fn send(response: &PooledBytes) -> usize {
    response.len()
}
