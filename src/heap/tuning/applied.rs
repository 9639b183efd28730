//! What became of each knob.

use core::fmt;

use crate::heap::Backend;

/// Every knob with every backend that it can concern.
const ROWS: usize = 6 * 3;

/// What became of each knob of a [`Tuning`](super::Tuning), backend by backend.
///
/// It prints in one line, for a log: `trim_threshold: applied (system); huge_pages: unsupported
/// (system), too late (mimalloc)`.
///
/// # Allocation
///
/// Never allocates.
#[derive(Clone, Copy, PartialEq, Eq)]
#[must_use = "a knob may not have been turned: look, or print it to the log"]
pub struct Applied {
    /// `None` from the first free place on.
    rows: [Option<Setting>; ROWS],
}

/// One knob, one backend, and what became of it.
///
/// # Allocation
///
/// Never allocates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Setting {
    /// What was to be set.
    pub knob: Knob,
    /// Where: [`Backend::System`] is glibc, for the C side of the process too.
    pub backend: Backend,
    /// What became of it.
    pub outcome: Outcome,
}

/// A knob of [`Tuning`](super::Tuning); its name is that of the builder's method.
///
/// # Allocation
///
/// Never allocates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Knob {
    /// [`Tuning::return_memory`](super::Tuning::return_memory).
    ReturnMemory,
    /// [`Tuning::max_arenas`](super::Tuning::max_arenas).
    MaxArenas,
    /// [`Tuning::background_purge`](super::Tuning::background_purge).
    BackgroundPurge,
    /// [`Tuning::huge_pages`](super::Tuning::huge_pages).
    HugePages,
    /// [`Tuning::trim_threshold`](super::Tuning::trim_threshold).
    TrimThreshold,
    /// [`Tuning::mmap_threshold`](super::Tuning::mmap_threshold).
    MmapThreshold,
}

/// What became of one knob.
///
/// # Allocation
///
/// Never allocates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It is in force.
    Applied,
    /// The backend has no such knob, or not on this platform, or not with this value.
    Unsupported,
    /// The backend takes it only before it wakes up, and has it otherwise: see
    /// [`tune_at_start!`](crate::heap::tune_at_start).
    TooLate,
    /// The user has set it by this environment variable, which wins. Nothing was changed.
    Environment(&'static str),
    /// The backend refused, with jemalloc's error number or the 0 of `mallopt`.
    Failed(i32),
}

impl Applied {
    pub(super) const fn none() -> Self {
        Self { rows: [None; ROWS] }
    }

    pub(super) fn record(&mut self, knob: Knob, backend: Backend, outcome: Outcome) {
        let free = self.rows.iter_mut().find(|row| row.is_none());
        debug_assert!(free.is_some(), "there is a row for each knob and backend");
        if let Some(row) = free {
            *row = Some(Setting { knob, backend, outcome });
        }
    }

    /// Iterates over the knobs that were set, and the backends that each concerns.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn iter(&self) -> Settings<'_> {
        Settings { rows: self.rows.iter() }
    }

    /// Returns what became of `knob` on `backend`; `None` where it was not set or does not concern it.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn get(&self, knob: Knob, backend: Backend) -> Option<Outcome> {
        self.iter().find(|row| row.knob == knob && row.backend == backend).map(|row| row.outcome)
    }
}

/// The iterator of [`Applied::iter`].
///
/// # Allocation
///
/// Never allocates.
#[derive(Clone, Debug)]
pub struct Settings<'a> {
    rows: core::slice::Iter<'a, Option<Setting>>,
}

impl Iterator for Settings<'_> {
    type Item = Setting;

    fn next(&mut self) -> Option<Setting> {
        self.rows.next().copied().flatten()
    }
}

impl core::iter::FusedIterator for Settings<'_> {}

impl<'a> IntoIterator for &'a Applied {
    type Item = Setting;
    type IntoIter = Settings<'a>;

    fn into_iter(self) -> Settings<'a> {
        self.iter()
    }
}

impl fmt::Debug for Applied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

impl fmt::Display for Applied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for knob in Knob::ALL {
            let mut separator = if first { "" } else { "; " };
            for (n, row) in self.iter().filter(|row| row.knob == knob).enumerate() {
                if n == 0 {
                    write!(f, "{separator}{knob}: ")?;
                    separator = ", ";
                    first = false;
                } else {
                    f.write_str(separator)?;
                }
                write!(f, "{} ({})", row.outcome, row.backend)?;
            }
        }
        if first { f.write_str("nothing to tune") } else { Ok(()) }
    }
}

impl Knob {
    const ALL: [Self; 6] = [
        Self::ReturnMemory,
        Self::MaxArenas,
        Self::BackgroundPurge,
        Self::HugePages,
        Self::TrimThreshold,
        Self::MmapThreshold,
    ];
}

impl fmt::Display for Knob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ReturnMemory => "return_memory",
            Self::MaxArenas => "max_arenas",
            Self::BackgroundPurge => "background_purge",
            Self::HugePages => "huge_pages",
            Self::TrimThreshold => "trim_threshold",
            Self::MmapThreshold => "mmap_threshold",
        })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Applied => f.pad("applied"),
            Self::Unsupported => f.pad("unsupported"),
            Self::TooLate => f.pad("too late"),
            Self::Environment(variable) => write!(f, "left to {variable}"),
            Self::Failed(code) => write!(f, "failed with code {code}"),
        }
    }
}
