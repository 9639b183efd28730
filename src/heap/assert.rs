//! A test that pins the allocator of a program.

use core::fmt;

use super::{Backend, ByFeature, Selection, active, selection};

/// Fails unless the process runs on the named allocator.
///
/// One line in a test of the application, since any crate in its graph may turn on a feature and with
/// it what [`ByFeature`] means. It takes a variant of [`Backend`] and asks [`active`], so it sees
/// what runs; the message says what that is, what was asked for, and what to change. Take [`active`]
/// itself to act on the answer in a program.
///
/// `System` can be proven on Linux with glibc only: elsewhere `assert_active!(System)` fails.
///
/// # Allocation
///
/// Allocates freely: a tool for tests.
///
/// # Panics
///
/// Panics if another allocator is active, or one that this crate does not know.
///
/// # Examples
///
/// ```
/// use thrifty::heap;
///
/// #[global_allocator]
/// static GLOBAL: heap::System = heap::System;
///
/// # #[cfg(all(target_os = "linux", target_env = "gnu"))]
/// heap::assert_active!(System);
/// ```
#[macro_export]
macro_rules! assert_active {
    ($backend:ident $(,)?) => {
        $crate::heap::__private::assert_active($crate::heap::Backend::$backend)
    };
}

/// What [`assert_active!`](crate::assert_active) expands to.
///
/// # Panics
///
/// As the macro.
#[doc(hidden)]
#[track_caller]
pub fn assert_active(expected: Backend) {
    let seen = Seen { expected, active: active(), selection: selection() };
    assert!(seen.active == Some(expected), "{seen}");
}

/// All that there is to know about a process.
#[derive(Debug)]
struct Seen {
    expected: Backend,
    active: Option<Backend>,
    selection: Option<Selection>,
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "assert_active!({:?}) failed\n  active:       ", self.expected)?;
        match self.active {
            Some(active) => write!(f, "{active}")?,
            None => f.write_str("none that can be proven")?,
        }
        f.write_str("\n  compiled in: ")?;
        for backend in Backend::compiled() {
            write!(f, " {backend}")?;
        }
        write!(f, " (`ByFeature` takes {})\n  environment:  ", ByFeature::BACKEND)?;
        match &self.selection {
            Some(selection) => write!(f, "{selection}")?,
            None => f.write_str("not asked, since no `ByEnv` has served a request")?,
        }
        f.write_str("\n  what to do:   ")?;
        self.advice(f)
    }
}

impl Seen {
    fn advice(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let expected = self.expected;
        if !Backend::compiled().contains(&expected) {
            return write!(f, "turn on the feature `{expected}` of thrifty");
        }
        if self.selection.is_some() {
            return write!(f, "set the variable to `{expected}`, or make it the default by `or`");
        }
        match self.active {
            None if expected == Backend::System => f.write_str(
                "name `heap::System` in the static; that it is active can be proven on Linux with \
                 glibc only",
            ),
            None => write!(
                f,
                "name `heap::{expected:?}` in the static: its allocator is none that thrifty knows"
            ),
            Some(active) if active == ByFeature::BACKEND => write!(
                f,
                "`cargo tree -e features -i thrifty` shows who turns the features on; leave out those \
                 of {active}, or name `heap::{expected:?}` in the static"
            ),
            Some(_) => write!(f, "name `heap::{expected:?}` in the static"),
        }
    }
}
