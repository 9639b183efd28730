//! A thousand messages from a socket, each read into a buffer of its own.
//!
//! ```text
//! cargo run --release --features tokio --example read_async
//! ```

use std::alloc::System;
use std::io;
use thrifty::meter::{MeterFutureExt, Metered};
use thrifty::pool::{BufferPool, PoolConfig, StaticBufferPool};
use tokio::io::{AsyncRead, AsyncReadExt};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

static POOL: StaticBufferPool = BufferPool::new_static(PoolConfig::new());

const MESSAGES: usize = 1_000;
const SIZE: usize = 4096;

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let stream = vec![7; MESSAGES * SIZE];
    let (sum, std) = vectors(&mut &stream[..]).metered().await;
    drop(POOL.get(SIZE)); // the first one makes the block
    let (pooled, thrifty) = buffers(&mut &stream[..]).metered().await;
    assert_eq!((sum?, pooled?, thrifty.allocs), (stream.len(), stream.len(), 0));
    println!(
        "{MESSAGES} messages of {SIZE} bytes: Vec {} allocations, PooledBuf {}",
        std.allocs, thrifty.allocs
    );
    Ok(())
}

async fn vectors(socket: &mut (impl AsyncRead + Unpin)) -> io::Result<usize> {
    let mut sum = 0;
    for _ in 0..MESSAGES {
        let mut message = Vec::with_capacity(SIZE);
        sum += socket.read_buf(&mut message).await?;
    }
    Ok(sum)
}

async fn buffers(socket: &mut (impl AsyncRead + Unpin)) -> io::Result<usize> {
    let mut sum = 0;
    for _ in 0..MESSAGES {
        let mut message = POOL.get(SIZE);
        sum += message.read_from_async(socket, SIZE).await?;
    }
    Ok(sum)
}
