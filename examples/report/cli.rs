//! The command line.

use std::path::PathBuf;

use clap::builder::ValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::timed::{Job, OPTION};

/// What was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub quick: bool,
    pub json: bool,
    /// Where the files go, if that was said.
    pub out: Option<PathBuf>,
    pub request: Option<PathBuf>,
    pub check: Option<PathBuf>,
    /// Set in the process that is timed.
    pub job: Option<Job>,
}

const AFTER: &str = "\
Exit codes:
  0  the report was made, or the check found no difference
  1  --check found differences
  2  it could not be done: unknown option, unreadable file, no HTTP request, nothing to write to

Counts and bytes are exact on every machine and with every allocator; times need a quiet machine.
Add `--features mimalloc,jemalloc` (to cargo, before `--`) to run on another allocator and to
compare them; THRIFTY_REPORT_ALLOCATOR=system (or mimalloc, jemalloc) in the environment chooses
among those that are compiled in.";

impl Options {
    /// Reads the command line; prints help or an error and exits if that is what it asks for.
    pub(crate) fn read() -> Self {
        Self::from_matches(&mut command().get_matches())
    }

    fn from_matches(matches: &mut ArgMatches) -> Self {
        Self {
            quick: matches.get_flag("quick"),
            json: matches.get_flag("json"),
            out: matches.remove_one("out"),
            request: matches.remove_one("request"),
            check: matches.remove_one("check"),
            job: matches.remove_one(OPTION),
        }
    }
}

fn command() -> Command {
    Command::new("report")
        .bin_name("cargo run --release --example report --")
        .about("Shows what one request costs on the heap and in time, and what each lever takes away.")
        .after_help(AFTER)
        .arg(flag("quick").help("End within 10 seconds, with less certain times; a request so large that it\ncannot even be counted in that time is refused at once"))
        .arg(flag("json").help("Print the report as JSON on standard output, and nothing else"))
        .arg(path("out", "DIR").help(
            "Write report.md, report.json and report.svg to DIR\n[default: target/thrifty-report]",
        ))
        .arg(path("request", "FILE").help(
            "Measure a captured HTTP/1.1 request (raw bytes) instead of the\nembedded order; one of \
             another shape runs the stages that apply",
        ))
        .arg(path("check", "FILE").help(
            "Compare the exact figures with a committed report.json and time\nnothing; with BLESS=1 in \
             the environment, write FILE instead",
        ))
        .arg(Arg::new(OPTION).long(OPTION).hide(true).value_parser(ValueParser::new(job)))
}

fn flag(name: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue)
}

fn path(name: &'static str, value: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).value_parser(ValueParser::path_buf())
}

fn job(text: &str) -> Result<Job, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn options_are_read() {
        let line = ["report", "--quick", "--json", "--out", "a", "--request", "b", "--check", "c"];
        let mut matches = command().try_get_matches_from(line).unwrap();
        let options = Options::from_matches(&mut matches);
        assert!(options.quick && options.json && options.job.is_none());
        assert_eq!(options.out, Some("a".into()));
        assert_eq!(options.request, Some("b".into()));
        assert_eq!(options.check, Some("c".into()));
    }

    #[test]
    fn an_unknown_option_is_an_error_of_code_2() {
        let error = command().try_get_matches_from(["report", "--jsno"]).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("--jsno"));
    }
}
