//! Objects that come back: made once, reset, used again, by any thread.
//!
//! ```text
//!  Pooled { object, tag } ----> Object { value: T, retain }      a box, as long as it is the pool's
//!                                  ^
//!  Pool --> magazine, depot -------'  while nobody uses it       (`engine`)
//! ```
//!
//! Code of the value (its reset and its drop) and of the user (`make`) runs while the engine holds
//! and borrows nothing, so it may use the same pool.

use alloc::boxed::Box;
use core::fmt;
use core::mem::{self, ManuallyDrop};
use core::ops::{Deref, DerefMut};
use core::panic::AssertUnwindSafe;
use core::ptr::NonNull;
use core::time::Duration;
use std::panic::catch_unwind;
use std::sync::OnceLock;
use std::thread;

use super::Reset;
use super::engine::{self, Core, Item, Kind, Limits, OnDrop, Tag};

/// The only class: objects are counted, not weighed.
const CLASS: usize = 0;
/// A mark in the tag of an object that the pool does not keep.
const BESIDE: u64 = 1;

/// Objects of one type that are reset and used again.
///
/// For what is costly to make or grows to its size slowly: parsers, maps, several vectors together.
/// [`get`](Self::get) hands out an idle one, or makes one; dropped, it is
/// [reset](Reset::reset) and waits for the next user, on any thread. In a `static` or a struct alike;
/// two threads that use one pool do not meet as long as each gives back what it takes.
///
/// Take [`scratch!`](crate::scratch) where the use is one closure on one thread: it is faster and
/// needs no `Send`. Take `BufferPool` for bytes: it has sizes. Take neither for what is cheap to make:
/// an object of some hundred bytes and one allocation gains nothing here.
///
/// | | default | |
/// |---|--:|---|
/// | [`max_objects`](Self::max_objects) | 1024 | all of the pool, in use or idle; more are made, and dropped after use |
/// | [`thread_objects`](Self::thread_objects) | 16 | idle ones in one thread's magazine |
/// | [`retain`](Self::retain) | 256 KiB | what grew to a larger [footprint](Reset::footprint) is dropped |
/// | [`decay`](Self::decay) | 10 s | after that long half of what nobody needed is dropped |
///
/// So idle objects never hold more than `max_objects` times `retain` bytes, beside themselves. A pool
/// that is dropped takes its idle objects along; those in use may outlive it, and those that lie idle
/// at another thread go when that thread uses another pool in the same place, or ends.
///
/// An object is kept only after a reset that returned, and never after a panic of its user. Where the
/// drop of an idle object panics, that is caught: whoever caused it has nothing to do with the object.
///
/// # Examples
///
/// ```
/// use std::collections::HashMap;
/// use thrifty::pool::Pool;
///
/// static COUNTS: Pool<HashMap<u32, u32>> = Pool::new().retain(16 * 1024);
///
/// let mut counts = COUNTS.get();
/// *counts.entry(7).or_default() += 1;
/// assert_eq!(counts[&7], 1);
/// let capacity = counts.capacity();
/// drop(counts);
///
/// // The same map: empty, with the memory that it has grown.
/// let again = COUNTS.get();
/// assert!(again.is_empty() && again.capacity() == capacity);
/// assert_eq!((COUNTS.stats().made, COUNTS.stats().reused), (1, 1));
/// ```
///
/// Objects go from thread to thread, so one that must stay does not compile:
///
/// ```compile_fail
/// use std::rc::Rc;
/// let pool: thrifty::pool::Pool<Vec<Rc<u8>>> = thrifty::pool::Pool::new();
/// ```
pub struct Pool<T: Reset + Send + 'static> {
    make: fn() -> T,
    pub(super) max_objects: usize,
    thread_objects: usize,
    retain: usize,
    decay: Option<Duration>,
    /// `None` inside if there are too many pools: it then keeps nothing.
    opened: OnceLock<Option<Opened>>,
    #[cfg(feature = "async")]
    pub(super) queue: engine::Queue,
}

/// An object of a [`Pool`]; it goes back on drop.
///
/// Two words, `Send`, and it may outlive the pool. It is dropped instead of kept if the thread is
/// unwinding (who knows in which state it is), if its reset panics, or if it has grown too large.
/// Leaked by [`core::mem::forget`] it counts as in use for ever.
#[must_use = "the object goes back at once"]
pub struct Pooled<T: Reset + Send + 'static> {
    object: NonNull<Object<T>>,
    tag: Tag,
}

/// All [`max_objects`](Pool::max_objects) of a pool are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolFull {
    /// How many objects the pool may have.
    pub limit: usize,
}

/// What a [`Pool`] has done and holds.
///
/// Read while other threads work, the numbers belong to moments close to each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObjectStats {
    /// How often an idle object was handed out.
    pub reused: u64,
    /// How often one was made for the pool.
    pub made: u64,
    /// How often one was made beside the pool, because that was full.
    pub beside: u64,
    /// Objects in use, those beside the pool too.
    pub in_use: u64,
    /// Objects that wait for a user.
    pub idle: u64,
    /// How often objects moved between a thread and the depot.
    pub exchanges: u64,
}

pub(super) struct Opened {
    pub(super) core: &'static Core,
    pub(super) pool: Tag,
}

struct Object<T> {
    value: T,
    /// The largest footprint with which it is kept: the pool may be gone by then.
    retain: usize,
}

// INVARIANTS
// O1: an item of a pool that was opened with `KIND` of `T` comes from `boxed`, so it is a leaked box
//     of an `Object<T>`. Only a `Pool<T>` opens with that kind, and it never shows its tag; tags are
//     different for each pool that is opened, so what is taken with one is of that `T`.
// O2: the engine has an item, or a `Pooled` does, never both: who takes it out has it alone.
//     `Pooled` gives it up in `drop` or `detach`, once, and is not used after that.

// SAFETY: a `Pooled` owns its object (O2) as a `Box<T>` does, with a number beside it.
unsafe impl<T: Reset + Send> Send for Pooled<T> {}
// SAFETY: through a shared `Pooled` there are only shared references to `T`.
unsafe impl<T: Reset + Send + Sync> Sync for Pooled<T> {}

impl<T: Reset + Send + Default> Pool<T> {
    /// Makes a pool without objects, whose objects begin as `T::default()`.
    ///
    /// # Allocation
    ///
    /// Never allocates. The first [`get`](Self::get) makes some kilobytes of tables, once for all
    /// pools that follow in the same place.
    #[must_use]
    pub const fn new() -> Self {
        Self::with(T::default)
    }
}

impl<T: Reset + Send> Pool<T> {
    /// Makes a pool without objects, whose objects begin as `make()`.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::Pool;
    ///
    /// let lines: Pool<String> = Pool::with(|| String::with_capacity(256));
    /// assert_eq!(lines.get().capacity(), 256);
    /// ```
    #[must_use]
    pub const fn with(make: fn() -> T) -> Self {
        Self {
            make,
            max_objects: 1024,
            thread_objects: 16,
            retain: 256 * 1024,
            decay: Some(Duration::from_secs(10)),
            opened: OnceLock::new(),
            #[cfg(feature = "async")]
            queue: engine::Queue::new(),
        }
    }

    /// Bounds the objects of the pool, in use or idle.
    ///
    /// Half of them is the most that may lie idle in magazines of threads, so that the others stay in
    /// reach. Like all bounds it counts from the first use on; a later change does nothing.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::Pool;
    ///
    /// let pool: Pool<String> = Pool::new().max_objects(1);
    /// let one = pool.try_get()?;
    /// assert_eq!(pool.try_get().unwrap_err().limit, 1);
    /// // `get` goes beyond: such an object is dropped after use.
    /// assert_eq!(pool.get().as_str(), "");
    /// assert_eq!(pool.stats().beside, 1);
    /// # Ok::<(), thrifty::pool::PoolFull>(())
    /// ```
    #[must_use]
    pub const fn max_objects(mut self, count: usize) -> Self {
        self.max_objects = count;
        self
    }

    /// Bounds the idle objects that one thread has at hand without asking the others; 64 at most.
    ///
    /// With 0 every object goes through the shared depot, which is slower and strands nothing.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn thread_objects(mut self, count: usize) -> Self {
        self.thread_objects = count;
        self
    }

    /// Bounds the [footprint](Reset::footprint), in bytes, with which an object is kept.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::Pool;
    ///
    /// let pool: Pool<Vec<u8>> = Pool::new().retain(4096);
    /// pool.get().reserve_exact(4096);
    /// assert_eq!(pool.get().capacity(), 4096);
    /// pool.get().reserve_exact(100_000); // one large request
    /// assert_eq!(pool.get().capacity(), 0);
    /// ```
    #[must_use]
    pub const fn retain(mut self, bytes: usize) -> Self {
        self.retain = bytes;
        self
    }

    /// Sets how long objects may lie in the depot before half of those nobody needed is dropped.
    ///
    /// The clock is looked at when objects move between a thread and the depot: a pool that nobody
    /// uses keeps what it has, until [`trim`](Self::trim) is called.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn decay(mut self, decay: Option<Duration>) -> Self {
        self.decay = decay;
        self
    }

    /// Takes an idle object, or makes one.
    ///
    /// It never fails: if the pool has [`max_objects`](Self::max_objects) already, the object is made
    /// beside it and dropped after use.
    ///
    /// # Allocation
    ///
    /// Allocates whatever `make` allocates, and nothing else. That is when there is no idle object at
    /// hand; it also takes a box for the object, and tables on a thread's first use.
    ///
    /// # Panics
    ///
    /// If `make` panics, with that panic; the pool is as before.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::Pool;
    ///
    /// static LINES: Pool<String> = Pool::new();
    ///
    /// let mut line = LINES.get();
    /// line.push_str("hello");
    /// assert_eq!(std::thread::spawn(move || line.len()).join().unwrap(), 5);
    /// ```
    #[inline]
    pub fn get(&self) -> Pooled<T> {
        self.at_hand().unwrap_or_else(|| self.get_slowly())
    }

    /// Takes an idle object, or makes one if the pool may have more.
    ///
    /// # Allocation
    ///
    /// Allocates whatever `make` allocates, and nothing else. As [`get`](Self::get) does.
    ///
    /// # Errors
    ///
    /// [`PoolFull`] if the pool has [`max_objects`](Self::max_objects), and none of them lies idle
    /// where this thread can reach it.
    ///
    /// # Panics
    ///
    /// If `make` panics, with that panic; the pool is as before.
    #[inline]
    pub fn try_get(&self) -> Result<Pooled<T>, PoolFull> {
        let found = self.at_hand().or_else(|| self.reach_or_make(false));
        found.ok_or(PoolFull { limit: self.max_objects })
    }

    /// Makes the objects that are missing to `count` idle ones, or fewer in a full pool.
    ///
    /// Tells how many it made.
    ///
    /// # Allocation
    ///
    /// Allocates whatever `make` allocates, and nothing else. Once for each object, with a box.
    ///
    /// # Panics
    ///
    /// If `make` panics, with that panic; what was made before stays.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::Pool;
    ///
    /// let pool: Pool<Vec<u8>> = Pool::with(|| Vec::with_capacity(1024));
    /// assert_eq!(pool.prewarm(10), 10);
    /// let _one = pool.get();
    /// assert_eq!((pool.stats().made, pool.stats().idle), (10, 9));
    /// ```
    pub fn prewarm(&self, count: usize) -> usize {
        let Some(opened) = self.opened() else { return 0 };
        let figures = opened.core.figures(opened.pool);
        // Beyond the bound a new one would only take the place of an idle one.
        let missing = (count as u64).saturating_sub(figures.idle_bytes);
        let missing = missing.min((self.max_objects as u64).saturating_sub(figures.bytes));
        (0..missing).map_while(|_| self.make(opened).map(drop)).count()
    }

    /// Drops idle objects until `keep` are left; tells how many.
    ///
    /// It reaches this thread's objects and those in the depot, not what other threads have at hand.
    ///
    /// # Allocation
    ///
    /// Frees objects; never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::Pool;
    ///
    /// let pool: Pool<Vec<u8>> = Pool::new();
    /// pool.prewarm(10);
    /// assert_eq!(pool.trim(3), 7);
    /// assert_eq!(pool.stats().idle, 3);
    /// ```
    pub fn trim(&self, keep: usize) -> usize {
        let Some(Some(Opened { core, pool })) = self.opened.get() else { return 0 };
        engine::flush(core, *pool);
        let mut dropped = 0;
        loop {
            let excess = self.stats().idle.saturating_sub(keep as u64);
            if excess == 0 {
                return dropped;
            }
            match core.dispose_of_heaviest(*pool, &Object::<T>::KIND, excess) {
                0 => return dropped,
                count => dropped += usize::try_from(count).unwrap_or(usize::MAX),
            }
        }
    }

    /// Hands this thread's idle objects to all threads; tells how many.
    ///
    /// For a thread that will be idle for long: call it where a runtime parks its threads.
    ///
    /// # Allocation
    ///
    /// Allocates amortised O(log n) times. The depot's own list may grow.
    pub fn flush_thread(&self) -> usize {
        let Some(Some(opened)) = self.opened.get() else { return 0 };
        engine::flush(opened.core, opened.pool)
    }

    /// Returns what the pool has done and holds.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Cost
    ///
    /// O(threads that have used the pool).
    #[must_use]
    pub fn stats(&self) -> ObjectStats {
        let Some(Some(opened)) = self.opened.get() else { return ObjectStats::default() };
        let figures = opened.core.figures(opened.pool);
        ObjectStats {
            reused: figures.hits,
            made: figures.misses,
            beside: figures.strays,
            in_use: figures.outstanding,
            idle: figures.idle_bytes,
            exchanges: figures.exchanges,
        }
    }

    #[inline]
    pub(super) fn at_hand(&self) -> Option<Pooled<T>> {
        let opened = self.opened.get()?.as_ref()?;
        let (item, tag) = engine::take_any(opened.pool, CLASS)?;
        Some(Pooled { object: item.0.cast(), tag })
    }

    #[cold]
    fn get_slowly(&self) -> Pooled<T> {
        self.reach_or_make(false).unwrap_or_else(|| {
            let value = (self.make)();
            let tag = match self.opened() {
                Some(opened) => {
                    opened.core.stray_out(opened.pool);
                    opened.pool.item(CLASS).with(BESIDE)
                }
                None => Tag(BESIDE),
            };
            Pooled { object: boxed(Object { value, retain: 0 }), tag }
        })
    }

    /// One that lies idle elsewhere, or a new one if there may be more.
    #[cold]
    pub(super) fn reach_or_make(&self, in_turn: bool) -> Option<Pooled<T>> {
        let opened = self.opened()?;
        if opened.core.waits(opened.pool) && !in_turn {
            // Of what others wait for nothing stays here.
            engine::flush(opened.core, opened.pool);
            return None;
        }
        let kind = &Object::<T>::KIND;
        match engine::take_slowly(opened.core, opened.pool, CLASS, kind, 0) {
            Some((item, tag)) => Some(Pooled { object: item.0.cast(), tag }),
            None => self.make(opened),
        }
    }

    fn make(&self, Opened { core, pool }: &Opened) -> Option<Pooled<T>> {
        let kind = &Object::<T>::KIND;
        if !core.admit(*pool, CLASS, kind) {
            return None;
        }
        // Given up again if `make` panics.
        let give_back =
            || seeded!(core.dismiss(*pool, CLASS, kind), "make-panic-keeps-its-place" => ());
        let admitted = OnDrop(give_back);
        let object = boxed(Object { value: (self.make)(), retain: self.retain });
        let _ = ManuallyDrop::new(admitted);
        core.missed();
        Some(Pooled { object, tag: pool.item(CLASS) })
    }

    pub(super) fn opened(&self) -> Option<&Opened> {
        let open = || {
            let limits = Limits {
                bytes: self.max_objects,
                thread_bytes: self.thread_objects,
                class: CLASS,
                decay: self.decay,
            };
            let (core, pool) = engine::open(&Object::<T>::KIND, limits)?;
            Some(Opened { core, pool })
        };
        self.opened.get_or_init(open).as_ref()
    }
}

impl<T: Reset + Send> Drop for Pool<T> {
    fn drop(&mut self) {
        if let Some(Some(Opened { core, pool })) = self.opened.get() {
            engine::flush(core, *pool);
            engine::close(core, *pool, &Object::<T>::KIND);
        }
    }
}

impl<T: Reset + Send + Default> Default for Pool<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Reset + Send> fmt::Debug for Pool<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

impl<T: Reset + Send> Pooled<T> {
    /// Takes the object out of the pool for good.
    ///
    /// # Allocation
    ///
    /// Frees the box that it was in; never allocates.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::pool::Pool;
    ///
    /// let pool: Pool<Vec<u8>> = Pool::new();
    /// let mut bytes = pool.get();
    /// bytes.push(1);
    /// let own: Vec<u8> = bytes.detach();
    /// assert_eq!((own, pool.stats().in_use, pool.stats().idle), (vec![1], 0, 0));
    /// ```
    #[must_use = "the object is dropped otherwise: drop the guard, and it is kept"]
    pub fn detach(self) -> T {
        let this = ManuallyDrop::new(self);
        let dismiss = || engine::dismiss(this.tag, this.tag.has(BESIDE), &Object::<T>::KIND);
        seeded!(dismiss(), "detached-still-counted" => ());
        // SAFETY: the pointer comes from `boxed` (O1), and this is the one time that the
        // guard gives its object up (O2): its drop does not run.
        let object = unsafe { Box::from_raw(this.object.as_ptr()) };
        object.value
    }

    fn object(&self) -> &Object<T> {
        // SAFETY: it points to an object (O1) that is ours until we are dropped (O2).
        unsafe { self.object.as_ref() }
    }

    fn object_mut(&mut self) -> &mut Object<T> {
        // SAFETY: as above; we are borrowed mutably, so there is no other reference.
        unsafe { self.object.as_mut() }
    }
}

impl<T: Reset + Send> Deref for Pooled<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.object().value
    }
}

impl<T: Reset + Send> DerefMut for Pooled<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.object_mut().value
    }
}

impl<T: Reset + Send> Drop for Pooled<T> {
    #[inline]
    fn drop(&mut self) {
        let gone = Gone { object: self.object, tag: self.tag };
        if self.tag.has(BESIDE) || thread::panicking() {
            return;
        }
        let Object { value, retain } = self.object_mut();
        // A panic drops `gone`, and that the object.
        seeded!(value.reset(), "reset-panic-pooled" => {
            drop(catch_unwind(AssertUnwindSafe(|| value.reset())));
        });
        if !value.retain(*retain) {
            return;
        }
        let _ = ManuallyDrop::new(gone);
        let item = Item(self.object.cast());
        match engine::magazine(self.tag) {
            Some(magazine) if magazine.push(item) => {}
            _ => engine::give(self.tag, &Object::<T>::KIND, 0, item),
        }
    }
}

impl<T: Reset + Send + fmt::Debug> fmt::Debug for Pooled<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl fmt::Display for PoolFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the pool's {} objects are taken: drop some, raise `max_objects`, lower \
             `thread_objects`, or call `get`, which makes one beside the pool",
            self.limit
        )
    }
}

impl core::error::Error for PoolFull {}

impl<T: Send> Object<T> {
    const KIND: Kind = Kind { weigh: |_| 1, free: |_, item| free::<T>(item) };
}

/// Drops an idle object. A panic of its drop ends here: whoever happens to be at it has nothing to do
/// with the object, and others wait behind it.
fn free<T>(item: Item) {
    // SAFETY: the item was made by `boxed` of this type (O1), and the engine gives it up (O2).
    let object = unsafe { Box::from_raw(item.0.cast::<Object<T>>().as_ptr()) };
    let drop_it = AssertUnwindSafe(|| drop(object));
    let dropped = seeded!(catch_unwind(drop_it), "drop-panic-let-out" => {
        (drop_it.0)();
        Ok(())
    });
    if let Err(panic) = dropped {
        // What it carries may panic in its own drop: what comes of that is left alone.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(panic))).map_err(mem::forget);
    }
}

fn boxed<T>(object: Object<T>) -> NonNull<Object<T>> {
    NonNull::from(Box::leak(Box::new(object)))
}

/// An object that is not kept.
struct Gone<T: Send> {
    object: NonNull<Object<T>>,
    tag: Tag,
}

impl<T: Send> Drop for Gone<T> {
    #[cold]
    fn drop(&mut self) {
        engine::dismiss(self.tag, self.tag.has(BESIDE), &Object::<T>::KIND);
        let item = Item(self.object.cast());
        if thread::panicking() {
            // A second panic would end the process.
            free::<T>(item);
        } else {
            // SAFETY: the pointer comes from `boxed` (O1), and its guard is being dropped (O2).
            drop(unsafe { Box::from_raw(self.object.as_ptr()) });
        }
    }
}
