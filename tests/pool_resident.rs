//! Memory that stays, seen by the kernel: one process, one trial after the other.
#![cfg(all(feature = "heap", feature = "pool"))]

use std::sync::Barrier;
use std::thread;

use libtest_mimic::{Arguments, Failed, Trial};
use thrifty::heap::{purge, rss};
use thrifty::pool::{
    BufferPool, Pool, PoolConfig, StaticBufferPool, with_scratch, with_scratch_string,
};

const MIB: u64 = 1 << 20;
const THREADS: usize = 64;

fn main() {
    if rss().is_none() {
        println!("resident memory is not known on this platform");
        return;
    }
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1);
    let trials = vec![
        Trial::test("what_stays_is_within_the_bound", what_stays_is_within_the_bound),
        Trial::test("ten_thousand_threads_leave_nothing", ten_thousand_threads_leave_nothing),
    ];
    libtest_mimic::run(&arguments, trials).exit();
}

/// 64 threads hold buffers of mixed sizes, many more than the bound allows, and one asks for 100 MiB.
fn what_stays_is_within_the_bound() -> Result<(), Failed> {
    const MAX: u64 = 16 * MIB;
    const THREAD: u64 = MIB / 2;
    // What a pool keeps beside its blocks, as `PoolConfig::max_bytes` says: for each thread 4224
    // bytes, and 512 for each of 11 sizes.
    const KEPT: u64 = THREADS as u64 * (4224 + 11 * 512);
    // Freed memory between blocks that are kept: pages of which a part is in use, and what the kernel
    // has not counted yet.
    const BETWEEN: u64 = 31 * MIB / 8;

    let config = PoolConfig::new()
        .max_bytes(usize::try_from(MAX)?)
        .thread_bytes(usize::try_from(THREAD)?)
        .decay(None);
    // First the same work with next to no pool: for stacks, and for what the allocator keeps.
    fill_and_drop(&BufferPool::new(config.max_bytes(2 << 20))?, 2 * MIB, THREAD);
    let before = resident()?;

    let pool = BufferPool::new(config)?;
    let peak = fill_and_drop(&pool, MAX, THREAD).saturating_sub(before);
    let stats = pool.stats();
    assert_eq!((stats.outstanding, stats.thread_bytes), (0, 0), "{stats:?}");
    assert_eq!(stats.idle_bytes, stats.allocated_bytes, "{stats:?}");
    assert!(stats.high_water <= MAX && stats.unpooled > 2, "{stats:?}");
    // So many that a pool without a bound would fail here.
    assert!(peak > 2 * MAX, "{peak} bytes at the most, which is not much more than the bound");

    let remains = resident()?.saturating_sub(before);
    let bound = MAX + KEPT + BETWEEN;
    assert!(remains <= bound, "{remains} bytes stay, of {peak}; at most {bound}: {stats:?}");
    pool.trim(0);
    assert_eq!(pool.stats().allocated_bytes, 0);
    let left = resident()?.saturating_sub(before);
    assert!(left <= KEPT + BETWEEN, "{left} bytes are left when the pool is empty");
    println!(
        "resident: {:.1} MiB at the most, {:.1} MiB stay of {} MiB, {:.1} MiB after trim",
        in_mib(peak),
        in_mib(remains),
        MAX / MIB,
        in_mib(left)
    );
    Ok(())
}

/// What is resident when most is in use; at its end all of it is idle.
fn fill_and_drop(pool: &BufferPool, max: u64, thread: u64) -> u64 {
    let barrier = Barrier::new(THREADS);
    let peaks = on_threads(|seed| {
        let mut rng = fastrand::Rng::with_seed(seed as u64);
        let mut held = Vec::new();
        let mut within = true;
        for step in 0..200 {
            let log2 = rng.u32(8..20);
            let size = rng.usize(1..1 << log2);
            let mut buf = pool.get(size);
            buf.resize(size, 1);
            held.push(buf);
            if held.len() > 16 || rng.bool() {
                held.swap_remove(rng.usize(..held.len()));
            }
            if seed == 7 && step == 100 {
                let mut huge = pool.get(100 << 20);
                huge.resize(100 << 20, 1);
                // It grows from a block of the pool, and pins none.
                let mut grown = pool.get(256);
                grown.resize(100 << 20, 1);
                within &= !huge.is_pooled() && !grown.is_pooled();
            }
            within &= pool.stats().allocated_bytes <= max;
        }
        // Nobody may fail here, where the others would wait for it.
        barrier.wait();
        let peak = rss();
        barrier.wait();
        drop(held);
        barrier.wait();
        let stats = pool.stats();
        barrier.wait();
        assert!(within, "over the bound at some moment");
        assert!(stats.thread_bytes <= (max / 2).min(THREADS as u64 * thread), "{stats:?}");
        assert_eq!((stats.outstanding, stats.idle_bytes), (0, stats.allocated_bytes), "{stats:?}");
        peak
    });
    peaks.into_iter().flatten().max().unwrap_or_default()
}

/// What a thread has for pools and scratch goes with it, or to the next thread.
fn ten_thousand_threads_leave_nothing() -> Result<(), Failed> {
    const WARM: usize = 2_000;
    const ALL: usize = 10_000;
    // The kernel may lag behind; a hundred bytes for each thread would be as much.
    const MOST: u64 = MIB;
    static BUFFERS: StaticBufferPool = BufferPool::new_static(PoolConfig::new());
    static OBJECTS: Pool<Vec<u8>> = Pool::new();

    let (mut before, mut misses) = (0, 0);
    for count in (0..ALL).step_by(8) {
        if count == WARM {
            (before, misses) = (resident()?, BUFFERS.stats().misses);
        }
        let threads: Vec<_> = (0..8)
            .map(|_| {
                thread::spawn(|| {
                    let held: Vec<_> = (8..16).map(|log2| BUFFERS.get(1 << log2)).collect();
                    OBJECTS.get().extend_from_slice(&[1; 100]);
                    with_scratch(|bytes| bytes.resize(10_000, 1));
                    with_scratch_string(|text| text.push_str("text"));
                    drop(held);
                })
            })
            .collect();
        // A join waits for the destructors of thread-locals, the end of a scope does not.
        for thread in threads {
            thread.join().map_err(|_| "a thread failed")?;
        }
    }
    let grown = resident()?.saturating_sub(before);
    let stats = BUFFERS.stats();
    assert_eq!((stats.outstanding, stats.thread_bytes), (0, 0), "{stats:?}");
    assert_eq!(stats.gets, 8 * ALL as u64);
    // At most as many blocks as eight threads need at once, and some that two of them missed at the
    // depot's lock.
    assert!(stats.misses - misses < 200, "{stats:?}, {misses} after {WARM} threads");
    assert_eq!(OBJECTS.stats().in_use, 0);
    assert!(grown <= MOST, "{grown} bytes more after {} threads", ALL - WARM);
    println!("threads: {grown} bytes more after {} threads", ALL - WARM);
    Ok(())
}

/// Runs `f` on all threads at once; they have ended entirely when it returns.
fn on_threads<R: Send>(f: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let f = &f;
    thread::scope(|scope| {
        #[expect(clippy::needless_collect, reason = "all of them run before one is waited for")]
        let threads: Vec<_> = (0..THREADS).map(|number| scope.spawn(move || f(number))).collect();
        // A join waits for the destructors of thread-locals, the end of the scope does not.
        threads.into_iter().map(|thread| thread.join().expect("no thread fails")).collect()
    })
}

/// What the process has once the allocator has given back what it can.
fn resident() -> Result<u64, Failed> {
    purge();
    rss().ok_or_else(|| "resident memory is not known here".into())
}

#[expect(clippy::cast_precision_loss, reason = "memory is far below 2^52 bytes")]
fn in_mib(bytes: u64) -> f64 {
    bytes as f64 / MIB as f64
}
