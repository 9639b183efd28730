//! What the allocator writes down while the recorded code runs.

use std::backtrace::Backtrace;
use std::collections::HashMap;

use crate::meter::stack::{self, Look};
use crate::meter::watch::Request;

/// The most requests that are kept: 24 bytes each.
const MAX_REQUESTS: usize = 100_000;
/// The most ways to get to a request that are kept: a few KiB each.
const MAX_STACKS: usize = 10_000;

/// All requests of a thread, shared by the recordings that are open on it.
#[derive(Debug, Default)]
pub(in crate::meter) struct Log {
    open: usize,
    requests: Vec<Recorded>,
    stacks: Vec<Stack>,
    /// Where in `stacks` a path is that was seen before.
    known: HashMap<u64, usize>,
    /// Requests after a limit was reached.
    dropped: u64,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Recorded {
    pub(super) request: Request,
    /// An index into the stacks.
    pub(super) stack: usize,
}

/// `None` where a backtrace could not be taken: while a panic or another backtrace is under way.
pub(super) type Stack = Option<Backtrace>;

impl Log {
    pub(in crate::meter) fn new() -> Self {
        Self::default()
    }

    /// Notes that one more recording is open, and returns where it starts.
    pub(in crate::meter) fn open(&mut self) -> usize {
        self.open += 1;
        self.requests.len()
    }

    /// Notes that one recording less is open; true if it was the last.
    pub(in crate::meter) fn close(&mut self) -> bool {
        self.open -= 1;
        self.open == 0
    }

    /// Writes a request down. Called by the allocator on a paused thread: must not unwind.
    pub(in crate::meter) fn record(&mut self, request: Request) {
        if self.requests.len() < MAX_REQUESTS
            && let Some(stack) = self.stack()
        {
            self.requests.push(Recorded { request, stack });
        } else {
            self.dropped += 1;
        }
    }

    /// The index of the current stack. A backtrace is taken once for each path, since it is large
    /// and slow; `None` when there are too many.
    fn stack(&mut self) -> Option<usize> {
        let look = stack::look();
        // No path is 0 but by the chance that two paths are equal.
        let path = match look {
            Look::Busy(_) => Some(0),
            Look::Path(path) => Some(path),
            Look::Unknown => None,
        };
        if let Some(&known) = path.and_then(|path| self.known.get(&path)) {
            return Some(known);
        }
        if self.stacks.len() == MAX_STACKS {
            return None;
        }
        let backtrace = (!matches!(look, Look::Busy(_))).then(Backtrace::force_capture);
        self.stacks.push(backtrace);
        let index = self.stacks.len() - 1;
        if let Some(path) = path {
            self.known.insert(path, index);
        }
        Some(index)
    }

    /// What was recorded from `mark` on.
    pub(super) fn requests(&self, mark: usize) -> &[Recorded] {
        &self.requests[mark..]
    }

    pub(super) fn stacks(&self) -> &[Stack] {
        &self.stacks
    }

    /// Requests that are missing, some perhaps from before a mark.
    pub(super) const fn dropped(&self) -> u64 {
        self.dropped
    }
}
