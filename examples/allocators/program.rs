//! Another program that chooses its allocator by an environment variable.
//!
//! Only what the kernel accounts is known of it. Whether it obeys the variable it does not say, but
//! its file does, in part: a program that asks for a variable holds its name, and an allocator that
//! is linked in holds texts of its own.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use std::{env, io};

use fastrand::Rng;
use thrifty::heap::{self, Backend};

use crate::again::padded;
use crate::measure::{Lane, Sample};
use crate::process;

/// How much of its standard error is quoted when it fails, in bytes.
const QUOTED: usize = 600;

/// What to run.
#[derive(Debug)]
pub(crate) struct Program {
    /// The program and its arguments.
    pub command: Vec<OsString>,
    /// The environment variable that names the allocator.
    pub variable: String,
    /// Where its standard error goes; each run replaces that of the one before.
    pub errors: PathBuf,
}

impl Program {
    pub(crate) fn in_words(&self) -> String {
        let words: Vec<_> = self.command.iter().map(|word| word.to_string_lossy()).collect();
        words.join(" ")
    }

    /// Whether there is such a program.
    pub(crate) fn exists(&self) -> bool {
        self.file().is_some_and(|file| file.is_file())
    }

    /// Runs it once; its time is that from its start to its end.
    pub(crate) fn once(&self, lane: Lane) -> Result<Sample, String> {
        let (backend, shown) = (lane.backend.name(), self.in_words());
        let failed = |what: &str, error: io::Error| format!("cannot {what} `{shown}`: {error}");
        let (program, arguments) =
            self.command.split_first().ok_or("there is no command to run")?;
        let errors = File::create(&self.errors)
            .map_err(|error| format!("cannot write {}: {error}", self.errors.display()))?;
        let start = Instant::now();
        let child = padded(&mut Command::new(program), &mut Rng::new())
            .args(arguments)
            .env(&self.variable, backend)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(errors)
            .spawn()
            .map_err(|error| failed("start", error))?;
        let (status, account) = process::wait(child).map_err(|error| failed("wait for", error))?;
        let seconds = start.elapsed().as_secs_f64();
        if !status.success() {
            let said = quoted(&fs::read(&self.errors).unwrap_or_default());
            return Err(format!("`{shown}` with {}={backend}: {status}{said}", self.variable));
        }
        // A peak below this process's own cannot be seen: the kernel carries the larger one over.
        let floor = heap::stats().peak_rss.unwrap_or(u64::MAX);
        Ok(Sample {
            seconds,
            cpu_seconds: account.map(|account| account.cpu_seconds),
            minor_faults: account.map(|account| account.minor_faults),
            major_faults: account.map(|account| account.major_faults),
            peak_rss: account.map(|account| account.peak_rss).filter(|peak| *peak > floor),
            ..Sample::default()
        })
    }

    /// What speaks against its choosing among these by the variable, each in a sentence.
    pub(crate) fn doubts(&self, backends: &[Backend]) -> Vec<String> {
        let variable = &self.variable;
        let file = self.file();
        let asks = file.as_deref().and_then(|file| holds(file, variable));
        let (Some(file), Some(asks)) = (&file, asks) else {
            return vec![format!(
                "the file of `{}` cannot be read, so nothing shows that it obeys {variable}",
                self.in_words()
            )];
        };
        let shown = file.display();
        if !asks {
            return vec![format!(
                "{shown} does not hold the text {variable}, so it does not choose by that variable, and \
                 the rows show the same allocator, unless it starts another program that does choose; \
                 --variable gives another name"
            )];
        }
        let absent = backends.iter().filter(|backend| !is_linked(**backend, file));
        let doubt = |backend: &Backend| {
            format!(
                "{shown} does not seem to have {backend} linked in: its row then shows what the program \
                 falls back to"
            )
        };
        absent.map(doubt).collect()
    }

    /// Those that it has not linked in, if its file holds the variable, so that it is the one to ask.
    pub(crate) fn absent(&self, backends: &[Backend]) -> Vec<Backend> {
        match self.file() {
            Some(file) if holds(&file, &self.variable) == Some(true) => {
                backends.iter().copied().filter(|&backend| !is_linked(backend, &file)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn file(&self) -> Option<PathBuf> {
        found(Path::new(self.command.first()?))
    }
}

/// Where the program is, as `Command` looks for it.
fn found(program: &Path) -> Option<PathBuf> {
    if program.components().count() > 1 {
        return Some(program.to_owned());
    }
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Whether the file of a program holds what the backend's own code does: the C libraries keep the
/// names of their options. Those stand here backwards, or this program would hold them in any case.
fn is_linked(backend: Backend, file: &Path) -> bool {
    let backwards = match backend {
        Backend::Mimalloc => "stimmoced_egrup",
        Backend::Jemalloc => "sm_yaced_ytrid",
        _ => return true,
    };
    let text: String = backwards.chars().rev().collect();
    holds(file, &text).unwrap_or(true)
}

/// Whether a file holds a text; `None` if it cannot be read.
fn holds(file: &Path, text: &str) -> Option<bool> {
    found_in(File::open(file).ok()?, text.as_bytes(), 1 << 16).ok()
}

/// Looks at a part at a time: what this process ever used hides as much of the program's peak.
fn found_in(mut content: impl Read, text: &[u8], part: usize) -> io::Result<bool> {
    let mut window = Vec::with_capacity(part + text.len());
    loop {
        let before = window.len();
        content.by_ref().take(part as u64).read_to_end(&mut window)?;
        if window.windows(text.len().max(1)).any(|here| here == text) {
            return Ok(true);
        }
        if window.len() == before {
            return Ok(false);
        }
        // A text may begin in one part and end in the next.
        window.drain(..window.len().saturating_sub(text.len() - 1));
    }
}

/// The end of what a program said, on lines of their own.
fn quoted(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(&said[said.len().saturating_sub(QUOTED)..]);
    match text.trim() {
        "" => String::new(),
        text => format!("; it said at last:\n{text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a `ByEnv` in a static has it: the file holds the text, however the compiler optimises.
    #[used]
    static VARIABLE: &str = "SOME_ALLOCATOR";

    fn program(words: &[&str]) -> Program {
        let errors = Path::new(env!("CARGO_TARGET_TMPDIR")).join(words.join("-").replace('/', "_"));
        Program {
            command: words.iter().map(OsString::from).collect(),
            variable: VARIABLE.to_owned(),
            errors,
        }
    }

    #[test]
    fn a_text_is_found_wherever_it_stands_also_across_parts() {
        let content = b"xxneedlxxxneedle";
        for part in 1..20 {
            let holds = |text: &str| found_in(&content[..], text.as_bytes(), part).unwrap();
            assert!(holds("needle") && holds("x") && holds("xxneedlx"), "{part}");
            assert!(!holds("needless") && !holds("y") && !holds("nxxneedlx"), "{part}");
        }
        assert!(!found_in(&b""[..], b"x", 4).unwrap());
    }

    #[test]
    fn only_the_end_of_what_was_said_is_quoted() {
        assert_eq!(quoted(b" \n"), "");
        assert_eq!(quoted(b"no such\n"), "; it said at last:\nno such");
        assert!(quoted(&[b'x'; 5000]).len() < 700);
    }

    #[test]
    fn a_file_without_the_variable_and_no_file_are_doubts() {
        let doubts = |words: &[&str]| program(words).doubts(Backend::compiled());
        let other = doubts(&["Cargo.toml"]);
        assert!(other.len() == 1 && other[0].contains("cannot be read"), "{other:?}");
        let other = doubts(&["./Cargo.toml"]);
        assert!(other.len() == 1 && other[0].contains("does not hold the text"), "{other:?}");
    }

    /// This binary holds the variable's name ([`VARIABLE`]) and what is compiled in.
    #[test]
    fn a_file_with_the_variable_is_asked_for_each_allocator() {
        let this = env::current_exe().unwrap();
        let program = program(&[this.to_str().unwrap()]);
        let all = [Backend::System, Backend::Mimalloc, Backend::Jemalloc];
        let doubts = program.doubts(&all);
        assert_eq!(doubts.len(), all.len() - Backend::compiled().len(), "{doubts:?}");
        assert!(program.doubts(Backend::compiled()).is_empty());
    }
}
