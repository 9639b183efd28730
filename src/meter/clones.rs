//! Counts clones, where a type says that they matter.
//!
//! ```text
//!  CloneProbe { value, family } ---+
//!       | clone                    +--> one counter on the heap, made by the first clone
//!  CloneProbe { value, family } ---+
//! ```
//!
//! That counter answers for one value and what was cloned from it, on any thread. What
//! `assert_clones!` asks is answered by a list of the thread's open watches, innermost last.

use alloc::sync::Arc;
use core::any::type_name;
use core::cell::RefCell;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::{Deref, DerefMut};
use core::panic::Location;
use core::sync::atomic::AtomicU64;
use core::sync::atomic::Ordering::Relaxed;
use std::backtrace::Backtrace;
use std::sync::OnceLock;
use std::thread::panicking;

use super::assert::{Op, fail};
use super::{pause, trace};

/// Wraps a value and counts how often it is cloned.
///
/// Use it in a test in place of a `T` that should be borrowed or moved: it derefs to the value, and
/// compares, hashes and prints as the value does. [`assert_clones!`](crate::assert_clones) bounds
/// the clones in a piece of code, [`CloneProbe::clones`] tells those of one value. To count the
/// heap's side of it, take [`assert_allocs!`](crate::assert_allocs).
///
/// # Allocation
///
/// Never allocates while a value is not cloned; otherwise once, for a counter of 24 bytes. That is
/// beside what `T::clone` allocates, and no scope or budget sees it: it is [paused](super::pause).
///
/// # Examples
///
/// ```
/// use thrifty::assert_clones;
/// use thrifty::meter::CloneProbe;
///
/// fn longest(names: &[CloneProbe<String>]) -> Option<CloneProbe<String>> {
///     names.iter().max_by_key(|name| name.len()).cloned()
/// }
///
/// let names = ["ada", "grace"].map(|name| CloneProbe::new(name.to_owned()));
/// let name = assert_clones!(== 1, { longest(&names) });
/// assert_eq!(name.unwrap().as_str(), "grace");
/// assert_eq!((CloneProbe::clones(&names[0]), CloneProbe::clones(&names[1])), (0, 1));
/// ```
#[derive(Default)]
pub struct CloneProbe<T> {
    value: T,
    family: Family,
}

impl<T> CloneProbe<T> {
    /// Wraps a value that has not been cloned yet.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    pub const fn new(value: T) -> Self {
        Self { value, family: Family(OnceLock::new()) }
    }

    /// Returns how often this value, what it was cloned from, and their clones have been cloned.
    ///
    /// All that stem from one `new` share the count, whatever thread they were cloned on.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn clones(this: &Self) -> u64 {
        this.family.0.get().map_or(0, |clones| clones.load(Relaxed))
    }

    /// Returns the value.
    ///
    /// # Allocation
    ///
    /// Frees the counter if this was the last of its family; never allocates.
    #[must_use]
    pub fn into_inner(this: Self) -> T {
        this.value
    }
}

impl<T: Clone> Clone for CloneProbe<T> {
    #[inline(never)]
    fn clone(&self) -> Self {
        let value = self.value.clone();
        cloned(type_name::<T>());
        Self { value, family: self.family.grown() }
    }

    /// Counts as a clone: it copies the value, if perhaps without allocating.
    #[inline(never)]
    fn clone_from(&mut self, source: &Self) {
        self.value.clone_from(&source.value);
        cloned(type_name::<T>());
        self.family = source.family.grown();
    }
}

impl<T> From<T> for CloneProbe<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T> Deref for CloneProbe<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for CloneProbe<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T> AsRef<T> for CloneProbe<T> {
    fn as_ref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for CloneProbe<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<T: PartialEq> PartialEq for CloneProbe<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for CloneProbe<T> {}

impl<T: PartialOrd> PartialOrd for CloneProbe<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<T: Ord> Ord for CloneProbe<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value)
    }
}

impl<T: Hash> Hash for CloneProbe<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

/// Runs a block and fails if it clones [`CloneProbe`](crate::meter::CloneProbe)s out of bounds.
///
/// `assert_clones!(<= 1, { .. })` counts the clones of all probes on this thread, and
/// `assert_clones!(<= 1, Order, { .. })` those of a `CloneProbe<Order>`. A `clone_from` counts as a
/// clone. The message has the caller's line, the figure beside its bound, and the backtrace of the
/// first clone over it.
///
/// The macro evaluates to the block's value. The block may leave early by `?`, `return` or `break`:
/// the bound is checked then as well. It must not be left suspended by `.await`. It works where
/// [`Metered`](crate::meter::Metered) is not installed.
///
/// # Allocation
///
/// Allocates freely: a tool for tests. No scope or budget of this room sees it.
///
/// # Panics
///
/// Panics if the bound does not hold.
///
/// # Examples
///
/// ```
/// use thrifty::assert_clones;
/// use thrifty::meter::CloneProbe;
///
/// let order = CloneProbe::new(vec![1, 2, 3]);
/// let total: i32 = assert_clones!(== 0, { order.iter().sum() });
/// let copy = assert_clones!(<= 1, Vec<i32>, { order.clone() });
/// assert_eq!((total, copy), (6, order));
/// ```
#[macro_export]
macro_rules! assert_clones {
    (@ $op:tt $count:expr, $of:expr, $block:block) => {{
        let guard = $crate::meter::__private::ClonesGuard::enter(
            $crate::__allocs_bound!(@op $op),
            $count,
            $of,
        );
        let value = $block;
        guard.finish();
        value
    }};
    ($op:tt $count:expr, $block:block) => {
        $crate::assert_clones!(@ $op $count, ::core::option::Option::None, $block)
    };
    ($op:tt $count:expr, $of:ty, $block:block) => {
        $crate::assert_clones!(
            @ $op $count,
            ::core::option::Option::Some(::core::any::type_name::<$of>()),
            $block
        )
    };
}

/// The clones that stem from one value; empty until the first.
#[derive(Default)]
struct Family(OnceLock<Arc<AtomicU64>>);

impl Family {
    /// Counts a clone, and returns the family for it.
    fn grown(&self) -> Self {
        let clones = self.0.get_or_init(|| pause(Arc::default));
        clones.fetch_add(1, Relaxed);
        Self(OnceLock::from(Arc::clone(clones)))
    }
}

impl Drop for Family {
    fn drop(&mut self) {
        let clones = self.0.take();
        pause(|| drop(clones));
    }
}

thread_local! {
    /// The open `assert_clones!` of this thread.
    static WATCHES: RefCell<Vec<Watch>> = const { RefCell::new(Vec::new()) };
}

struct Watch {
    /// The only type that counts here, by its name: `T` need not be `'static`, as a `TypeId` asks.
    only: Option<&'static str>,
    ceiling: u64,
    clones: u64,
    offence: Option<Offence>,
}

struct Offence {
    of: &'static str,
    backtrace: Backtrace,
}

impl Watch {
    /// Counts a clone; true if it is the first one too many.
    fn count(&mut self, of: &'static str) -> bool {
        if self.only.is_some_and(|only| only != of) {
            return false;
        }
        self.clones += 1;
        self.clones > self.ceiling && self.offence.is_none()
    }
}

/// Tells the watches of this thread.
fn cloned(of: &'static str) {
    // In a destructor of a thread that ends the list may be gone: nothing watches there.
    let _ = WATCHES.try_with(|watches| {
        let Ok(mut watches) = watches.try_borrow_mut() else { return };
        for watch in watches.iter_mut() {
            if watch.count(of) {
                let backtrace = pause(Backtrace::force_capture);
                watch.offence = Some(Offence { of, backtrace });
            }
        }
    });
}

/// Watches a block; checks the bound when it is finished, or dropped by an early exit.
#[doc(hidden)]
#[derive(Debug)]
pub struct ClonesGuard {
    op: Op,
    bound: u64,
    caller: &'static Location<'static>,
    checked: bool,
    /// Tied to the thread whose list it is in.
    _not_send: core::marker::PhantomData<*const ()>,
}

impl ClonesGuard {
    /// Starts to watch the calling thread.
    ///
    /// # Allocation
    ///
    /// Allocates freely: a tool for tests.
    #[must_use = "dropping the guard ends the watch"]
    #[track_caller]
    pub fn enter(op: Op, bound: u64, only: Option<&'static str>) -> Self {
        let ceiling = op.ceiling(bound).unwrap_or(u64::MAX);
        let watch = Watch { only, ceiling, clones: 0, offence: None };
        pause(|| WATCHES.with_borrow_mut(|watches| watches.push(watch)));
        let caller = Location::caller();
        Self { op, bound, caller, checked: false, _not_send: core::marker::PhantomData }
    }

    /// Checks the bound.
    ///
    /// # Allocation
    ///
    /// Allocates freely: a tool for tests.
    ///
    /// # Panics
    ///
    /// Panics if the bound does not hold.
    #[track_caller]
    pub fn finish(mut self) {
        self.check();
    }

    #[track_caller]
    fn check(&mut self) {
        if self.checked {
            return;
        }
        self.checked = true;
        // Blocks end in reverse order, so the last watch is this guard's.
        let Some(watch) = WATCHES.with_borrow_mut(Vec::pop) else { return };
        if panicking() || self.op.holds(watch.clones, self.bound) {
            pause(|| drop(watch));
            return;
        }
        // The message is no business of a scope around this one.
        let message = pause(|| Failure { guard: self, watch }.to_string());
        fail(&message);
    }
}

impl Drop for ClonesGuard {
    fn drop(&mut self) {
        self.check();
    }
}

struct Failure<'a> {
    guard: &'a ClonesGuard,
    watch: Watch,
}

impl fmt::Display for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { guard: ClonesGuard { op, bound, caller, .. }, watch } = self;
        writeln!(f, "assert_clones! at {caller} failed:")?;
        write!(
            f,
            "  clones        {:>8}   {} {bound}  <- out of bounds",
            watch.clones,
            op.symbol()
        )?;
        if let Some(only) = watch.only {
            write!(f, ", of `{only}` alone")?;
        }
        writeln!(f)?;
        let Some(Offence { of, backtrace }) = &watch.offence else { return Ok(()) };
        write!(f, "the first clone over the bound, of `{of}`, was made")?;
        trace::write_trimmed(f, &backtrace.to_string())
    }
}
