//! The processes that measure.

use std::fmt::Write;

use thrifty::heap;
use thrifty::pool::{BufferPool, PoolConfig};

use crate::cli::Job;
use crate::work::{Malloc, Source, Work};

/// Nanoseconds that one turn takes about, and turns of each source.
const TURN: f64 = 8e6;
const ROUNDS: usize = 15;

/// What one process measured, in nanoseconds a buffer, a round each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times {
    pub malloc: Vec<f64>,
    pub pool: Vec<f64>,
    /// malloc as if it were another.
    pub again: Vec<f64>,
    pub hit_rate: f64,
}

/// Resident bytes, where the kernel tells them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory {
    pub before: Option<u64>,
    pub peak: Option<u64>,
    pub after: Option<u64>,
}

/// Does the job; what it prints is what `parse` reads.
pub(crate) fn run(work: &Work, job: Job) -> String {
    let Ok(pool) = BufferPool::new(PoolConfig::new()) else { return String::new() };
    match job {
        Job::Times => times(work, &pool),
        Job::MallocMemory => memory(work, Malloc),
        Job::PoolMemory => memory(work, &pool),
    }
}

fn times(work: &Work, pool: &BufferPool) -> String {
    let buffers = calibrated(work);
    let turns: [(&str, &dyn Fn() -> f64); 3] = [
        ("malloc", &|| work.run(Malloc, buffers)),
        ("pool", &|| work.run(pool, buffers)),
        ("again", &|| work.run(Malloc, buffers)),
    ];
    for (_, turn) in turns {
        turn();
    }
    let warm = pool.stats();
    let mut text = String::new();
    for round in 0..ROUNDS {
        for step in 0..turns.len() {
            let (name, turn) = turns[(round + step) % turns.len()];
            let _ = writeln!(text, "{name} {}", turn());
        }
    }
    let now = pool.stats();
    #[expect(clippy::cast_precision_loss, reason = "a ratio")]
    let hit_rate = (now.hits - warm.hits) as f64 / (now.gets - warm.gets).max(1) as f64;
    let _ = writeln!(text, "hits {hit_rate}");
    text
}

/// As many buffers as take a turn.
fn calibrated(work: &Work) -> usize {
    let mut buffers = 16;
    loop {
        let each = work.run(Malloc, buffers);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
        let wanted = (TURN / each.max(0.1)) as usize;
        if buffers * 2 >= wanted {
            return wanted.max(1);
        }
        buffers = (buffers * 8).min(wanted);
    }
}

fn memory(work: &Work, source: impl Source) -> String {
    let before = heap::rss();
    let buffers = calibrated_for(work, source);
    for _ in 0..20 {
        work.run(source, buffers);
    }
    let (peak, after) = (heap::stats().peak_rss, heap::rss());
    let mut text = String::new();
    for (name, value) in [("before", before), ("peak", peak), ("after", after)] {
        if let Some(value) = value {
            let _ = writeln!(text, "{name} {value}");
        }
    }
    text
}

/// Ten milliseconds of it; no other source leaves memory behind here.
fn calibrated_for(work: &Work, source: impl Source) -> usize {
    let each = work.run(source, 16);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
    let buffers = (1e7 / each.max(0.1)) as usize;
    buffers.clamp(1, 1_000_000)
}

impl Times {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut times = Self::default();
        for (name, value) in pairs(text) {
            let value: f64 = value.parse().map_err(|_| unreadable(text))?;
            match name {
                "malloc" => times.malloc.push(value),
                "pool" => times.pool.push(value),
                "again" => times.again.push(value),
                _ => times.hit_rate = value,
            }
        }
        let lengths = [&times.malloc, &times.pool, &times.again].map(Vec::len);
        if lengths == [ROUNDS; 3] { Ok(times) } else { Err(unreadable(text)) }
    }
}

impl Memory {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut memory = Self::default();
        for (name, value) in pairs(text) {
            let value = Some(value.parse().map_err(|_| unreadable(text))?);
            match name {
                "before" => memory.before = value,
                "peak" => memory.peak = value,
                _ => memory.after = value,
            }
        }
        Ok(memory)
    }
}

fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(|line| line.split_once(' '))
}

fn unreadable(text: &str) -> String {
    format!("the measuring process printed something else than figures: {text:?}")
}
