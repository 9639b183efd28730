//! The command line.

use std::thread::available_parallelism;

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, Command};

use crate::work::{Pattern, Work, bytes};

/// What was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub work: Work,
    /// Buffers that the reader's program takes in a second.
    pub rate: f64,
    pub quick: bool,
    /// Set in the processes that measure.
    pub job: Option<Job>,
}

/// What one process measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    Times,
    MallocMemory,
    PoolMemory,
}

const JOBS: [(&str, Job); 3] =
    [("times", Job::Times), ("malloc-memory", Job::MallocMemory), ("pool-memory", Job::PoolMemory)];

const ABOUT: &str =
    "Says whether thrifty's BufferPool is worth it for your buffers, on this machine.";

const MOST: usize = 1 << 30;

/// What may be held at once: more of it measures how the machine swaps.
const MOST_HELD: usize = 4 << 30;

/// A service with 10,000 requests a second that take ten buffers each.
const RATE: f64 = 1e5;

impl Job {
    pub(crate) fn name(self) -> &'static str {
        JOBS.iter().find(|(_, job)| *job == self).map_or("times", |(name, _)| name)
    }
}

impl Options {
    /// Reads the command line; prints help or an error and exits if that is what it asks for.
    pub(crate) fn read() -> Self {
        let matches = command().get_matches();
        let sizes: Vec<usize> =
            matches.get_many("sizes").map_or_else(Vec::new, |all| all.copied().collect());
        let hold = matches.get_one("hold").copied();
        let work = Work {
            sizes,
            threads: matches.get_one("threads").copied().unwrap_or(1),
            written: matches.get_one("written").copied().unwrap_or(100),
            pattern: match hold {
                _ if matches.get_flag("pass") => Pattern::Pass,
                Some(count) => Pattern::Hold(count),
                None => Pattern::One,
            },
        };
        let most = work.most_held();
        if most > MOST_HELD {
            let text = format!(
                "{} would be held at once, at most {} can be: pass a smaller --hold, --threads or \
                 --sizes",
                bytes(most as u64),
                bytes(MOST_HELD as u64)
            );
            command().error(ErrorKind::ValueValidation, text).exit();
        }
        let rate = matches.get_one("rate").copied().unwrap_or(RATE);
        let job = matches.get_one("job").copied();
        Self { work, rate, quick: matches.get_flag("quick"), job }
    }
}

fn command() -> Command {
    let option = |name: &'static str, value| Arg::new(name).long(name).value_name(value);
    let flag = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    Command::new("should_i_pool")
        .bin_name("cargo run --release --example should_i_pool --")
        .about(ABOUT)
        .arg(
            option("sizes", "A,B")
                .value_delimiter(',')
                .default_value("4k")
                .value_parser(size)
                .help("Sizes of the buffers in bytes, k or m, each as often as the others"),
        )
        .arg(
            option("threads", "N")
                .value_parser(threads)
                .help("Threads that do the work at once [default: 1]"),
        )
        .arg(
            option("hold", "N")
                .value_parser(count)
                .conflicts_with("pass")
                .help("Take N buffers, then drop them all [default: one after the other]"),
        )
        .arg(
            flag("pass").help("Take on one thread and drop on another; N threads are then N pairs"),
        )
        .arg(
            option("written", "PERCENT")
                .value_parser(percent)
                .help("The part of each buffer that is written [default: 100]"),
        )
        .arg(
            option("rate", "N")
                .value_parser(rate)
                .help("Buffers that your program takes in a second [default: 100000]"),
        )
        .arg(flag("quick").help("Half of the time, with less certain answers"))
        .arg(option("job", "JOB").hide(true).value_parser(job))
}

fn size(text: &str) -> Result<usize, String> {
    let text = text.trim().to_ascii_lowercase();
    let (digits, unit) = if let Some(digits) = text.strip_suffix('k') {
        (digits, 1 << 10)
    } else if let Some(digits) = text.strip_suffix('m') {
        (digits, 1 << 20)
    } else {
        (&*text, 1)
    };
    let bytes = digits.parse::<usize>().ok().and_then(|number| number.checked_mul(unit));
    bytes
        .filter(|bytes| (1..=MOST).contains(bytes))
        .ok_or_else(|| "pass bytes from 1 to 1024m, as in 512, 16k or 1m".to_owned())
}

fn threads(text: &str) -> Result<usize, String> {
    let most = 8 * available_parallelism().map_or(1, usize::from);
    let number = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| format!("pass a number from 1 to {most}, eight for each core"))
}

fn count(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (1..=100_000).contains(number));
    number.ok_or_else(|| "pass a number from 1 to 100000".to_owned())
}

fn rate(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| (1.0..=1e9).contains(number));
    number.ok_or_else(|| "pass a number from 1 to 1000000000".to_owned())
}

fn percent(text: &str) -> Result<usize, String> {
    let number = text.trim_end_matches('%').parse().ok().filter(|number| *number <= 100);
    number.ok_or_else(|| "pass a number from 0 to 100".to_owned())
}

fn job(text: &str) -> Result<Job, String> {
    let found = JOBS.iter().find(|(name, _)| *name == text).map(|(_, job)| *job);
    found.ok_or_else(|| "no such job".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(["512", "16k", "1M"].map(size), [Ok(512), Ok(16 << 10), Ok(1 << 20)]);
        assert!(
            ["0", "", "k", "1kk", "1g", "-1", "2000m", "99999999999999999999k"]
                .map(size)
                .iter()
                .all(Result::is_err)
        );
        assert_eq!((percent("50%"), percent("0")), (Ok(50), Ok(0)));
        assert!(rate("0").is_err() && rate("inf").is_err() && rate("NaN").is_err());
        assert!(percent("101").is_err() && count("0").is_err() && threads("0").is_err());
    }
}
