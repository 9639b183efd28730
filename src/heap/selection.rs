//! What the environment asked for, what it got, and why.

use core::fmt;

use super::choice::{Answer, Choice, KEPT};
use super::environment::{self, Value};
use super::{Backend, ByFeature};

/// One for the process: two instances of `ByEnv` cannot disagree about a block.
static CHOICE: Choice = Choice::new();

/// Returns what [`ByEnv`](super::ByEnv) chose, or `None` while it has served no request.
///
/// Print it at start-up: a misspelt name takes the default, and this is where it shows. Take
/// [`active`](super::active) for the proof of what runs.
///
/// # Allocation
///
/// Never allocates.
///
/// # Examples
///
/// ```
/// use thrifty::heap::{self, Backend, ByEnv, Reason};
///
/// #[global_allocator]
/// static GLOBAL: ByEnv = ByEnv::new("EXAMPLE_ALLOC").or(Backend::System);
///
/// let selection = heap::selection().expect("a Rust program has allocated before `main`");
/// # #[cfg(unix)]
/// assert_eq!(selection.reason(), Reason::Absent);
/// assert_eq!(selection.backend(), Backend::System);
/// ```
#[must_use]
pub fn selection() -> Option<Selection> {
    CHOICE.answer().map(|answer| Selection { answer })
}

/// What [`ByEnv`](super::ByEnv) chose, out of which text, and why.
///
/// `Display` says all of it in one line.
///
/// # Allocation
///
/// Never allocates.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Selection {
    answer: Answer,
}

impl Selection {
    /// Returns the text of the variable as it was given, or `None` if there was none to obey.
    ///
    /// What is not UTF-8 is replaced by `?`, and a text of more than 40 bytes is cut.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub fn asked(&self) -> Option<&str> {
        let text = self.answer.text.get(..usize::from(self.answer.len).min(KEPT))?;
        // Valid: `kept` has seen to it.
        let text = str::from_utf8(text).ok()?.trim_end_matches('\0');
        (!text.is_empty()).then_some(text)
    }

    /// Returns the backend that serves the process.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn backend(&self) -> Backend {
        from_number(self.answer.backend)
    }

    /// Returns the backend that [`ByEnv::or`](super::ByEnv::or) names, where it was wanted and is not
    /// compiled in.
    ///
    /// Then [`ByFeature::BACKEND`](super::ByFeature::BACKEND) serves in its place.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn missing_default(&self) -> Option<Backend> {
        match self.answer.backend >> MISSING {
            0 => None,
            above => Some(from_number(above - 1)),
        }
    }

    /// Returns why it is this backend.
    ///
    /// # Allocation
    ///
    /// Never allocates.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        Reason::from_number(self.answer.why)
    }
}

impl fmt::Debug for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Selection")
            .field("asked", &self.asked())
            .field("backend", &self.backend())
            .field("reason", &self.reason())
            .finish()
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.backend())?;
        if let Some(asked) = self.asked() {
            let more = if usize::from(self.answer.len) > KEPT { "..." } else { "" };
            write!(f, "{asked:?}{more} was asked for; ")?;
        }
        self.reason().fmt(f)?;
        match self.missing_default() {
            Some(missing) => write!(f, "; the default, {missing}, is not compiled in"),
            None => Ok(()),
        }
    }
}

/// Why [`ByEnv`](super::ByEnv) took a backend.
///
/// # Allocation
///
/// Never allocates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The variable names this backend.
    Asked,
    /// The variable is absent, or holds nothing but white space: the default.
    Absent,
    /// The variable holds no name of a [`Backend`]: the default.
    Unknown,
    /// The variable names a backend that is not compiled in: the default.
    NotCompiled,
    /// The process has more rights than the user who set its environment: the default.
    Secure,
    /// On this platform the environment cannot be read without allocating: the default.
    Unsupported,
}

impl Reason {
    const ALL: [Self; 6] = [
        Self::Asked,
        Self::Absent,
        Self::Unknown,
        Self::NotCompiled,
        Self::Secure,
        Self::Unsupported,
    ];

    const fn from_number(number: u8) -> Self {
        Self::ALL[number as usize]
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Asked => "the variable names it",
            Self::Absent => "the variable is not set, so the default was taken",
            Self::Unknown => {
                "no allocator has that name, so the default was taken: write `system`, `mimalloc` \
                 or `jemalloc`"
            }
            Self::NotCompiled => {
                "it is not compiled in, so the default was taken: turn on the Cargo feature of that \
                 name"
            }
            Self::Secure => {
                "the process runs with more rights than its user, whose variable is not obeyed, so \
                 the default was taken"
            }
            Self::Unsupported => {
                "on this platform the variable cannot be read without allocating, so the default \
                 was taken"
            }
        })
    }
}

/// Returns the backend of this process, and chooses it by the environment if nobody has yet.
pub(super) fn choose(variable: &str, default: Option<Backend>) -> Backend {
    let number = CHOICE.backend_or_decide(|| {
        environment::look(variable, |value| decide(&value, default.unwrap_or(ByFeature::BACKEND)))
    });
    from_number(number)
}

/// Returns the backend of this process if it has been chosen.
pub(super) fn chosen() -> Option<Backend> {
    CHOICE.backend().map(from_number)
}

fn decide(value: &Value<'_>, default: Backend) -> Answer {
    let taken = if is_compiled(default) { default } else { ByFeature::BACKEND };
    let (backend, reason) = match value {
        Value::NoWay => (taken, Reason::Unsupported),
        Value::Distrusted => (taken, Reason::Secure),
        Value::Absent => (taken, Reason::Absent),
        Value::Text(text) => match text.trim_ascii() {
            [] => (taken, Reason::Absent),
            name => match named(name) {
                Some(backend) if is_compiled(backend) => (backend, Reason::Asked),
                Some(_) => (taken, Reason::NotCompiled),
                None => (taken, Reason::Unknown),
            },
        },
    };
    let (text, len) = match value {
        Value::Text(text) => kept(text),
        _ => ([0; KEPT], 0),
    };
    let missing = match reason {
        Reason::Asked => 0,
        _ if taken == default => 0,
        _ => number(default) + 1,
    };
    Answer { backend: missing << MISSING | number(backend), why: reason as u8, len, text }
}

fn named(name: &[u8]) -> Option<Backend> {
    [Backend::System, Backend::Mimalloc, Backend::Jemalloc]
        .into_iter()
        .find(|backend| backend.name().as_bytes().eq_ignore_ascii_case(name))
}

fn is_compiled(backend: Backend) -> bool {
    Backend::compiled().contains(&backend)
}

/// The beginning of a text as UTF-8, and its length: `KEPT + 1` if the text went on.
fn kept(text: &[u8]) -> ([u8; KEPT], u8) {
    let mut copy = [0; KEPT];
    let mut len = 0;
    let mut push = |piece: &str| match copy.get_mut(len..len + piece.len()) {
        Some(room) => {
            room.copy_from_slice(piece.as_bytes());
            len += piece.len();
            true
        }
        None => false,
    };
    let mut buffer = [0; 4];
    let all = text.utf8_chunks().all(|chunk| {
        chunk.valid().chars().all(|char| push(char.encode_utf8(&mut buffer)))
            && (chunk.invalid().is_empty() || push("?"))
    });
    let len = if all { len } else { KEPT + 1 };
    (copy, u8::try_from(len).unwrap_or(0))
}

/// In [`Answer::backend`], above the number of the backend: that of a missing default, plus one.
const MISSING: u8 = 4;

const fn number(backend: Backend) -> u8 {
    match backend {
        Backend::System => 0,
        Backend::Mimalloc => 1,
        Backend::Jemalloc => 2,
    }
}

const fn from_number(number: u8) -> Backend {
    match number % (1 << MISSING) {
        1 => Backend::Mimalloc,
        2 => Backend::Jemalloc,
        _ => Backend::System,
    }
}
