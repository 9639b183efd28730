//! Free 1 GiB of small blocks, and see what the process still occupies until it is told to purge.
//!
//! `cargo run --release --example purge`, then again with `--features mimalloc` or `jemalloc`.
//! A number after `--` is the size in MiB.

use std::hint::black_box;
use std::thread;
use std::time::Duration;

use thrifty::heap::{self, ByFeature};

#[global_allocator]
static GLOBAL: ByFeature = ByFeature::new();

/// Boxes of 16 to 512 bytes, written.
fn small_blocks(mebibytes: usize) -> Vec<Box<[u8]>> {
    let mut size = 16;
    let mut next = || {
        size = 16 + (size * 5 + 8) % 497;
        size
    };
    let mut left = mebibytes << 20;
    let mut blocks = Vec::with_capacity(left / 200);
    while left > 0 {
        let size = next().min(left);
        blocks.push(black_box(vec![1; size].into_boxed_slice()));
        left -= size;
    }
    blocks
}

fn main() {
    let mebibytes = std::env::args().nth(1).map_or(1024, |text| text.parse().expect("MiB"));
    println!("backend: {:?}", heap::active());
    let Some(start) = heap::rss() else { return println!("rss is not known on this target") };
    let print = |what: &str| println!("{what:<22} {:>6} MiB", heap::rss().unwrap_or(0) >> 20);

    print("at the start");
    let blocks = small_blocks(mebibytes);
    print("full");
    let full = heap::rss().unwrap_or(0);
    drop(blocks);
    print("freed");
    thread::sleep(Duration::from_millis(1500));
    print("freed, 1.5 s later");

    let purged = heap::purge();
    print("purged");
    let stays = heap::rss().unwrap_or(0).saturating_sub(start) * 10_000 / (full - start);
    println!("{stays} of 10,000 bytes that were freed stay; the purge took {:?}", purged.took);
    if let Some(share) = heap::stats().fragmentation() {
        println!("{share:.2} of what the allocator has is in no live block");
    }
    assert!(stays <= 300, "more than 0.03 stays");
}
