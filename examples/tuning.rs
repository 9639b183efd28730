//! A burst of written 16 KiB buffers, before and after glibc's two thresholds are raised.
//!
//! `cargo run --release --example tuning` (Linux with glibc; elsewhere nothing changes)

use std::alloc::System;
use std::hint::black_box;
use std::time::{Duration, Instant};

use thrifty::heap::Tuning;

#[global_allocator]
static GLOBAL: System = System;

const TUNING: Tuning = Tuning::new().trim_threshold(64 << 20).mmap_threshold(16 << 20);

/// 64 responses in flight: each has a buffer, and writes to every page of it.
fn burst() {
    let mut buffers = [const { Vec::new() }; 64];
    for buffer in &mut buffers {
        *buffer = Vec::<u8>::with_capacity(16 << 10);
        buffer.spare_capacity_mut().iter_mut().step_by(4096).for_each(|byte| {
            byte.write(1);
        });
        black_box(buffer);
    }
}

/// Page faults of this process that needed no disk, from Linux.
fn page_faults() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name before the last `)` may contain anything; the seventh word after the state is it.
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    after_name.split_whitespace().nth(7).and_then(|word| word.parse().ok()).unwrap_or_default()
}

/// Page faults a burst, and the median time of 1,001 bursts.
fn measure() -> (u64, Duration) {
    (0..10).for_each(|_| burst());
    let before = page_faults();
    let mut times = [Duration::ZERO; 1001];
    for time in &mut times {
        let start = Instant::now();
        burst();
        *time = start.elapsed();
    }
    times.sort_unstable();
    ((page_faults() - before) / 1001, times[500])
}

fn main() {
    let (faults, before) = measure();
    println!("by default: {faults:4} page faults a burst, {before:?}");
    println!("apply:      {}", TUNING.apply());
    let (faults, after) = measure();
    println!("tuned:      {faults:4} page faults a burst, {after:?}");
    println!("time ratio: {:.1}x", before.as_secs_f64() / after.as_secs_f64());
}
