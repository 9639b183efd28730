//! A value that panics in whatever trait the code under test calls.

use core::cell::Cell;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::panic::AssertUnwindSafe;
use std::panic::{catch_unwind, resume_unwind};

use super::ledger;

/// Decides at which point of a run a panic starts.
///
/// [`each_panic_point`](super::each_panic_point) hands it out. Every call of a [`Bomb`]'s trait is
/// a point, and so is every [`tick`](Self::tick) that the closure writes itself. It blows once a
/// run; later points pass. It is a plain number: copy it into closures, iterators and threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fuse {
    run: u64,
}

impl Fuse {
    /// Makes a live [`Bomb`] around `value`.
    ///
    /// # Allocation
    ///
    /// Allocates freely: a tool for tests.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::fault::each_panic_point;
    ///
    /// let panics = each_panic_point(|fuse| {
    ///     let list = [3, 1, 2].map(|number| fuse.bomb(number));
    ///     assert_eq!(list[0].get(), 3);
    /// });
    /// assert_eq!(panics.points, 3, "each of the three drops");
    /// panics.assert_clean();
    /// ```
    #[must_use]
    pub fn bomb<T: Copy>(self, value: T) -> Bomb<T> {
        Bomb { run: self.run, id: ledger::enter(self.run), value }
    }

    /// Marks a point of the closure's own: here the fuse may blow.
    ///
    /// `what` names the point in reports. For the code that a container calls back: a predicate,
    /// an iterator's `next`, a constructor.
    ///
    /// # Allocation
    ///
    /// Allocates freely: a tool for tests.
    ///
    /// # Panics
    ///
    /// When the fuse is set to this point; the panic hook is not called, so nothing is printed.
    /// While the thread is already unwinding the point is only counted.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::fault::each_panic_point;
    ///
    /// let panics = each_panic_point(|fuse| {
    ///     let mut list = vec![1, 2, 3, 4];
    ///     list.retain(|number| {
    ///         fuse.tick("predicate");
    ///         number % 2 == 0
    ///     });
    /// });
    /// assert_eq!(panics.points, 4);
    /// ```
    pub fn tick(self, what: &'static str) {
        if ledger::tick(self.run, what) {
            resume_unwind(Box::new(Spark));
        }
    }

    /// Runs `f` and catches this fuse's panic, and no other.
    ///
    /// For looking at the value that the panic went through: is it still usable, and in a state
    /// that the documentation allows? Since the fuse blows once, the checks after it are safe.
    ///
    /// # Allocation
    ///
    /// Allocates freely: a tool for tests.
    ///
    /// # Errors
    ///
    /// [`Blown`] if the fuse blew inside `f`.
    ///
    /// # Panics
    ///
    /// If `f` panics for another reason, with that panic.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::fault::each_panic_point;
    ///
    /// each_panic_point(|fuse| {
    ///     let mut list = vec![fuse.bomb(1), fuse.bomb(2), fuse.bomb(3)];
    ///     if fuse.catch(|| list.truncate(1)).is_err() {
    ///         assert_eq!(list.len(), 1, "the length is set before the tail is dropped");
    ///     }
    ///     assert_eq!(list[0].get(), 1);
    /// })
    /// .assert_clean();
    /// ```
    pub fn catch<R>(self, f: impl FnOnce() -> R) -> Result<R, Blown> {
        // Unwind safety is what the closure is here to test.
        catch_unwind(AssertUnwindSafe(f)).or_else(|payload| {
            let landed = if payload.is::<Spark>() { ledger::land(self.run) } else { None };
            match landed {
                Some((point, what)) => Err(Blown { point, what }),
                None => resume_unwind(payload),
            }
        })
    }

    pub(super) fn of(run: u64) -> Self {
        Self { run }
    }
}

/// The panic of a [`Fuse`], caught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Blown {
    /// The point at which the fuse blew, counted from 1.
    pub point: u64,
    /// What was being done there: `"clone"`, `"drop"`, or the name given to [`Fuse::tick`].
    pub what: &'static str,
}

impl fmt::Display for Blown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the fuse blew at point {} ({})", self.point, self.what)
    }
}

impl core::error::Error for Blown {}

/// A value whose trait calls panic when its fuse says so.
///
/// `Clone`, `Drop`, `PartialEq`, `Ord` (and `PartialOrd`), `Hash` and `Default` are points at
/// which the [`Fuse`] may blow; `Debug` and [`get`](Self::get) are not. Otherwise it behaves as
/// the value inside: bombs are equal, ordered and hashed as their values are.
///
/// Each has a number in the ledger of its run. A second drop, or any use after the drop, is written
/// down; it does no harm, for the bomb is made of plain numbers (hence `T: Copy`). A drop that
/// comes while the thread unwinds is counted and never blows, as that would abort the process.
///
/// It is `'static`, and `Send` and `Sync` if `T` is.
///
/// # Examples
///
/// ```
/// use thrifty::fault::each_panic_point;
///
/// let panics = each_panic_point(|fuse| {
///     let mut list = vec![fuse.bomb(2), fuse.bomb(1)];
///     list.sort();
///     assert!(list[0] < list[1]);
/// });
/// assert!(panics.points >= 4, "two comparisons or more, two drops");
/// panics.assert_clean();
/// ```
pub struct Bomb<T: Copy = u32> {
    run: u64,
    id: usize,
    value: T,
}

impl<T: Copy> Bomb<T> {
    /// Returns the value inside; never a panic point.
    ///
    /// # Allocation
    ///
    /// Allocates freely: a tool for tests.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::fault::each_panic_point;
    ///
    /// each_panic_point(|fuse| assert_eq!(fuse.bomb('x').get(), 'x')).assert_clean();
    /// ```
    pub fn get(&self) -> T {
        ledger::touch(self.run, self.id, "get");
        self.value
    }

    fn point(&self, what: &'static str) {
        ledger::touch(self.run, self.id, what);
        Fuse::of(self.run).tick(what);
    }
}

impl<T: Copy> Clone for Bomb<T> {
    fn clone(&self) -> Self {
        self.point("clone");
        Fuse::of(self.run).bomb(self.value)
    }
}

impl<T: Copy> Drop for Bomb<T> {
    fn drop(&mut self) {
        ledger::bury(self.run, self.id);
        Fuse::of(self.run).tick("drop");
    }
}

impl<T: Copy + PartialEq> PartialEq for Bomb<T> {
    fn eq(&self, other: &Self) -> bool {
        self.point("eq");
        ledger::touch(other.run, other.id, "eq");
        self.value == other.value
    }
}

impl<T: Copy + Eq> Eq for Bomb<T> {}

impl<T: Copy + Ord> PartialOrd for Bomb<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Copy + Ord> Ord for Bomb<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.point("cmp");
        ledger::touch(other.run, other.id, "cmp");
        self.value.cmp(&other.value)
    }
}

impl<T: Copy + Hash> Hash for Bomb<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.point("hash");
        self.value.hash(state);
    }
}

/// A bomb of the run that is under way on this thread.
///
/// Panics outside of [`each_panic_point`](super::each_panic_point), where there is no fuse for it.
impl<T: Copy + Default> Default for Bomb<T> {
    fn default() -> Self {
        let run = CURRENT.get();
        assert!(
            run != 0,
            "thrifty::fault: `Bomb::default` outside of `each_panic_point` has no fuse: call it \
             in the closure, on the closure's own thread"
        );
        Fuse::of(run).tick("default");
        Fuse::of(run).bomb(T::default())
    }
}

impl<T: Copy + fmt::Debug> fmt::Debug for Bomb<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bomb").field(&self.value).finish()
    }
}

/// Makes `run` the one whose fuse `Bomb::default` takes, until dropped.
pub(super) struct Current {
    before: u64,
}

impl Current {
    pub(super) fn set(run: u64) -> Self {
        Self { before: CURRENT.replace(run) }
    }
}

impl Drop for Current {
    fn drop(&mut self) {
        CURRENT.set(self.before);
    }
}

thread_local! {
    static CURRENT: Cell<u64> = const { Cell::new(0) };
}

/// The payload of our panics. Of no size, so that its box asks for no memory.
struct Spark;
