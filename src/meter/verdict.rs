//! What a snapshot says when its figures are not the committed ones.

use core::fmt;
use core::panic::Location;
use std::path::Path;

use super::allocs_file::{Build, Figures, Key};
use super::assert::write_offence;
use super::watch::Offence;

/// How the measured figures stand to the committed ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Same,
    /// None is higher, at least one is lower.
    Less,
    /// At least one is higher.
    More,
    Missing,
}

impl Verdict {
    pub(super) fn of(committed: Option<Figures>, found: Figures) -> Self {
        let Some(committed) = committed else { return Self::Missing };
        let pairs = || committed.named().into_iter().zip(found.named());
        if pairs().any(|((_, old), (_, new))| new > old) {
            Self::More
        } else if committed == found {
            Self::Same
        } else {
            Self::Less
        }
    }

    pub(super) const fn fails(self, strict: bool, ci: bool) -> bool {
        match self {
            Self::Same => false,
            Self::Less => strict,
            Self::More => true,
            Self::Missing => ci,
        }
    }
}

/// What a failure or a note says.
pub(super) struct Report<'a> {
    pub(super) key: &'a Key,
    pub(super) caller: &'a Location<'a>,
    pub(super) file: &'a Path,
    pub(super) strict: bool,
    pub(super) fails: bool,
    pub(super) verdict: Verdict,
    pub(super) committed: Option<Figures>,
    pub(super) found: Figures,
    pub(super) offence: Option<Offence>,
    /// The running test: the harness names its thread so.
    pub(super) test: Option<&'a str>,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key: Key { name, build }, caller, .. } = self;
        let file = self.file.display();
        let (note, failed) = if self.fails { ("", " failed") } else { ("note: ", "") };
        write!(f, "{note}snapshot {name:?} at {caller}{failed}: ")?;
        let accept = match self.verdict {
            Verdict::Missing => {
                writeln!(f, "{file} has no line for {build}, so nothing was compared")?;
                "record it"
            }
            Verdict::More => {
                writeln!(f, "more than {file} has for {build}")?;
                "accept it if it is meant"
            }
            Verdict::Less | Verdict::Same => {
                let strict = if self.strict { ", and it is strict" } else { "" };
                writeln!(f, "less than {file} has for {build}{strict}")?;
                "lock it in"
            }
        };
        match self.committed {
            Some(committed) => write_table(f, committed, self.found)?,
            None => writeln!(f, "  measured: {}", self.found)?,
        }
        writeln!(f, "  {accept}: {}", command(*build, self.test))?;
        match &self.offence {
            Some(offence) => write_offence(f, offence, "the committed figures"),
            None => Ok(()),
        }
    }
}

fn write_table(f: &mut fmt::Formatter<'_>, committed: Figures, found: Figures) -> fmt::Result {
    for ((name, old), (_, new)) in committed.named().into_iter().zip(found.named()) {
        write!(f, "  {name:<8} {old:>9} -> ")?;
        match new.checked_sub(old) {
            Some(0) => writeln!(f, "{new}"),
            Some(more) => writeln!(f, "{new:<9} +{more}"),
            None => writeln!(f, "{new:<9} -{}", old - new),
        }?;
    }
    Ok(())
}

/// What accepts the figures of the running test.
fn command(build: Build, test: Option<&str>) -> String {
    let release = if build.release { " --release" } else { "" };
    let is_path = |name: &&str| {
        *name != "main" && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ':')
    };
    // Other threads may be called anything: such a name would select no test.
    let (space, test) = test.filter(is_path).map_or(("", ""), |test| (" ", test));
    format!("BLESS=1 cargo test{release}{space}{test}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Figures = Figures { allocs: 1, reallocs: 0, frees: 1, bytes: 544, peak: 544 };

    fn report(committed: Option<Figures>, found: Figures, strict: bool, ci: bool) -> String {
        let verdict = Verdict::of(committed, found);
        let build = Build { release: ci, width: 64 };
        let caller = Location::caller();
        let text = Report {
            key: &Key { name: "parse small".to_owned(), build },
            caller,
            file: Path::new("tests/allocs.txt"),
            strict,
            fails: verdict.fails(strict, ci),
            verdict,
            committed,
            found,
            offence: None,
            test: Some("json::parses"),
        };
        text.to_string().replace(&caller.to_string(), "tests/a.rs:7:5")
    }

    #[test]
    fn a_regression_shows_each_figure_and_what_accepts_it() {
        let more = Figures { allocs: 3, frees: 0, bytes: 1632, peak: 1000, ..ONE };
        assert_eq!(
            report(Some(ONE), more, false, false),
            "snapshot \"parse small\" at tests/a.rs:7:5 failed: \
             more than tests/allocs.txt has for debug-64\n  \
             allocs           1 -> 3         +2\n  \
             reallocs         0 -> 0\n  \
             frees            1 -> 0         -1\n  \
             bytes          544 -> 1632      +1088\n  \
             peak           544 -> 1000      +456\n  \
             accept it if it is meant: BLESS=1 cargo test json::parses\n"
        );
    }

    #[test]
    fn an_improvement_is_a_note_or_a_failure() {
        let less = Figures { bytes: 256, peak: 256, ..ONE };
        let table = "allocs           1 -> 1\n  \
                     reallocs         0 -> 0\n  \
                     frees            1 -> 1\n  \
                     bytes          544 -> 256       -288\n  \
                     peak           544 -> 256       -288\n";
        assert_eq!(
            report(Some(ONE), less, false, false),
            format!(
                "note: snapshot \"parse small\" at tests/a.rs:7:5: \
                 less than tests/allocs.txt has for debug-64\n  \
                 {table}  lock it in: BLESS=1 cargo test json::parses\n"
            )
        );
        assert_eq!(
            report(Some(ONE), less, true, true),
            format!(
                "snapshot \"parse small\" at tests/a.rs:7:5 failed: \
                 less than tests/allocs.txt has for release-64, and it is strict\n  \
                 {table}  lock it in: BLESS=1 cargo test --release json::parses\n"
            )
        );
    }

    #[test]
    fn a_missing_entry_is_a_note_or_a_failure() {
        let measured = "measured: allocs 1, reallocs 0, frees 1, bytes 544, peak 544";
        assert_eq!(
            report(None, ONE, true, false),
            format!(
                "note: snapshot \"parse small\" at tests/a.rs:7:5: \
                 tests/allocs.txt has no line for debug-64, so nothing was compared\n  \
                 {measured}\n  record it: BLESS=1 cargo test json::parses\n"
            )
        );
        assert_eq!(
            report(None, ONE, false, true),
            format!(
                "snapshot \"parse small\" at tests/a.rs:7:5 failed: \
                 tests/allocs.txt has no line for release-64, so nothing was compared\n  \
                 {measured}\n  record it: BLESS=1 cargo test --release json::parses\n"
            )
        );
    }

    #[test]
    fn any_higher_figure_makes_it_a_regression() {
        assert_eq!(Verdict::of(Some(ONE), ONE), Verdict::Same);
        assert_eq!(Verdict::of(None, ONE), Verdict::Missing);
        let zero = Figures { allocs: 0, reallocs: 0, frees: 0, bytes: 0, peak: 0 };
        assert_eq!(Verdict::of(Some(ONE), zero), Verdict::Less);
        for more in [
            Figures { allocs: 2, ..zero },
            Figures { reallocs: 1, ..zero },
            Figures { frees: 2, ..zero },
            Figures { bytes: 545, ..zero },
            Figures { peak: 545, ..zero },
        ] {
            assert_eq!(Verdict::of(Some(ONE), more), Verdict::More, "{more}");
        }
    }

    #[test]
    fn the_command_names_the_test_if_the_thread_does() {
        let build = Build { release: false, width: 64 };
        assert_eq!(command(build, Some("a::b_1")), "BLESS=1 cargo test a::b_1");
        for thread in [None, Some("main"), Some("worker 3"), Some("<unnamed>")] {
            assert_eq!(command(build, thread), "BLESS=1 cargo test", "{thread:?}");
        }
    }
}
