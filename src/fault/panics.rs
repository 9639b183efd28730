//! Panic at the first point, then at the second, then at the third, until none is left.

use core::fmt;

use super::bomb::{Current, Fuse};
use super::ledger::{Entry, Open};
use super::sweep::{Whereabouts, list, point_limit};

/// Runs `f` with a panic starting at each of its points in turn.
///
/// The first run blows nothing and counts the points: every trait call of a [`Bomb`](super::Bomb)
/// and every [`Fuse::tick`]. Then point 1 panics, then 2, then 3, until a run meets no panic. Each
/// panic is caught; the panic hook is not called for it, so nothing is printed and other tests'
/// hooks are left alone. After each run the report learns which bombs were dropped twice, used
/// after their drop, or never dropped.
///
/// Make everything inside the closure, and inspect what survives a panic with [`Fuse::catch`]. A
/// run's panics may start on other threads as long as their payload comes back to this one with
/// [`resume_unwind`](std::panic::resume_unwind). Needs `panic = "unwind"`, as tests have it.
///
/// # Allocation
///
/// Allocates freely: a tool for tests.
///
/// # Panics
///
/// If the closure panics on its own account (a failed assertion): that panic passes through, and
/// the number of the point is printed beside it. If the report passes 1,000 points more than twice
/// the points of the first run, since then each run does more than the run before.
///
/// # Cost
///
/// As many runs as there are points, and two more.
///
/// # Examples
///
/// ```
/// use thrifty::fault::each_panic_point;
///
/// let panics = each_panic_point(|fuse| {
///     let list = vec![fuse.bomb(1), fuse.bomb(2)];
///     let copy = list.clone();
///     assert_eq!(copy.len(), 2);
/// });
/// assert_eq!(panics.points, 6, "two clones, four drops");
/// panics.assert_clean();
/// ```
#[track_caller]
pub fn each_panic_point(mut f: impl FnMut(Fuse)) -> Panics {
    let quiet = run(&mut f, 0);
    let limit = point_limit(quiet.ticks);
    let mut panics = Panics::default();
    loop {
        let point = panics.points + 1;
        assert!(
            point <= limit,
            "thrifty::fault::each_panic_point: point {point} is above the limit of {limit}, \
             although the first run had only {} points: each run does more than the run before, so \
             this would never end; make the closure do the same work each time",
            quiet.ticks
        );
        let entry = run(&mut f, point);
        let met = entry.ticks >= point;
        panics.note(if met { point } else { 0 }, &entry);
        if !met {
            return panics;
        }
        panics.points = point;
    }
}

/// What [`each_panic_point`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "the runs prove something only once their report is read: call `assert_clean`"]
#[non_exhaustive]
pub struct Panics {
    /// Points that were tried, one a run. 0 means that the closure has none.
    pub points: u64,
    /// Points at which the panic really started: all, unless a thread was unwinding already.
    pub blown: u64,
    /// Bombs that were dropped twice or used after their drop. Always a defect.
    pub misused: Vec<Misuse>,
    /// Runs after which bombs were still alive.
    ///
    /// Safe, and some containers say in their documentation that a panic makes them leak.
    pub leaked: Vec<Stray>,
}

/// A use of a [`Bomb`](super::Bomb) that had been dropped before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Misuse {
    /// The point that panicked in this run, counted from 1; 0: the last run, without a panic.
    pub point: u64,
    /// What was being done when the panic started; empty in the run without one.
    pub blown_in: &'static str,
    /// Which bomb: the number in which it was made in its run, counted from 0.
    pub bomb: usize,
    /// What was done to it: `"drop"`, `"clone"`, `"eq"`, `"cmp"`, `"hash"` or `"get"`.
    pub what: &'static str,
}

/// The [`Bomb`](super::Bomb)s that one run did not drop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stray {
    /// The point that panicked in this run, counted from 1; 0: the last run, without a panic.
    pub point: u64,
    /// What was being done when the panic started; empty in the run without one.
    pub blown_in: &'static str,
    /// How many bombs were still alive.
    pub bombs: usize,
}

impl Panics {
    /// Panics if a bomb was dropped twice, used after its drop, or leaked.
    ///
    /// # Allocation
    ///
    /// Allocates freely: a tool for tests.
    ///
    /// # Panics
    ///
    /// If there is such a bomb; the text names the points.
    ///
    /// # Examples
    ///
    /// ```should_panic
    /// use std::mem::ManuallyDrop;
    /// use thrifty::fault::each_panic_point;
    ///
    /// each_panic_point(|fuse| {
    ///     let bomb = ManuallyDrop::new(fuse.bomb(1)); // nobody will drop it
    ///     assert_eq!(bomb.get(), 1);
    /// })
    /// .assert_clean();
    /// ```
    #[track_caller]
    pub fn assert_clean(&self) {
        assert!(
            self.misused.is_empty() && self.leaked.is_empty(),
            "thrifty::fault::each_panic_point is not clean: {self}"
        );
    }

    /// Panics if a bomb was dropped twice or used after its drop; leaks may be.
    ///
    /// For containers that prefer a leak to work in a panic; take
    /// [`assert_clean`](Self::assert_clean) for all others.
    ///
    /// # Allocation
    ///
    /// Allocates freely: a tool for tests.
    ///
    /// # Panics
    ///
    /// If there is such a bomb; the text names the points.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::mem::ManuallyDrop;
    /// use thrifty::fault::each_panic_point;
    ///
    /// let panics = each_panic_point(|fuse| {
    ///     let bomb = ManuallyDrop::new(fuse.bomb(1));
    ///     assert_eq!(bomb.get(), 1);
    /// });
    /// panics.assert_sound();
    /// assert_eq!(panics.leaked[0].bombs, 1);
    /// ```
    #[track_caller]
    pub fn assert_sound(&self) {
        assert!(
            self.misused.is_empty(),
            "thrifty::fault::each_panic_point found something unsound: {self}"
        );
    }

    fn note(&mut self, point: u64, entry: &Entry) {
        self.blown += u64::from(entry.blown.is_some());
        let blown_in = entry.blown.unwrap_or_default();
        if entry.alive > 0 {
            self.leaked.push(Stray { point, blown_in, bombs: entry.alive });
        }
        let misuses = entry.misused.iter();
        self.misused.extend(misuses.map(|&(bomb, what)| Misuse { point, blown_in, bomb, what }));
    }
}

impl fmt::Display for Panics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} points, {} blown, {} misused", self.points, self.blown, self.misused.len())?;
        list(f, &self.misused, |f, misuse| {
            write!(f, "{} of the dropped bomb {}", misuse.what, misuse.bomb)?;
            place(f, misuse.point, misuse.blown_in)
        })?;
        write!(f, ", {} leaked", self.leaked.len())?;
        list(f, &self.leaked, |f, stray| {
            write!(f, "{} bombs", stray.bombs)?;
            place(f, stray.point, stray.blown_in)
        })
    }
}

fn place(f: &mut fmt::Formatter<'_>, point: u64, blown_in: &str) -> fmt::Result {
    match (point, blown_in) {
        (0, _) => f.write_str(" without a panic"),
        (_, "") => write!(f, " at {point}, unwinding already"),
        _ => write!(f, " at {point} ({blown_in})"),
    }
}

fn run(f: &mut impl FnMut(Fuse), point: u64) -> Entry {
    let ledger = Open::new(point);
    let fuse = Fuse::of(ledger.run());
    let _current = Current::set(ledger.run());
    let whereabouts = Whereabouts { tool: "thrifty::fault::each_panic_point", point };
    // The panic's point is in the ledger too: an error tells nothing new.
    let _ = fuse.catch(|| f(fuse));
    drop(whereabouts);
    ledger.read()
}
