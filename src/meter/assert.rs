//! Fails where code uses the heap more than it may, and shows the line that does.

use core::fmt;
use core::panic::Location;
use std::thread::panicking;

use super::scope::{Mode, Paused, Scope, mode};
use super::stack::Withheld;
use super::trace;
use super::usage::Usage;
use super::watch::{self, Limits, Offence};

/// Runs `f` and fails if it allocates or reallocates on this thread.
///
/// The message has the caller's line, the figures, and the backtrace of the first request. The panic
/// starts when `f` has returned, never inside the allocator. Freeing is allowed. Take
/// [`assert_allocs!`](crate::assert_allocs) for other bounds.
///
/// # Allocation
///
/// Allocates freely: a tool for tests.
///
/// # Panics
///
/// Panics if `f` allocates, and where [`measure`](super::measure) does.
///
/// # Examples
///
/// ```
/// # use std::alloc::System;
/// # use thrifty::meter::{self, Metered};
/// # #[global_allocator]
/// # static GLOBAL: Metered<System> = Metered::new(System);
/// let mut line = String::with_capacity(64);
/// let length = meter::no_alloc(|| {
///     line.push_str("fits into what is there");
///     line.len()
/// });
/// assert_eq!(length, 23);
/// ```
#[track_caller]
pub fn no_alloc<R>(f: impl FnOnce() -> R) -> R {
    let guard = AllocsGuard::enter("no_alloc", [Bound::new(Field::Allocs, Op::Equal, 0)]);
    let result = f();
    guard.finish();
    result
}

/// Runs a block and fails if its use of the heap on this thread is out of bounds.
///
/// A first bound without a name is on allocations and reallocations together; any of `allocs` (the
/// same), `reallocs`, `frees`, `bytes` and `peak` may follow, with any comparison and any integer.
/// The message has the caller's line, each figure beside its bound, and the backtrace of the first
/// request that went over one.
///
/// The macro evaluates to the block's value. The block may leave early by `?`, `return` or `break`:
/// the bounds are checked then as well, but not while the thread is panicking already. It must not
/// be left suspended by `.await`.
///
/// # Allocation
///
/// Allocates freely: a tool for tests.
///
/// # Panics
///
/// Panics if a bound does not hold, and where [`measure`](crate::meter::measure) does.
///
/// # Examples
///
/// ```
/// # use std::alloc::System;
/// # use thrifty::meter::Metered;
/// # #[global_allocator]
/// # static GLOBAL: Metered<System> = Metered::new(System);
/// use thrifty::assert_allocs;
///
/// let words = assert_allocs!(== 1, bytes <= 64, peak <= 64, {
///     let mut words = Vec::with_capacity(4);
///     words.extend("a b c".split(' '));
///     words
/// });
/// assert_eq!(words.len(), 3);
/// ```
#[macro_export]
macro_rules! assert_allocs {
    // The bounds have all been read; the rest is the code.
    (@bounds [$($bound:expr,)*] $block:expr $(,)?) => {{
        let guard = $crate::meter::__private::AllocsGuard::enter("assert_allocs!", [$($bound),*]);
        #[allow(
            unreachable_code,
            clippy::diverging_sub_expression,
            reason = "the code may leave by `return`, `?` or a panic"
        )]
        let value = {
            let value = $block;
            guard.finish();
            value
        };
        value
    }};
    (@bounds [$($done:tt)*] $field:ident <= $limit:expr, $($rest:tt)+) => {
        $crate::assert_allocs!(@bounds [$($done)* $crate::__allocs_bound!($field AtMost $limit),] $($rest)+)
    };
    (@bounds [$($done:tt)*] $field:ident < $limit:expr, $($rest:tt)+) => {
        $crate::assert_allocs!(@bounds [$($done)* $crate::__allocs_bound!($field Below $limit),] $($rest)+)
    };
    (@bounds [$($done:tt)*] $field:ident == $limit:expr, $($rest:tt)+) => {
        $crate::assert_allocs!(@bounds [$($done)* $crate::__allocs_bound!($field Equal $limit),] $($rest)+)
    };
    (@bounds [$($done:tt)*] $field:ident >= $limit:expr, $($rest:tt)+) => {
        $crate::assert_allocs!(@bounds [$($done)* $crate::__allocs_bound!($field AtLeast $limit),] $($rest)+)
    };
    (@bounds [$($done:tt)*] $field:ident > $limit:expr, $($rest:tt)+) => {
        $crate::assert_allocs!(@bounds [$($done)* $crate::__allocs_bound!($field Above $limit),] $($rest)+)
    };
    (<= $($rest:tt)+) => { $crate::assert_allocs!(@bounds [] allocs <= $($rest)+) };
    (< $($rest:tt)+) => { $crate::assert_allocs!(@bounds [] allocs < $($rest)+) };
    (== $($rest:tt)+) => { $crate::assert_allocs!(@bounds [] allocs == $($rest)+) };
    (>= $($rest:tt)+) => { $crate::assert_allocs!(@bounds [] allocs >= $($rest)+) };
    (> $($rest:tt)+) => { $crate::assert_allocs!(@bounds [] allocs > $($rest)+) };
    ($field:ident $($rest:tt)+) => { $crate::assert_allocs!(@bounds [] $field $($rest)+) };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __allocs_bound {
    (@field allocs) => { $crate::meter::__private::Field::Allocs };
    (@field reallocs) => { $crate::meter::__private::Field::Reallocs };
    (@field frees) => { $crate::meter::__private::Field::Frees };
    (@field bytes) => { $crate::meter::__private::Field::Bytes };
    (@field peak) => { $crate::meter::__private::Field::Peak };
    (@field $other:ident) => {
        ::core::compile_error!(::core::concat!(
            "assert_allocs! knows no figure `", ::core::stringify!($other),
            "`: write allocs, reallocs, frees, bytes or peak"
        ))
    };
    (@op <=) => { $crate::meter::__private::Op::AtMost };
    (@op <) => { $crate::meter::__private::Op::Below };
    (@op ==) => { $crate::meter::__private::Op::Equal };
    (@op >=) => { $crate::meter::__private::Op::AtLeast };
    (@op >) => { $crate::meter::__private::Op::Above };
    (@op $other:tt) => {
        ::core::compile_error!(::core::concat!(
            "there is no comparison `", ::core::stringify!($other),
            "`: write <=, <, ==, >= or >"
        ))
    };
    ($field:ident $op:ident $bound:expr) => {
        $crate::meter::__private::Bound::new(
            $crate::__allocs_bound!(@field $field),
            $crate::meter::__private::Op::$op,
            $crate::meter::__private::Limit::into_limit($bound),
        )
    };
}

/// A figure that can be bounded.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Allocations and reallocations together.
    Allocs,
    /// Reallocations.
    Reallocs,
    /// Frees.
    Frees,
    /// Bytes allocated.
    Bytes,
    /// The peak in bytes.
    Peak,
}

impl Field {
    const fn name(self) -> &'static str {
        match self {
            Self::Allocs => "allocations",
            Self::Reallocs => "reallocations",
            Self::Frees => "frees",
            Self::Bytes => "bytes",
            Self::Peak => "peak bytes",
        }
    }

    const fn of(self, usage: &Usage) -> u64 {
        match self {
            Self::Allocs => usage.requests(),
            Self::Reallocs => usage.reallocs,
            Self::Frees => usage.frees,
            Self::Bytes => usage.bytes_allocated,
            Self::Peak => usage.peak_bytes,
        }
    }
}

/// An integer that can be a bound.
#[doc(hidden)]
pub trait Limit {
    /// The bound.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    ///
    /// # Panics
    ///
    /// Panics if it is negative.
    fn into_limit(self) -> u64;
}

macro_rules! limit {
    ($($integer:ty)*) => {
        $(
            impl Limit for $integer {
                #[track_caller]
                fn into_limit(self) -> u64 {
                    match u64::try_from(self) {
                        Ok(limit) => limit,
                        Err(_) => fail(&format!("a bound of {self}: write 0 or more")),
                    }
                }
            }
        )*
    };
}

limit! { u8 u16 u32 u64 usize i32 i64 isize }

/// How a figure is compared with its bound.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// `<=`
    AtMost,
    /// `<`
    Below,
    /// `==`
    Equal,
    /// `>=`
    AtLeast,
    /// `>`
    Above,
}

impl Op {
    pub(super) const fn symbol(self) -> &'static str {
        match self {
            Self::AtMost => "<=",
            Self::Below => "<",
            Self::Equal => "==",
            Self::AtLeast => ">=",
            Self::Above => ">",
        }
    }

    pub(super) const fn holds(self, figure: u64, value: u64) -> bool {
        match self {
            Self::AtMost => figure <= value,
            Self::Below => figure < value,
            Self::Equal => figure == value,
            Self::AtLeast => figure >= value,
            Self::Above => figure > value,
        }
    }

    /// The highest figure that holds, if there is one.
    pub(super) const fn ceiling(self, value: u64) -> Option<u64> {
        match self {
            Self::AtMost | Self::Equal => Some(value),
            Self::Below => Some(value.saturating_sub(1)),
            Self::AtLeast | Self::Above => None,
        }
    }
}

/// One comparison of a budget.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    field: Field,
    op: Op,
    value: u64,
}

impl Bound {
    /// Bounds one figure.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn new(field: Field, op: Op, value: u64) -> Self {
        Self { field, op, value }
    }

    const fn holds(&self, usage: &Usage) -> bool {
        self.op.holds(self.field.of(usage), self.value)
    }

    /// Whether it bounds anything: every figure is at most `u64::MAX`.
    const fn is_one(&self) -> bool {
        !(matches!(self.op, Op::AtMost) && self.value == u64::MAX)
    }
}

fn limits(bounds: &[Bound]) -> Limits {
    let mut limits = Limits::NONE;
    for bound in bounds {
        let Some(ceiling) = bound.op.ceiling(bound.value) else { continue };
        let limit = match bound.field {
            Field::Allocs => &mut limits.requests,
            Field::Reallocs => &mut limits.reallocs,
            Field::Bytes => &mut limits.bytes,
            Field::Peak => &mut limits.peak,
            Field::Frees => continue,
        };
        *limit = ceiling.min(*limit);
    }
    limits
}

/// Watches a block; checks the bounds when it is finished, or dropped by an early exit.
#[doc(hidden)]
#[derive(Debug)]
pub struct AllocsGuard<const N: usize> {
    what: &'static str,
    bounds: [Bound; N],
    caller: &'static Location<'static>,
    /// The scope and the number of its watch; `None` once the bounds have been checked.
    scope: Option<(Scope, u64)>,
}

impl<const N: usize> AllocsGuard<N> {
    /// Starts to watch the calling thread.
    ///
    /// # Allocation
    ///
    /// Allocates freely: a tool for tests.
    ///
    /// # Panics
    ///
    /// Panics where [`Scope::enter`] does, and if a bound is on the peak in the mode without it.
    #[track_caller]
    #[must_use = "dropping the guard ends the watch"]
    pub fn enter(what: &'static str, bounds: [Bound; N]) -> Self {
        let caller = Location::caller();
        let scope = Scope::enter();
        assert!(
            mode() == Mode::Full
                || !bounds.iter().any(|bound| bound.field == Field::Peak && bound.is_one()),
            "{what}: the peak is not known in the mode that counts only: \
             install `Metered::new` in place of `Metered::counts_only`, or leave the bound away"
        );
        let watch = watch::start(limits(&bounds), scope.since());
        Self { what, bounds, caller, scope: Some((scope, watch)) }
    }

    /// Checks the bounds.
    ///
    /// # Allocation
    ///
    /// Allocates freely: a tool for tests.
    ///
    /// # Panics
    ///
    /// Panics if a bound does not hold.
    #[track_caller]
    pub fn finish(mut self) {
        // Neither the message nor the panic is the business of a scope around this one.
        let _paused = Paused::new();
        if let Some(message) = self.verdict() {
            fail(&message);
        }
    }

    /// Ends the watch; the message if a bound does not hold.
    fn verdict(&mut self) -> Option<String> {
        let (scope, watch) = self.scope.take()?;
        let usage = scope.finish();
        let offence = watch::stop(watch);
        if panicking() || self.bounds.iter().all(|bound| bound.holds(&usage)) {
            return None;
        }
        let failure =
            Failure { what: self.what, caller: self.caller, bounds: &self.bounds, usage, offence };
        Some(failure.to_string())
    }
}

impl<const N: usize> Drop for AllocsGuard<N> {
    fn drop(&mut self) {
        let _paused = Paused::new();
        if let Some(message) = self.verdict() {
            fail(&message);
        }
    }
}

#[cold]
#[track_caller]
#[expect(clippy::panic, reason = "this is how an assertion fails")]
pub(super) fn fail(message: &str) -> ! {
    panic!("{message}")
}

struct Failure<'a> {
    what: &'static str,
    caller: &'static Location<'static>,
    bounds: &'a [Bound],
    usage: Usage,
    offence: Option<Offence>,
}

impl fmt::Display for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} at {} failed:", self.what, self.caller)?;
        for bound in self.bounds.iter().filter(|bound| bound.is_one()) {
            let (figure, name) = (bound.field.of(&self.usage), bound.field.name());
            let verdict = if bound.holds(&self.usage) { "" } else { "  <- out of bounds" };
            writeln!(
                f,
                "  {name:<13} {figure:>8}   {} {}{verdict}",
                bound.op.symbol(),
                bound.value
            )?;
        }
        writeln!(f, "  in all: {}", self.usage)?;
        match &self.offence {
            None if mode() == Mode::CountsOnly => {
                f.write_str("no backtrace: `Metered::counts_only` keeps none, `Metered::new` does")
            }
            None => Ok(()),
            Some(offence) => write_offence(f, offence, "a bound"),
        }
    }
}

/// Writes which request was the first over a limit, and where it was made.
pub(super) fn write_offence(
    f: &mut fmt::Formatter<'_>,
    Offence { size, backtrace }: &Offence,
    limit: &str,
) -> fmt::Result {
    write!(f, "the first request over {limit} ({size} B) was made")?;
    match backtrace {
        Ok(backtrace) => trace::write_trimmed(f, &backtrace.to_string()),
        Err(Withheld::Panicking) => f.write_str(" while this thread was panicking: no backtrace"),
        Err(Withheld::InBacktrace) => {
            f.write_str(" by code that takes or prints a backtrace: none here")
        }
    }
}
