//! A progress bar on standard error, if that is a terminal.

use std::cell::Cell;
use std::fmt;
use std::io::{IsTerminal, stderr};

use indicatif::{ProgressBar, ProgressStyle};

const STEPS: u64 = 1000;

/// One bar for all passes.
pub(crate) struct Progress {
    bar: ProgressBar,
    /// The part of the bar that the present pass fills.
    from: Cell<f64>,
    to: Cell<f64>,
}

impl Progress {
    /// Starts the bar; without a terminal a line says how long it will take, so that nobody waits
    /// in the dark.
    pub(crate) fn start(what: &str) -> Self {
        let bar = if stderr().is_terminal() {
            ProgressBar::new(STEPS)
        } else {
            eprintln!("{what}");
            ProgressBar::hidden()
        };
        if let Ok(style) = ProgressStyle::with_template("{msg:28} [{bar:40}] {percent:>3}%") {
            bar.set_style(style.progress_chars("=> "));
        }
        Self { bar, from: Cell::new(0.0), to: Cell::new(0.0) }
    }

    /// Begins a pass that fills the bar up to `to`, from 0 to 1.
    pub(crate) fn pass(&self, what: &'static str, to: f64) {
        self.from.set(self.to.replace(to));
        self.bar.set_message(what);
        self.set(0.0);
    }

    /// How much of the pass is done, from 0 to 1.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to STEPS")]
    pub(crate) fn set(&self, part: f64) {
        let (from, to) = (self.from.get(), self.to.get());
        let whole = from + (to - from) * part.clamp(0.0, 1.0);
        self.bar.set_position((whole * 1000.0) as u64);
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").field("position", &self.bar.position()).finish_non_exhaustive()
    }
}
