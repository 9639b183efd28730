//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::ValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use thrifty::heap::Backend;

use crate::child::{Job, OPTION};

/// What was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub quick: bool,
    pub json: bool,
    pub list: bool,
    pub rounds: Option<usize>,
    /// Empty: all.
    pub workloads: Vec<String>,
    /// Empty: all that there are.
    pub backends: Vec<Backend>,
    pub variable: String,
    pub out: Option<PathBuf>,
    /// The program to run, and its arguments.
    pub command: Option<Vec<OsString>>,
    /// Set in the process that is measured.
    pub job: Option<Job>,
}

const ABOUT: &str = "Compares the allocators on work of their own kind, or on a program of yours.";

const AFTER: &str = "\
Every allocator does the same work in a process of its own, in rounds, in changing order; the times
are compared round by round. Compile in what you want to compare:

  cargo run --release --features mimalloc,jemalloc --example allocators

`run` compares a program of yours, if its static is `ByEnv` and it ends by itself:

  cargo run --release --example allocators -- --rounds 31 run ./target/release/my-program ARGS

Exit codes:
  0  the table was made
  1  a workload or the program failed, or did not run on the allocator that it was asked to
  2  it could not be done: unknown option, workload or allocator, nothing to compare or to write to";

impl Options {
    /// Reads the command line; prints help or an error and exits if that is what it asks for.
    pub(crate) fn read() -> Self {
        Self::from_matches(&mut command().get_matches())
    }

    fn from_matches(matches: &mut ArgMatches) -> Self {
        let many = |matches: &mut ArgMatches, name| matches.remove_many(name);
        let run = matches.remove_subcommand().map(|(_, run)| run);
        Self {
            quick: matches.get_flag("quick"),
            json: matches.get_flag("json"),
            list: matches.get_flag("list"),
            rounds: matches.remove_one("rounds"),
            workloads: many(matches, "workload").map_or_else(Vec::new, Iterator::collect),
            backends: matches.remove_many("backends").map_or_else(Vec::new, Iterator::collect),
            variable: matches.remove_one("variable").unwrap_or_else(|| crate::VARIABLE.to_owned()),
            out: matches.remove_one("out"),
            command: run.and_then(|mut run| Some(run.remove_many("command")?.collect())),
            job: matches.remove_one(OPTION),
        }
    }
}

fn command() -> Command {
    let run = Command::new("run")
        .about("Compare a program that uses `ByEnv`: wall time, CPU, peak memory, page faults")
        .override_usage("allocators [OPTIONS] run CMD [ARGS]...")
        .arg(
            Arg::new("command")
                .value_name("CMD")
                .help("The program and its arguments; it is run once on each allocator and round")
                .required(true)
                .num_args(1..)
                .trailing_var_arg(true)
                .allow_hyphen_values(true)
                .value_parser(ValueParser::os_string()),
        );
    Command::new("allocators")
        .bin_name("cargo run --release --example allocators --")
        .about(ABOUT)
        .after_help(AFTER)
        .disable_help_subcommand(true)
        .arg(flag("quick").help("End within 20 seconds, with less certain times and a quarter of the work"))
        .arg(flag("json").help("Print the comparison as JSON on standard output, and nothing else"))
        .arg(flag("list").help("List the workloads, and those that do not fit this machine"))
        .arg(option("rounds", "N").value_parser(rounds).help(
            "Rounds, 1 to 10000; from 6 on the fastest may be named\n[default: 31, or 15 with --quick, or what \
             fits into the time]",
        ))
        .arg(option("workload", "GLOB").action(ArgAction::Append).value_delimiter(',').help(
            "Only these workloads: a name, or a pattern with * and ?, as in 'churn-*'",
        ))
        .arg(option("backends", "A,B").value_delimiter(',').value_parser(backend).help(
            "Only these allocators: system, mimalloc, jemalloc; the first is the\nbaseline if system is \
             not among them",
        ))
        .arg(option("variable", "NAME").value_parser(variable).help(
            "The environment variable that the program of `run` chooses by\n[default: THRIFTY_ALLOC]",
        ))
        .arg(option("out", "DIR").value_parser(ValueParser::path_buf()).help(
            "Write allocators.md and allocators.json to DIR\n[default: target/thrifty-allocators]",
        ))
        .arg(option(OPTION, "JOB").hide(true).value_parser(job))
        .subcommand(run)
}

fn flag(name: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue)
}

fn option(name: &'static str, value: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value)
}

fn rounds(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(rounds @ 1..=10_000) => Ok(rounds),
        _ => Err("give a number from 1 to 10000".to_owned()),
    }
}

fn backend(text: &str) -> Result<Backend, String> {
    text.parse().map_err(|error: thrifty::heap::UnknownBackend| error.to_string())
}

fn variable(text: &str) -> Result<String, String> {
    if text.is_empty() || text.contains(['=', '\0']) {
        return Err("the name of an environment variable has characters, and no `=`".to_owned());
    }
    Ok(text.to_owned())
}

fn job(text: &str) -> Result<Job, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// Whether `name` has the form of `glob`, in which `*` is any text and `?` any character.
pub(crate) fn matches(glob: &str, name: &str) -> bool {
    let mut rest = name.chars();
    let mut glob_rest = glob.chars();
    match (glob_rest.next(), rest.next()) {
        (None, first) => first.is_none(),
        (Some('*'), first) => {
            matches(glob_rest.as_str(), name) || first.is_some() && matches(glob, rest.as_str())
        }
        (Some(_), None) => false,
        (Some(expected), Some(first)) => {
            (expected == '?' || expected == first) && matches(glob_rest.as_str(), rest.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &[&str]) -> Result<Options, clap::Error> {
        let line = ["allocators"].iter().chain(line);
        command().try_get_matches_from(line).map(|mut matches| Options::from_matches(&mut matches))
    }

    #[test]
    fn the_command_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn options_are_read() {
        let options = read(&[
            "--quick",
            "--rounds",
            "9",
            "--workload",
            "pair,churn-*",
            "--backends",
            "jemalloc,system",
        ]);
        let options = options.unwrap();
        assert!(
            options.quick && !options.json && options.command.is_none() && options.job.is_none()
        );
        assert_eq!(options.rounds, Some(9));
        assert_eq!(options.workloads, ["pair", "churn-*"]);
        assert_eq!(options.backends, [Backend::Jemalloc, Backend::System]);
        assert_eq!(options.variable, "THRIFTY_ALLOC");
    }

    #[test]
    fn a_program_keeps_its_own_options() {
        let options =
            read(&["--variable", "A", "run", "prog", "--quick", "-x", "--", "y"]).unwrap();
        assert_eq!(options.command.unwrap(), ["prog", "--quick", "-x", "--", "y"]);
        assert!(!options.quick && options.variable == "A");
    }

    #[test]
    fn what_is_wrong_is_an_error_of_code_2_that_names_it() {
        let wrong: [(&[&str], &str); 7] = [
            (&["--rouns", "3"], "--rouns"),
            (&["--rounds", "0"], "1 to 10000"),
            (&["--rounds", "x"], "'x'"),
            (&["--backends", "glibc"], "glibc"),
            (&["--variable", "A=B"], "A=B"),
            (&["run"], "CMD"),
            (&["walk"], "walk"),
        ];
        for (line, part) in wrong {
            let error = read(line).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{line:?}");
            assert!(error.to_string().contains(part), "{line:?}: {error}");
        }
    }

    #[test]
    fn a_glob_matches_whole_names() {
        assert!(matches("churn-*", "churn-16") && matches("*", "") && matches("p??r", "pair"));
        assert!(matches("*-2", "churn-2") && matches("map", "map") && matches("**", "x"));
        assert!(!matches("churn", "churn-1") && !matches("?", "") && !matches("*-2", "churn-1"));
    }
}
