//! All blocks at once, for long: 8 threads that come and go, buffers that end on other threads.
//!
//! ```text
//! cargo test --features arena --test soak      # some seconds
//! .ci/lane/soak                                # 30 minutes; `.ci/lane/soak 2` takes two
//! ```
//!
//! The time is cut into laps. After each all threads have ended, what they left in channels is
//! dropped, and resident memory is read: it stays where it was after the first of them. At the end
//! the pools go, and the meter finds no byte live that was not live before there were any.
//!
//! What the engine keeps for the next thread and the next pool is there before: in a rehearsal all
//! threads at once use every size of every pool.
#![cfg(all(
    feature = "heap",
    feature = "inline",
    feature = "meter",
    feature = "pool",
    feature = "share"
))]

use std::alloc::System;
use std::collections::HashMap;
use std::env;
use std::sync::Barrier;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use libtest_mimic::{Arguments, Failed, Trial};
use thrifty::heap::{Tuning, purge, purge_thread, rss};
use thrifty::inline::{SmallMap, SmallString, small_format};
use thrifty::meter::{Metered, process};
#[cfg(feature = "arena")]
use thrifty::pool::ArenaPool;
use thrifty::pool::{
    BufferPool, Pool, PoolConfig, PooledBuf, PooledBytes, RecycleSlot, with_scratch,
    with_scratch_string,
};
use thrifty::share::{Fields, Str};

#[global_allocator]
static GLOBAL: Metered<System> = Metered::new(System);

const THREADS: usize = 8;
const LAPS: u32 = 24;
/// Of these, so many pass until everything has reached its size.
const WARM: usize = 12;
const MAX: usize = 16 << 20;
const MAX_SECRETS: usize = 256 << 10;

/// How long it takes.
const SECONDS: &str = "THRIFTY_SOAK_SECONDS";

struct Pools {
    buffers: BufferPool,
    secrets: BufferPool,
    vectors: Pool<Vec<u64>>,
    tables: Pool<HashMap<u32, SmallString<24>>>,
    #[cfg(feature = "arena")]
    arenas: ArenaPool,
}

/// What goes from thread to thread: its first byte is its length, as far as a byte can say.
enum Parcel {
    Bytes(PooledBytes),
    Text(Str),
}

fn main() {
    let arguments = Arguments::from_args();
    libtest_mimic::run(&arguments, vec![Trial::test("soak", soak)]).exit();
}

fn soak() -> Result<(), Failed> {
    let seconds = env::var(SECONDS).map_or(Ok(4), |text| text.parse::<u32>())?;
    let lap = Duration::from_secs(seconds.into()) / LAPS;
    // glibc would raise its thresholds with the first large block that is freed, and from then on each
    // arena keeps megabytes at its end that nobody can trim.
    let _ = Tuning::new().trim_threshold(256 << 10).mmap_threshold(1 << 20).apply();
    // Made now: it would be live later.
    let mut resident = Vec::with_capacity(LAPS as usize);
    rehearse(&Pools::new());
    let (before, start) = (process().live_bytes(), rss());
    let pools = Pools::new();
    let mut operations = 0;
    for number in 0..u64::from(LAPS) {
        operations += run_lap(&pools, number, lap);
        resident.extend(pools.at_rest());
        if let (Some(start), Some(now)) = (start, resident.last()) {
            // Whether or not it has reached its size yet.
            let most = start + pools.bound();
            assert!(*now <= most, "{now} bytes are resident, at most {most} by the pools' bounds");
        }
    }
    drop(pools);
    let after = process().live_bytes();
    let flat = flat(&resident, seconds)?;
    let live = i128::from(after) - i128::from(before);
    let summary = format!(
        "soak: {seconds} s, {THREADS} threads, {operations} operations, {flat}, {live} live bytes"
    );
    if live != 0 {
        return Err(summary.into());
    }
    println!("{summary}");
    Ok(())
}

/// Makes what is never freed: for each pool as much for each thread as it can come to.
fn rehearse(pools: &Pools) {
    let barrier = Barrier::new(THREADS);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    for log2 in 8..=20 {
                        drop((pools.buffers.get(1 << log2), pools.secrets.get(1 << log2)));
                    }
                    drop((pools.vectors.get(), pools.tables.get()));
                    #[cfg(feature = "arena")]
                    drop(pools.arenas.get());
                    barrier.wait();
                })
            })
            .collect();
        // A join waits for the destructors of thread-locals, the end of the scope does not.
        for thread in threads {
            thread.join().expect("nothing fails");
        }
    });
}

impl Pools {
    fn new() -> Self {
        let buffers = PoolConfig::new().max_bytes(MAX).thread_bytes(512 << 10);
        // At its bound most of the time, and so small that its blocks cannot keep many pages.
        let secrets =
            PoolConfig::new().block_sizes(256, 16 << 10).max_bytes(MAX_SECRETS).zeroize(true);
        let pools = Self {
            buffers: BufferPool::new(buffers).expect("there are few pools"),
            secrets: BufferPool::new(secrets).expect("there are few pools"),
            vectors: Pool::new().retain(64 << 10),
            tables: Pool::new().retain(64 << 10),
            #[cfg(feature = "arena")]
            arenas: ArenaPool::new(),
        };
        // Opened by the first use: always in the same order, so that each finds what the one before it
        // has left in its place.
        drop((pools.vectors.get(), pools.tables.get()));
        #[cfg(feature = "arena")]
        drop(pools.arenas.get());
        pools
    }

    /// Twice the bytes of the buffers, since small ones may keep whole pages, and what else may stay:
    /// objects, at most 64 KiB each, bookkeeping, and what the kernel has not counted yet.
    fn bound(&self) -> u64 {
        let buffers = self.buffers.stats().allocated_bytes + self.secrets.stats().allocated_bytes;
        2 * buffers + (16 << 20)
    }

    /// What is resident while nobody does anything; and what the pools hold then is theirs.
    fn at_rest(&self) -> Option<u64> {
        for (pool, most) in [(&self.buffers, MAX), (&self.secrets, MAX_SECRETS)] {
            let stats = pool.stats();
            assert_eq!((stats.outstanding, stats.thread_bytes), (0, 0), "{stats:?}");
            assert_eq!(stats.idle_bytes, stats.allocated_bytes, "{stats:?}");
            assert!(stats.high_water <= most as u64, "{stats:?}");
        }
        assert_eq!((self.vectors.stats().in_use, self.tables.stats().in_use), (0, 0));
        #[cfg(feature = "arena")]
        assert_eq!(self.arenas.stats().in_use, 0);
        purge();
        rss()
    }
}

/// Whether the later laps after the warm-up are where the earlier ones were.
///
/// Asked of a run of a minute or more; one of seconds has not seen everything yet.
fn flat(resident: &[u64], seconds: u32) -> Result<String, Failed> {
    let Some(warm) = resident.get(WARM..).filter(|warm| warm.len() > 1) else {
        return Ok("resident memory unknown here".to_owned());
    };
    let (early, late) = warm.split_at(warm.len() / 2);
    let (before, after) = (median(early), median(late));
    let percent = (after / before - 1.0) * 100.0;
    let mib = |bytes: f64| bytes / f64::from(1 << 20);
    let text = format!(
        "resident {:.2} MiB after warm-up, {:.2} MiB at the end ({percent:+.2} %)",
        mib(before),
        mib(after)
    );
    if seconds >= 60 && percent > 2.0 {
        Err(format!("{text}: at most 2 % more").into())
    } else {
        Ok(text)
    }
}

#[expect(clippy::cast_precision_loss, reason = "memory is far below 2^52 bytes")]
fn median(values: &[u64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2] as f64
}

/// All threads from their start to their end; how much they did.
fn run_lap(pools: &Pools, lap: u64, time: Duration) -> u64 {
    let (senders, receivers): (Vec<_>, Vec<_>) =
        (0..THREADS).map(|_| sync_channel::<Parcel>(64)).unzip();
    let end = Instant::now() + time;
    thread::scope(|scope| {
        let threads: Vec<_> = receivers
            .into_iter()
            .enumerate()
            .map(|(number, inbox)| {
                let outbox = senders[(number + 1) % THREADS].clone();
                let seed = lap * THREADS as u64 + number as u64;
                scope.spawn(move || Worker::new(pools, seed, inbox, outbox).work(number == 0, end))
            })
            .collect();
        // A join waits for the destructors of thread-locals, the end of the scope does not.
        threads.into_iter().map(|thread| thread.join().expect("no operation fails")).sum()
    })
}

struct Worker<'a> {
    pools: &'a Pools,
    rng: Rng,
    inbox: Receiver<Parcel>,
    outbox: SyncSender<Parcel>,
    held: Vec<PooledBuf>,
    texts: Vec<Str>,
    parts: RecycleSlot<&'static str>,
    record: Fields<8>,
}

impl<'a> Worker<'a> {
    fn new(
        pools: &'a Pools,
        seed: u64,
        inbox: Receiver<Parcel>,
        outbox: SyncSender<Parcel>,
    ) -> Self {
        Self {
            pools,
            rng: Rng::with_seed(seed),
            inbox,
            outbox,
            held: Vec::new(),
            texts: Vec::new(),
            parts: RecycleSlot::new(),
            record: Fields::new(String::new()),
        }
    }

    fn work(mut self, tidies: bool, end: Instant) -> u64 {
        let mut operations = 0;
        let mut purged = Instant::now();
        while Instant::now() < end {
            for _ in 0..100 {
                self.step();
            }
            operations += 100;
            if tidies && purged.elapsed() > Duration::from_millis(250) {
                purge();
                purged = Instant::now();
            }
        }
        purge_thread();
        operations
    }

    fn step(&mut self) {
        match self.rng.u8(..12) {
            0 | 1 => self.hold(),
            2 | 3 => self.pass(),
            4 | 5 => self.receive(),
            6 => self.objects(),
            7 => self.arena(),
            8 => self.scratch(),
            9 => self.map(),
            10 => self.texts(),
            _ => self.fields(),
        }
    }

    /// From 1 byte to 64 KiB; seldom beside the pool.
    fn size(&mut self) -> usize {
        let log2 = self.rng.u32(6..17);
        if self.rng.u16(..) == 0 { 3 << 20 } else { self.rng.usize(..1 << log2) + 1 }
    }

    fn hold(&mut self) {
        let size = self.size();
        let pool = if self.rng.u8(..8) == 0 { &self.pools.secrets } else { &self.pools.buffers };
        let mut buf = if self.rng.bool() { pool.get(size) } else { pool.get_zeroed(size) };
        assert!(buf.iter().all(|&byte| byte == 0));
        buf.extend_from_slice(&[1; 100]);
        if self.rng.u8(..8) == 0 {
            buf.resize(2 * size, 2);
        }
        self.held.push(buf);
        if self.held.len() > 8 || self.rng.bool() {
            let at = self.rng.usize(..self.held.len());
            self.held.swap_remove(at);
        }
    }

    fn pass(&mut self) {
        let length = self.rng.u8(1..);
        if self.rng.u8(..4) == 0 {
            let text = format!("{}{}", char::from(length % 128), "x".repeat(length.into()));
            // Full: the other one has not run for a while.
            let _ = self.outbox.try_send(Parcel::Text(text.into()));
            return;
        }
        let mut buf = self.pools.buffers.get(usize::from(length) << self.rng.u32(..6));
        buf.resize(length.into(), length);
        if self.rng.u8(..4) == 0 {
            assert_eq!(buf.into_bytes().slice(..1)[0], length);
            return;
        }
        let bytes = buf.freeze();
        let part = bytes.slice(..1);
        // At times the other one has the last of it, at times we do.
        let kept = self.rng.bool().then(|| bytes.clone());
        let _ = self.outbox.try_send(Parcel::Bytes(bytes));
        assert_eq!((&*part, kept.is_none_or(|kept| kept[0] == length)), (&[length][..], true));
    }

    fn receive(&mut self) {
        for parcel in self.inbox.try_iter().take(3) {
            match parcel {
                Parcel::Bytes(bytes) => {
                    assert!(bytes.iter().all(|&byte| usize::from(byte) == bytes.len()));
                    if let Ok(mut again) = bytes.try_into_mut() {
                        again.push(0);
                    }
                }
                Parcel::Text(text) => self.texts.push(text.slice(1..)),
            }
        }
        self.texts.truncate(32);
    }

    fn objects(&mut self) {
        let mut numbers = self.pools.vectors.get();
        assert!(numbers.is_empty());
        numbers.extend(0..self.rng.u64(..20_000));
        let mut table = self.pools.tables.get();
        assert!(table.is_empty());
        for key in 0..self.rng.u32(..300) {
            table.insert(key, small_format!(24; "{key} and {}", numbers.len()));
        }
        if self.rng.u8(..16) == 0 {
            drop(table.detach());
        }
    }

    fn scratch(&mut self) {
        let count = self.rng.usize(1..2_000);
        let sum = with_scratch(|bytes| {
            bytes.resize(count, 1);
            // One inside of the other.
            with_scratch_string(|text| {
                text.extend(bytes.iter().map(|_| 'y'));
                text.len()
            })
        });
        assert_eq!(sum, count);
        let line = "a,b,c,".repeat(count % 20);
        let mut parts = self.parts.lend();
        parts.extend(line.split(','));
        assert_eq!(parts.len(), 3 * (count % 20) + 1);
    }

    fn map(&mut self) {
        let mut map = SmallMap::<u32, SmallString<16>, 8>::new();
        for key in 0..self.rng.u32(..20) {
            map.insert(key, small_format!(16; "value number {key}"));
        }
        let (key, length) = (self.rng.u32(..20), map.len());
        let removed = map.remove(&key).is_some();
        assert_eq!(map.len(), length - usize::from(removed));
    }

    fn texts(&mut self) {
        let text = Str::from("name=value;".repeat(self.rng.usize(1..12)));
        let copy = text.clone();
        self.texts.extend(text.split(';').take(2));
        assert_eq!(copy.len() % 11, 0);
        let mut buf = self.pools.buffers.get(64);
        buf.extend_from_slice(copy.as_bytes());
        self.texts.push(Str::try_from(buf.into_bytes()).expect("it was a text"));
        if self.texts.len() > 64 {
            self.texts.drain(..40);
        }
    }

    fn fields(&mut self) {
        let count = self.rng.usize(1..14);
        let line = self.record.reset();
        line.clear();
        line.extend((0..count).map(|_| "field,"));
        self.record.mark(|text, marks| marks.extend(text.split(','))).expect("it is not too long");
        assert_eq!((self.record.len(), &self.record[0]), (count + 1, "field"));
        if count == 7 {
            let text = Str::from(self.record.detach().into_buf());
            self.texts.push(text);
        }
    }

    #[cfg_attr(
        not(feature = "arena"),
        expect(clippy::unused_self, reason = "it has nothing to do")
    )]
    fn arena(&mut self) {
        #[cfg(feature = "arena")]
        {
            let arena = self.pools.arenas.get();
            let count = self.rng.u64(..1_000);
            let sum: u64 = (0..count).map(|number| *arena.alloc(number)).sum();
            assert_eq!(sum, count.saturating_sub(1) * count / 2);
        }
    }
}
