//! The work: what programs ask of an allocator, one habit at a time.
//!
//! Every block is written to, and what was written is read back and added up: the sum must be the same
//! on every allocator, so nothing of the work can be left out.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, ScopedJoinHandle};

use fastrand::Rng;
use serde::Serialize;

/// A piece of work, always the same.
#[derive(Clone, Debug)]
pub(crate) struct Workload {
    pub name: String,
    pub about: &'static str,
    pub threads: usize,
    run: fn(Size) -> Done,
}

/// How much of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub threads: usize,
    /// 100 is all of it.
    pub percent: usize,
}

impl Size {
    /// A part of a number that is meant for all of the work.
    fn of(self, whole: usize) -> usize {
        (whole * self.percent / 100).max(1)
    }
}

/// What the work came to.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// The sum of what was read back.
    pub sum: u64,
    /// What is still in use, to be freed after memory was looked at.
    pub kept: Vec<Box<[u8]>>,
}

/// A workload that does not fit this machine.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LeftOut {
    pub name: String,
    pub reason: String,
}

const CHURN: [usize; 5] = [1, 2, 4, 8, 16];

/// All workloads that fit a machine with so many cores, and those that do not.
pub(crate) fn all(cores: usize) -> (Vec<Workload>, Vec<LeftOut>) {
    let mut all = vec![workload("pair", "a box of 64 B made and freed", 1, pair)];
    let mut left_out = Vec::new();
    for threads in CHURN {
        let name = format!("churn-{threads}");
        if threads <= cores {
            let about = "4,096 live blocks of 8 B to 2 KiB a thread, replaced at random";
            all.push(Workload { name, about, threads, run: churn });
        } else {
            let reason = format!("{threads} threads on {cores} cores would time the scheduler");
            left_out.push(LeftOut { name, reason });
        }
    }
    let ring = cores.clamp(2, 4);
    all.extend([
        workload(
            "exchange",
            "batches of 128 blocks made here, freed by the next thread",
            ring,
            exchange,
        ),
        workload("map", "BTreeMap of Strings, 20,000 entries, built and dropped", 1, map),
        workload("growth-small", "a Vec grown to 2 KB by 8 B at a time", 1, growth_small),
        workload("growth-large", "a Vec grown to 4 MiB by 4 KiB at a time", 1, growth_large),
        workload("large", "8 live buffers of 256 KiB to 2 MiB, every page written", 1, large),
        workload("threads", "short threads, one at a time: 2,000 small blocks each", 1, threads),
        workload(
            "fragmentation",
            "blocks of 16 to 512 B, of which one in 8 stays, at random",
            1,
            fragmentation,
        ),
    ]);
    (all, left_out)
}

fn workload(name: &str, about: &'static str, threads: usize, run: fn(Size) -> Done) -> Workload {
    Workload { name: name.to_owned(), about, threads, run }
}

/// Its name.
impl AsRef<str> for Workload {
    fn as_ref(&self) -> &str {
        &self.name
    }
}

impl Workload {
    /// Does it.
    pub(crate) fn run(&self, percent: usize) -> Done {
        (self.run)(Size { threads: self.threads, percent })
    }
}

fn pair(size: Size) -> Done {
    let mut sum = 0;
    for turn in 0..size.of(3_000_000) {
        let block = black_box(Box::new([low_byte(turn); 64]));
        sum += u64::from(block[63]);
    }
    Done { sum, ..Done::default() }
}

fn churn(size: Size) -> Done {
    let one = move |thread: usize| {
        let mut rng = Rng::with_seed(thread as u64);
        let mut slots: Vec<Vec<u8>> = vec![Vec::new(); 4096];
        let mut sum = 0;
        for turn in 0..size.of(250_000) {
            let new = filled(rng.usize(8..2048), turn);
            let old = std::mem::replace(&mut slots[rng.usize(..4096)], new);
            sum += ends(&old);
        }
        sum + slots.iter().map(|slot| ends(slot)).sum::<u64>()
    };
    Done { sum: on_threads(size.threads, one), ..Done::default() }
}

/// The sum over so many threads; one is the thread that calls, as in a program without threads.
fn on_threads(threads: usize, one: impl Fn(usize) -> u64 + Sync) -> u64 {
    if threads == 1 {
        return one(0);
    }
    thread::scope(|scope| {
        let one = &one;
        let started = (0..threads).map(|n| scope.spawn(move || one(n))).collect();
        sum_of(started)
    })
}

fn sum_of(started: Vec<ScopedJoinHandle<'_, u64>>) -> u64 {
    started.into_iter().map(|thread| thread.join().expect("the work does not panic")).sum()
}

type Batch = Vec<Vec<u8>>;

/// A ring: each thread sends to the next and frees what it gets, as in the benchmark of Larson and
/// Krishnan ("Memory Allocation for Long-Running Server Applications", 1998).
fn exchange(size: Size) -> Done {
    let (senders, mut receivers): (Vec<SyncSender<Batch>>, Vec<Receiver<Batch>>) =
        (0..size.threads).map(|_| sync_channel(4)).unzip();
    receivers.rotate_right(1);
    let sum = thread::scope(|scope| {
        let ends = senders.into_iter().zip(receivers).enumerate();
        let started = ends
            .map(|(thread, (next, previous))| {
                scope.spawn(move || pass_on(size, thread as u64, &next, &previous))
            })
            .collect();
        sum_of(started)
    });
    Done { sum, ..Done::default() }
}

fn pass_on(size: Size, seed: u64, next: &SyncSender<Batch>, previous: &Receiver<Batch>) -> u64 {
    let mut rng = Rng::with_seed(seed);
    let mut sum = 0;
    for turn in 0..size.of(3000) {
        let batch = (0..128).map(|_| filled(rng.usize(8..512), turn)).collect();
        next.send(batch).expect("the next thread takes as many batches");
        let batch = previous.recv().expect("the previous thread sends as many batches");
        sum += batch.iter().map(|block| ends(block)).sum::<u64>();
    }
    sum
}

fn map(size: Size) -> Done {
    let mut rng = Rng::with_seed(1);
    let mut sum = 0;
    for _ in 0..size.of(5) {
        let mut map = BTreeMap::new();
        for id in 0..20_000_u32 {
            map.insert(format!("{:016x}", rng.u64(..)), format!("customer-{id}"));
        }
        sum += black_box(&map)
            .iter()
            .map(|(key, value)| (key.len() + value.len()) as u64)
            .sum::<u64>();
    }
    Done { sum, ..Done::default() }
}

fn growth_small(size: Size) -> Done {
    grow(size.of(60_000), 2000, &[1; 8])
}

fn growth_large(size: Size) -> Done {
    grow(size.of(100), 4 << 20, &[1; 4096])
}

fn grow(times: usize, to: usize, by: &[u8]) -> Done {
    let mut sum = 0;
    for _ in 0..times {
        let mut grown = Vec::new();
        while grown.len() < to {
            grown.extend_from_slice(black_box(by));
        }
        sum += ends(&grown);
    }
    Done { sum, ..Done::default() }
}

fn large(size: Size) -> Done {
    let mut rng = Rng::with_seed(1);
    let mut slots: [Vec<u8>; 8] = Default::default();
    let mut sum = 0;
    for turn in 0..size.of(500) {
        // Zeroed: what the allocator knows to be fresh it need not write to. One write a page then.
        let mut new = vec![0; rng.usize(256 << 10..2 << 20)];
        new.iter_mut().step_by(4096).for_each(|byte| *byte = low_byte(turn));
        sum += ends(&new);
        slots[rng.usize(..8)] = black_box(new);
    }
    Done { sum, ..Done::default() }
}

fn threads(size: Size) -> Done {
    let short = |seed: usize| {
        let mut rng = Rng::with_seed(seed as u64);
        let blocks: Batch = (0..2000).map(|turn| filled(rng.usize(16..256), turn)).collect();
        blocks.iter().map(|block| ends(block)).sum::<u64>()
    };
    let run = |seed| thread::spawn(move || short(seed)).join().expect("the work does not panic");
    Done { sum: (0..size.of(250)).map(run).sum(), ..Done::default() }
}

fn fragmentation(size: Size) -> Done {
    let mut rng = Rng::with_seed(1);
    let make = |turn| filled(rng.usize(16..512), turn).into_boxed_slice();
    let mut blocks: Vec<Box<[u8]>> = (0..size.of(240_000)).map(make).collect();
    let sum = blocks.iter().map(|block| ends(block)).sum();
    blocks.retain(|_| rng.u8(..8) == 0);
    blocks.shrink_to_fit();
    Done { sum, kept: blocks }
}

/// A block of exactly this size, written to from end to end.
fn filled(len: usize, with: usize) -> Vec<u8> {
    // A zero would ask for memory that is zeroed, which may be another path of the allocator.
    black_box(vec![low_byte(with) | 1; len])
}

/// The first and the last byte, and the length: no other block can have been written over them.
fn ends(block: &[u8]) -> u64 {
    let byte = |byte: Option<&u8>| u64::from(byte.copied().unwrap_or(0));
    byte(block.first()) + byte(block.last()) + block.len() as u64
}

#[expect(clippy::cast_possible_truncation, reason = "the low byte is what is asked for")]
const fn low_byte(number: usize) -> u8 {
    number as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_workload_comes_to_the_same_twice_and_only_one_keeps_something() {
        for workload in all(2).0 {
            let (first, second) = (workload.run(1), workload.run(1));
            assert!(first.sum > 0, "{}", workload.name);
            assert_eq!(first.sum, second.sum, "{}", workload.name);
            assert_eq!(
                first.kept.is_empty(),
                workload.name != "fragmentation",
                "{}",
                workload.name
            );
        }
    }

    #[test]
    fn what_does_not_fit_the_cores_is_left_out_with_the_reason() {
        let names = |cores| all(cores).0.into_iter().map(|one| one.name).collect::<Vec<_>>();
        assert_eq!(names(64).iter().filter(|name| name.starts_with("churn")).count(), 5);
        let (few, left_out) = all(3);
        assert_eq!(few.len() + left_out.len(), all(64).0.len());
        assert_eq!(left_out[0].name, "churn-4");
        assert_eq!(left_out[0].reason, "4 threads on 3 cores would time the scheduler");
    }

    #[test]
    fn about_every_eighth_block_is_kept() {
        let kept = fragmentation(Size { threads: 1, percent: 1 }).kept;
        assert!((240..360).contains(&kept.len()), "{}", kept.len());
        assert!(kept.iter().all(|block| (16..512).contains(&block.len())));
    }
}
