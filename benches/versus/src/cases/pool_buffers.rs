//! Buffers that are taken from a pool and given back.
//!
//! | case | what one operation is |
//! |---|---|
//! | `get-put-SIZE` | one buffer is taken and given back; nothing is written |
//! | `two-threads-1k` | the same on each of two threads at once |
//! | `burst-1k` | 64 buffers are taken and held, and all go back; nothing is written |
//! | `burst-16k-written` | 64 buffers are taken and held, a byte of every page is written, all go back |
//!
//! A peer without classes of sizes has a pool for each case, with room for the burst where it asks. Of ours and of each peer the pool is
//! found before the loop, but for `thrifty-static`, which is the static itself.

use core::hint::{black_box, spin_loop};
use core::mem::{self, MaybeUninit};
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread;

use crossbeam_queue::ArrayQueue;
use lockfree_object_pool::LinearObjectPool;
use opool::PoolAllocator;
use sharded_slab::pool::RefMut;
use thrifty::pool::{BufferPool, PoolConfig, PooledBuf, StaticBufferPool};
use zeropool::{BufUninit, ZeroPool};

use super::Entry;
use crate::cores;

/// Buffers that are held at once.
const BURST: usize = 64;
const PAGE: usize = 4096;

trait Buffers: Sync {
    /// A pool for buffers of this size.
    fn made_for(size: usize) -> Self;
    fn take(&self, size: usize) -> impl Block;
}

trait Block {
    fn spare(&mut self) -> &mut [MaybeUninit<u8>];
    /// Where the buffer lies.
    fn place(&mut self) -> *const u8;
}

macro_rules! entry {
    ($case:literal, $operation:expr, $size:expr, $name:literal, $pool:ty) => {{
        static POOL: LazyLock<$pool> = LazyLock::new(|| <$pool as Buffers>::made_for($size));
        Entry {
            case: $case,
            name: $name,
            run: |ops| $operation(&*POOL, $size, ops),
            result: || result(&*POOL, $size),
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
    ];
    let others = [
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
    ];
    [sizes.as_flattened(), &others].concat()
}

#[inline(never)]
fn get_put<P: Buffers>(pool: &P, size: usize, ops: u64) {
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

fn at_once<P: Buffers>(pool: &'static P, size: usize, ops: u64) {
    let partner = PARTNER.lock().unwrap_or_else(PoisonError::into_inner);
    let task = Box::new(move || get_put(pool, size, ops));
    partner.work.send(task).expect("the partner waits for work");
    get_put(pool, size, ops);
    awaited(&partner.done).expect("no case panics");
}

#[inline(never)]
fn burst<const WRITTEN: bool, P: Buffers>(pool: &P, size: usize, ops: u64) {
    let mut held = Vec::with_capacity(BURST);
    for _ in 0..ops {
        for _ in 0..BURST {
            let mut buffer = pool.take(black_box(size));
            if WRITTEN {
                for byte in buffer.spare().iter_mut().step_by(PAGE) {
                    byte.write(1);
                }
            }
            held.push(buffer);
        }
        black_box(&mut held);
        held.clear();
    }
}

/// Whether a new buffer and one that was used before have room and keep what is written.
fn result<P: Buffers>(pool: &P, size: usize) -> Vec<u64> {
    let used = || {
        let mut buffer = pool.take(size);
        let spare = buffer.spare();
        let room = spare.len() >= size;
        [u64::from(room), u64::from(*spare[0].write(7)), u64::from(*spare[size - 1].write(9))]
    };
    [used(), used()].concat()
}

impl Buffers for BufferPool {
    fn made_for(_size: usize) -> Self {
        Self::new(PoolConfig::new()).expect("few pools are open")
    }

    #[inline]
    fn take(&self, size: usize) -> impl Block {
        self.get(size)
    }
}

/// The form for a static, called by its name.
struct InStatic;

static STATIC: StaticBufferPool = BufferPool::new_static(PoolConfig::new());

impl Buffers for InStatic {
    fn made_for(_size: usize) -> Self {
        Self
    }

    #[inline]
    fn take(&self, size: usize) -> impl Block {
        STATIC.get(size)
    }
}

/// No pool.
struct Malloc;

impl Buffers for Malloc {
    fn made_for(_size: usize) -> Self {
        Self
    }

    #[inline]
    fn take(&self, size: usize) -> impl Block {
        Vec::with_capacity(size)
    }
}

impl Buffers for Mutex<Vec<Vec<u8>>> {
    fn made_for(_size: usize) -> Self {
        Self::default()
    }

    #[inline]
    fn take(&self, size: usize) -> impl Block {
        let buffer = self.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Returned { pool: self, buffer: buffer.unwrap_or_else(|| Vec::with_capacity(size)) }
    }
}

impl Buffers for ArrayQueue<Vec<u8>> {
    fn made_for(_size: usize) -> Self {
        Self::new(BURST)
    }

    #[inline]
    fn take(&self, size: usize) -> impl Block {
        Returned { pool: self, buffer: self.pop().unwrap_or_else(|| Vec::with_capacity(size)) }
    }
}

/// What a collection needs to be a pool: the guard that pools have.
struct Returned<'a, P: Keep> {
    pool: &'a P,
    buffer: Vec<u8>,
}

trait Keep {
    fn keep(&self, buffer: Vec<u8>);
}

impl<P: Keep> Drop for Returned<'_, P> {
    #[inline]
    fn drop(&mut self) {
        self.pool.keep(mem::take(&mut self.buffer));
    }
}

impl Keep for Mutex<Vec<Vec<u8>>> {
    #[inline]
    fn keep(&self, buffer: Vec<u8>) {
        self.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
    }
}

impl Keep for ArrayQueue<Vec<u8>> {
    #[inline]
    fn keep(&self, buffer: Vec<u8>) {
        drop(self.push(buffer));
    }
}

impl Buffers for object_pool::Pool<Vec<u8>> {
    fn made_for(size: usize) -> Self {
        Self::new(BURST, || Vec::with_capacity(size))
    }

    #[inline]
    fn take(&self, size: usize) -> impl Block {
        self.pull(|| Vec::with_capacity(size))
    }
}

impl Buffers for LinearObjectPool<Vec<u8>> {
    fn made_for(size: usize) -> Self {
        Self::new(move || Vec::with_capacity(size), Vec::clear)
    }

    #[inline]
    fn take(&self, _size: usize) -> impl Block {
        self.pull()
    }
}

/// The size of all buffers of an `opool`.
struct OfSize(usize);

impl PoolAllocator<Vec<u8>> for OfSize {
    fn allocate(&self) -> Vec<u8> {
        Vec::with_capacity(self.0)
    }

    #[inline]
    fn reset(&self, buffer: &mut Vec<u8>) {
        buffer.clear();
    }
}

impl Buffers for opool::Pool<OfSize, Vec<u8>> {
    fn made_for(size: usize) -> Self {
        Self::new(BURST, OfSize(size))
    }

    #[inline]
    fn take(&self, _size: usize) -> impl Block {
        self.get()
    }
}

impl Buffers for sharded_slab::Pool<Vec<u8>> {
    fn made_for(_size: usize) -> Self {
        Self::new()
    }

    #[inline]
    fn take(&self, size: usize) -> impl Block {
        let mut item = self.create().expect("there is a place");
        item.reserve(size);
        InSlab { pool: self, item: Some(item) }
    }
}

/// An item stays in its place until somebody says that it is no longer wanted.
struct InSlab<'a> {
    pool: &'a sharded_slab::Pool<Vec<u8>>,
    item: Option<RefMut<'a, Vec<u8>>>,
}

impl Drop for InSlab<'_> {
    #[inline]
    fn drop(&mut self) {
        // Cleared while it is borrowed it would take twice as long.
        if let Some(key) = self.item.take().map(|item| item.key()) {
            self.pool.clear(key);
        }
    }
}

impl Buffers for ZeroPool {
    /// As it comes, but it would not keep less than 4 KiB.
    fn made_for(size: usize) -> Self {
        if size < PAGE { Self::new().min_buffer_size(size) } else { Self::new() }
    }

    #[inline]
    fn take(&self, size: usize) -> impl Block {
        self.alloc_uninit(size)
    }
}

/// A `zeropool` whose thread keeps the whole burst.
struct Tuned(ZeroPool);

impl Buffers for Tuned {
    fn made_for(_size: usize) -> Self {
        Self(ZeroPool::new().tls_cache_size(BURST).max_buffers_per_class(BURST))
    }

    #[inline]
    fn take(&self, size: usize) -> impl Block {
        self.0.alloc_uninit(size)
    }
}

impl Block for PooledBuf {
    #[inline]
    fn spare(&mut self) -> &mut [MaybeUninit<u8>] {
        self.spare_capacity_mut()
    }

    #[inline]
    fn place(&mut self) -> *const u8 {
        self.as_ptr()
    }
}

impl Block for BufUninit<'_> {
    #[inline]
    fn spare(&mut self) -> &mut [MaybeUninit<u8>] {
        self.as_uninit_mut()
    }

    #[inline]
    fn place(&mut self) -> *const u8 {
        self.as_uninit_mut().as_ptr().cast()
    }
}

macro_rules! blocks {
    ($($block:ty: $block_ident:ident => $vec:expr,)*) => {$(
        impl Block for $block {
            #[inline]
            fn spare(&mut self) -> &mut [MaybeUninit<u8>] {
                let $block_ident = self;
                $vec.spare_capacity_mut()
            }

            #[inline]
            fn place(&mut self) -> *const u8 {
                let $block_ident = self;
                $vec.as_ptr()
            }
        }
    )*};
}

blocks! {
    Vec<u8>: vec => vec,
    Returned<'_, Mutex<Vec<Vec<u8>>>>: returned => returned.buffer,
    Returned<'_, ArrayQueue<Vec<u8>>>: returned => returned.buffer,
    object_pool::Reusable<'_, Vec<u8>>: reusable => reusable,
    lockfree_object_pool::LinearReusable<'_, Vec<u8>>: reusable => reusable,
    opool::RefGuard<'_, OfSize, Vec<u8>>: guard => guard,
    InSlab<'_>: slab => slab.item.as_mut().expect("it is taken on drop"),
}
