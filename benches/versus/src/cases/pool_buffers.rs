//! Buffers that are taken from a pool and given back.
//!
//! | case | what one operation is |
//! |---|---|
//! | `get-put-SIZE` | one buffer is taken and given back; nothing is written |
//! | `two-threads-1k` | the same on each of two threads at once |
//! | `burst-1k` | 64 buffers are taken and held, and all go back; nothing is written |
//! | `burst-16k-written` | 64 buffers are taken and held, a byte of every page is written, all go back |
//! | `cross-thread-1k` | a buffer is taken here, goes through a bounded channel, and goes back there; nothing is written |
//!
//! A peer without classes of sizes has a pool for each case, with room for the burst where it asks. Of ours and of each peer the pool is
//! found before the loop, but for `thrifty-static`, which is the static itself.
//!
//! `lifeguard` is in no case of two threads: neither its pool nor its buffers may leave a thread.

use core::hint::{black_box, spin_loop};
use core::mem::MaybeUninit;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender, TryRecvError, TrySendError};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread;

use bufpool::BufPool;
use byte_pool::BytePool;
use crossbeam_queue::ArrayQueue;
use dynamic_pool::DynamicPool;
use lockfree_object_pool::LinearObjectPool;
use thrifty::pool::{BufferPool, PoolConfig, PooledBuf, StaticBufferPool};
use zeropool::ZeroPool;

use super::Entry;
use super::pool_peers::{OfSize, Resets, Tuned};
use crate::cores;

/// Buffers that are held at once.
pub(super) const BURST: usize = 64;
/// Items that the channel between two threads holds.
const IN_CHANNEL: usize = 32;
pub(super) const PAGE: usize = 4096;

pub(super) trait Buffers {
    type Block<'a>: Block
    where
        Self: 'a;

    /// A pool for buffers of this size.
    fn made_for(size: usize) -> Self;
    fn take(&self, size: usize) -> Self::Block<'_>;
}

pub(super) trait Block {
    /// The bytes that may be written.
    fn spare(&mut self) -> &mut [impl Byte];
    /// Where the buffer lies.
    fn place(&mut self) -> *const u8;
}

/// A buffer that another thread may give back.
pub(super) trait Travels: Block {
    /// What goes through the channel: the buffer, or what stands for it.
    type Sent: Send;
    fn sent(self) -> Self::Sent;
}

/// One of a buffer, initialised or not.
pub(super) trait Byte {
    fn set(&mut self, byte: u8) -> u8;
}

impl Byte for u8 {
    #[inline]
    fn set(&mut self, byte: u8) -> u8 {
        *self = byte;
        *self
    }
}

impl Byte for MaybeUninit<u8> {
    #[inline]
    fn set(&mut self, byte: u8) -> u8 {
        *self.write(byte)
    }
}

macro_rules! entry {
    ($case:literal, $operation:expr, $size:expr, $name:literal, $pool:ty) => {{
        static POOL: std::sync::LazyLock<$pool> =
            std::sync::LazyLock::new(|| <$pool as Buffers>::made_for($size));
        Entry {
            case: $case,
            name: $name,
            run: |ops| $operation(&*POOL, $size, ops),
            result: || result(&*POOL, $size),
        }
    }};
}
#[cfg(feature = "pool-oxidizer")]
pub(super) use entry;

/// Of a pool that no two threads may share.
macro_rules! local_entry {
    ($case:literal, $operation:expr, $size:expr, $name:literal, $pool:ty) => {{
        thread_local! {
            static POOL: $pool = <$pool as Buffers>::made_for($size);
        }
        Entry {
            case: $case,
            name: $name,
            run: |ops| POOL.with(|pool| $operation(pool, $size, ops)),
            result: || POOL.with(|pool| result(pool, $size)),
        }
    }};
}

macro_rules! entries {
    ($case:literal, $operation:expr, $size:expr) => {
        [
            entry!($case, $operation, $size, "thrifty", BufferPool),
            entry!($case, $operation, $size, "malloc", Malloc),
            entry!($case, $operation, $size, "Mutex<Vec>", Mutex<Vec<Vec<u8>>>),
            entry!($case, $operation, $size, "crossbeam-queue", ArrayQueue<Vec<u8>>),
            entry!($case, $operation, $size, "object-pool", object_pool::Pool<Vec<u8>>),
            entry!($case, $operation, $size, "lockfree-object-pool", LinearObjectPool<Vec<u8>>),
            entry!($case, $operation, $size, "opool", opool::Pool<OfSize, Vec<u8>>),
            entry!($case, $operation, $size, "sharded-slab", sharded_slab::Pool<Vec<u8>>),
            entry!($case, $operation, $size, "zeropool", ZeroPool),
            entry!($case, $operation, $size, "byte-pool", BytePool<Vec<u8>>),
            entry!($case, $operation, $size, "bufpool", BufPool),
            entry!($case, $operation, $size, "dynamic-pool", DynamicPool<Resets>),
            entry!($case, $operation, $size, "deadpool", deadpool::unmanaged::Pool<Vec<u8>>),
        ]
    };
}

/// All implementations of each case.
pub(super) fn entries() -> Vec<Entry> {
    let sizes = [
        entries!("get-put-64", get_put, 64),
        entries!("get-put-1k", get_put, 1 << 10),
        entries!("get-put-4k", get_put, 4 << 10),
        entries!("get-put-16k", get_put, 16 << 10),
        entries!("get-put-64k", get_put, 64 << 10),
        entries!("get-put-1m", get_put, 1 << 20),
        entries!("two-threads-1k", at_once, 1 << 10),
        entries!("burst-1k", burst::<false, _>, 1 << 10),
        entries!("burst-16k-written", burst::<true, _>, 16 << 10),
        entries!("cross-thread-1k", across, 1 << 10),
    ];
    let others = [
        local_entry!("get-put-4k", get_put, 4 << 10, "lifeguard", lifeguard::Pool<Vec<u8>>),
        local_entry!(
            "burst-16k-written",
            burst::<true, _>,
            16 << 10,
            "lifeguard",
            lifeguard::Pool<Vec<u8>>
        ),
        entry!("get-put-4k", get_put, 4 << 10, "thrifty-static", InStatic),
        entry!("burst-16k-written", burst::<true, _>, 16 << 10, "zeropool-tuned", Tuned),
        Entry {
            case: "get-put-4k",
            name: "loop",
            run: |ops| {
                for _ in 0..ops {
                    black_box(black_box(4_usize << 10));
                }
            },
            // A floor has nothing to yield.
            result: || result(&Malloc, 4 << 10),
        },
        Entry {
            case: "cross-thread-1k",
            name: "channel",
            // Three words, as a buffer of ours is.
            run: |ops| through(ops, || black_box([1_usize; 3])),
            result: || result(&Malloc, 1 << 10),
        },
    ];
    [sizes.as_flattened(), &others].concat()
}

#[inline(never)]
pub(super) fn get_put<P: Buffers>(pool: &P, size: usize, ops: u64) {
    for _ in 0..ops {
        black_box(pool.take(black_box(size)).place());
    }
}

/// The other thread; it is there for as long as the process, so that no batch pays for its start.
struct Partner {
    work: Sender<Box<dyn FnOnce() + Send>>,
    done: Receiver<()>,
}

/// Made by the thread that measures, which stays on a core of its own from then on.
static PARTNER: LazyLock<Mutex<Partner>> = LazyLock::new(|| {
    let [here, there] = cores::two().expect("this case needs two cores");
    assert!(cores::pin(here), "a thread cannot be kept on a core");
    let (work, tasks) = mpsc::channel::<Box<dyn FnOnce() + Send>>();
    let (finished, done) = mpsc::channel();
    thread::spawn(move || {
        assert!(cores::pin(there), "a thread cannot be kept on a core");
        while let Some(task) = awaited(&tasks) {
            task();
            if finished.send(()).is_err() {
                break;
            }
        }
    });
    Mutex::new(Partner { work, done })
});

/// Waits awake: to be woken may take longer than a whole batch.
fn awaited<T>(from: &Receiver<T>) -> Option<T> {
    loop {
        match from.try_recv() {
            Ok(value) => return Some(value),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => spin_loop(),
        }
    }
}

pub(super) fn at_once<P: Buffers + Sync>(pool: &'static P, size: usize, ops: u64) {
    let partner = PARTNER.lock().unwrap_or_else(PoisonError::into_inner);
    let task = Box::new(move || get_put(pool, size, ops));
    partner.work.send(task).expect("the partner waits for work");
    get_put(pool, size, ops);
    awaited(&partner.done).expect("no case panics");
}

#[inline(never)]
pub(super) fn across<P>(pool: &'static P, size: usize, ops: u64)
where
    P: Buffers + Sync,
    P::Block<'static>: Travels,
{
    through(ops, || {
        let mut buffer = pool.take(black_box(size));
        black_box(buffer.place());
        buffer.sent()
    });
}

/// Makes items here and drops them on the other thread.
#[inline]
fn through<T: Send + 'static>(ops: u64, make: impl Fn() -> T) {
    let partner = PARTNER.lock().unwrap_or_else(PoisonError::into_inner);
    let (into, from) = mpsc::sync_channel(IN_CHANNEL);
    let task = Box::new(move || while awaited(&from).is_some() {});
    partner.work.send(task).expect("the partner waits for work");
    for _ in 0..ops {
        give(&into, make());
    }
    drop(into);
    awaited(&partner.done).expect("no case panics");
}

/// Waits awake where the channel is full.
#[inline]
fn give<T>(into: &SyncSender<T>, mut item: T) {
    while let Err(TrySendError::Full(back)) = into.try_send(item) {
        item = back;
        spin_loop();
    }
}

#[inline(never)]
pub(super) fn burst<const WRITTEN: bool, P: Buffers>(pool: &P, size: usize, ops: u64) {
    let mut held = Vec::with_capacity(BURST);
    for _ in 0..ops {
        for _ in 0..BURST {
            let mut buffer = pool.take(black_box(size));
            if WRITTEN {
                for byte in buffer.spare().iter_mut().step_by(PAGE) {
                    byte.set(1);
                }
            }
            held.push(buffer);
        }
        black_box(&mut held);
        held.clear();
    }
}

/// Whether a new buffer and one that was used before have room and keep what is written.
pub(super) fn result<P: Buffers>(pool: &P, size: usize) -> Vec<u64> {
    let used = || {
        let mut buffer = pool.take(size);
        let spare = buffer.spare();
        let room = spare.len() >= size;
        [u64::from(room), u64::from(spare[0].set(7)), u64::from(spare[size - 1].set(9))]
    };
    [used(), used()].concat()
}

impl Buffers for BufferPool {
    type Block<'a> = PooledBuf;

    fn made_for(_size: usize) -> Self {
        Self::new(PoolConfig::new()).expect("few pools are open")
    }

    #[inline]
    fn take(&self, size: usize) -> Self::Block<'_> {
        self.get(size)
    }
}

/// The form for a static, called by its name.
struct InStatic;

static STATIC: StaticBufferPool = BufferPool::new_static(PoolConfig::new());

impl Buffers for InStatic {
    type Block<'a> = PooledBuf;

    fn made_for(_size: usize) -> Self {
        Self
    }

    #[inline]
    fn take(&self, size: usize) -> Self::Block<'_> {
        STATIC.get(size)
    }
}

/// No pool.
struct Malloc;

impl Buffers for Malloc {
    type Block<'a> = Vec<u8>;

    fn made_for(_size: usize) -> Self {
        Self
    }

    #[inline]
    fn take(&self, size: usize) -> Self::Block<'_> {
        Vec::with_capacity(size)
    }
}

impl Block for PooledBuf {
    #[inline]
    fn spare(&mut self) -> &mut [impl Byte] {
        self.spare_capacity_mut()
    }

    #[inline]
    fn place(&mut self) -> *const u8 {
        self.as_ptr()
    }
}

impl Travels for PooledBuf {
    type Sent = Self;

    #[inline]
    fn sent(self) -> Self {
        self
    }
}
