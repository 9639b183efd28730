//! How the peers of a buffer pool are used, each by its own calls.

use core::mem;
use std::sync::{Mutex, PoisonError};

use bufpool::BufPool;
use byte_pool::BytePool;
use crossbeam_queue::ArrayQueue;
use dynamic_pool::{DynamicPool, DynamicPoolItem, DynamicReset};
use lifeguard::{StartingSize, Supplier};
use lockfree_object_pool::{LinearObjectPool, LinearReusable};
use opool::PoolAllocator;
use sharded_slab::pool::RefMut;
use zeropool::{BufUninit, ZeroPool};

use super::pool_buffers::{BURST, Block, Buffers, Byte, PAGE, Travels};

impl Buffers for Mutex<Vec<Vec<u8>>> {
    type Block<'a> = Returned<'a, Self>;

    fn made_for(_size: usize) -> Self {
        Self::default()
    }

    #[inline]
    fn take(&self, size: usize) -> Self::Block<'_> {
        let buffer = self.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Returned { pool: self, buffer: buffer.unwrap_or_else(|| Vec::with_capacity(size)) }
    }
}

impl Buffers for ArrayQueue<Vec<u8>> {
    type Block<'a> = Returned<'a, Self>;

    fn made_for(_size: usize) -> Self {
        Self::new(BURST)
    }

    #[inline]
    fn take(&self, size: usize) -> Self::Block<'_> {
        Returned { pool: self, buffer: self.pop().unwrap_or_else(|| Vec::with_capacity(size)) }
    }
}

/// What a collection needs to be a pool: the guard that pools have.
pub(super) struct Returned<'a, P: Keep> {
    pool: &'a P,
    buffer: Vec<u8>,
}

pub(super) trait Keep {
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
    type Block<'a> = object_pool::Reusable<'a, Vec<u8>>;

    fn made_for(size: usize) -> Self {
        Self::new(BURST, || Vec::with_capacity(size))
    }

    #[inline]
    fn take(&self, size: usize) -> Self::Block<'_> {
        self.pull(|| Vec::with_capacity(size))
    }
}

impl Buffers for LinearObjectPool<Vec<u8>> {
    type Block<'a> = LinearReusable<'a, Vec<u8>>;

    fn made_for(size: usize) -> Self {
        Self::new(move || Vec::with_capacity(size), Vec::clear)
    }

    #[inline]
    fn take(&self, _size: usize) -> Self::Block<'_> {
        self.pull()
    }
}

/// The size of all buffers of an `opool`.
pub(super) struct OfSize(usize);

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
    type Block<'a> = opool::RefGuard<'a, OfSize, Vec<u8>>;

    fn made_for(size: usize) -> Self {
        Self::new(BURST, OfSize(size))
    }

    #[inline]
    fn take(&self, _size: usize) -> Self::Block<'_> {
        self.get()
    }
}

impl Buffers for sharded_slab::Pool<Vec<u8>> {
    type Block<'a> = InSlab<'a>;

    fn made_for(_size: usize) -> Self {
        Self::new()
    }

    #[inline]
    fn take(&self, size: usize) -> Self::Block<'_> {
        let mut item = self.create().expect("there is a place");
        item.reserve(size);
        InSlab { pool: self, item: Some(item) }
    }
}

/// An item stays in its place until somebody says that it is no longer wanted.
pub(super) struct InSlab<'a> {
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
    type Block<'a> = BufUninit<'a>;

    /// As it comes, but it would not keep less than 4 KiB.
    fn made_for(size: usize) -> Self {
        if size < PAGE { Self::new().min_buffer_size(size) } else { Self::new() }
    }

    #[inline]
    fn take(&self, size: usize) -> Self::Block<'_> {
        self.alloc_uninit(size)
    }
}

/// A `zeropool` whose thread keeps the whole burst.
pub(super) struct Tuned(ZeroPool);

impl Buffers for Tuned {
    type Block<'a> = BufUninit<'a>;

    fn made_for(_size: usize) -> Self {
        Self(ZeroPool::new().tls_cache_size(BURST).max_buffers_per_class(BURST))
    }

    #[inline]
    fn take(&self, size: usize) -> Self::Block<'_> {
        self.0.alloc_uninit(size)
    }
}

impl Buffers for BytePool<Vec<u8>> {
    type Block<'a> = byte_pool::Block<'a, Vec<u8>>;

    fn made_for(_size: usize) -> Self {
        Self::new()
    }

    #[inline]
    fn take(&self, size: usize) -> Self::Block<'_> {
        self.alloc(size)
    }
}

impl Block for byte_pool::Block<'_, Vec<u8>> {
    /// All of it is initialised, by whoever had it before.
    #[inline]
    fn spare(&mut self) -> &mut [impl Byte] {
        self.as_mut_slice()
    }

    #[inline]
    fn place(&mut self) -> *const u8 {
        self.as_ptr()
    }
}

impl Buffers for BufPool {
    type Block<'a> = bufpool::buf::Buf;

    fn made_for(_size: usize) -> Self {
        Self::new()
    }

    /// The only form whose bytes can be written in place.
    #[inline]
    fn take(&self, size: usize) -> Self::Block<'_> {
        self.allocate_uninitialised(size)
    }
}

impl Block for bufpool::buf::Buf {
    #[inline]
    fn spare(&mut self) -> &mut [impl Byte] {
        self.as_mut_slice()
    }

    #[inline]
    fn place(&mut self) -> *const u8 {
        self.as_ptr()
    }
}

/// What a `dynamic-pool` asks for.
pub(super) struct Resets(Vec<u8>);

impl DynamicReset for Resets {
    #[inline]
    fn reset(&mut self) {
        self.0.clear();
    }
}

impl Buffers for DynamicPool<Resets> {
    type Block<'a> = DynamicPoolItem<Resets>;

    fn made_for(size: usize) -> Self {
        Self::new(BURST, BURST, move || Resets(Vec::with_capacity(size)))
    }

    #[inline]
    fn take(&self, _size: usize) -> Self::Block<'_> {
        Self::take(self)
    }
}

impl Buffers for deadpool::unmanaged::Pool<Vec<u8>> {
    type Block<'a> = deadpool::unmanaged::Object<Vec<u8>>;

    /// It makes no objects: it has as many as are held at once.
    fn made_for(size: usize) -> Self {
        (0..BURST).map(|_| Vec::with_capacity(size)).collect::<Vec<_>>().into()
    }

    #[inline]
    fn take(&self, _size: usize) -> Self::Block<'_> {
        self.try_get().expect("no more are held than there are")
    }
}

impl Buffers for lifeguard::Pool<Vec<u8>> {
    type Block<'a> = lifeguard::Recycled<'a, Vec<u8>>;

    fn made_for(size: usize) -> Self {
        lifeguard::pool()
            .with(StartingSize(BURST))
            .with(Supplier(move || Vec::with_capacity(size)))
            .build()
    }

    #[inline]
    fn take(&self, _size: usize) -> Self::Block<'_> {
        self.new()
    }
}

/// An item of a slab that another thread may clear: a reference to it may not leave this one.
pub(super) struct Keyed<'a> {
    pool: &'a sharded_slab::Pool<Vec<u8>>,
    key: usize,
}

impl Drop for Keyed<'_> {
    #[inline]
    fn drop(&mut self) {
        self.pool.clear(self.key);
    }
}

impl<'a> Travels for InSlab<'a> {
    type Sent = Keyed<'a>;

    #[inline]
    fn sent(mut self) -> Self::Sent {
        let item = self.item.take().expect("it is taken on drop");
        Keyed { pool: self.pool, key: item.key() }
    }
}

impl Block for BufUninit<'_> {
    #[inline]
    fn spare(&mut self) -> &mut [impl Byte] {
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
            fn spare(&mut self) -> &mut [impl Byte] {
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
    LinearReusable<'_, Vec<u8>>: reusable => reusable,
    opool::RefGuard<'_, OfSize, Vec<u8>>: guard => guard,
    DynamicPoolItem<Resets>: item => item.0,
    deadpool::unmanaged::Object<Vec<u8>>: object => object,
    lifeguard::Recycled<'_, Vec<u8>>: recycled => recycled,
    InSlab<'_>: slab => slab.item.as_mut().expect("it is taken on drop"),
}

macro_rules! travels {
    ($($block:ty,)*) => {$(
        impl Travels for $block {
            type Sent = Self;

            #[inline]
            fn sent(self) -> Self {
                self
            }
        }
    )*};
}

travels! {
    Vec<u8>,
    Returned<'_, Mutex<Vec<Vec<u8>>>>,
    Returned<'_, ArrayQueue<Vec<u8>>>,
    object_pool::Reusable<'_, Vec<u8>>,
    LinearReusable<'_, Vec<u8>>,
    opool::RefGuard<'_, OfSize, Vec<u8>>,
    BufUninit<'_>,
    byte_pool::Block<'_, Vec<u8>>,
    bufpool::buf::Buf,
    DynamicPoolItem<Resets>,
    deadpool::unmanaged::Object<Vec<u8>>,
}
