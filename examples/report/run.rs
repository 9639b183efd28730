//! From the options to the report.

use std::error::Error;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use std::{env, fs};

use crate::check::{BLESS, Ledger};
use crate::cli::Options;
use crate::count::{self, Counted};
use crate::machine::{Machine, Versions};
use crate::model::Report;
use crate::parent::{Ladder, Plan, Swap};
use crate::progress::Progress;
use crate::request::Input;
use crate::support::{Variant, variants};
use crate::{allocator, chart, text, timed};

/// How it ended, if it did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    Differs,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::Differs => Self::from(1),
        }
    }
}

/// Does what was asked for.
pub(crate) fn run(options: &Options) -> Result<Outcome, Box<dyn Error>> {
    let start = Instant::now();
    if let Some(job) = options.job {
        timed::run(job)?;
        return Ok(Outcome::Done);
    }
    let machine = Machine::look();
    let input = match &options.request {
        Some(path) => Input::read(path)?,
        None => Input::embedded(),
    };
    // Before any work: a committed file that cannot be used is said at once.
    let committed = match &options.check {
        Some(path) if !blesses() => Some(Ledger::read(path)?),
        _ => None,
    };
    let report = if options.check.is_some() {
        eprintln!("counting only: --check times nothing");
        make(&input, machine, None)?
    } else {
        let (plan, what) = if options.quick {
            (Plan::quick(start), "counting and timing, for at most 10 seconds")
        } else {
            (Plan::full(), "counting and timing, for about 30 seconds")
        };
        make(&input, machine, Some((plan, Progress::start(what))))?
    };

    let folder = folder(options);
    if let Some(folder) = &folder {
        write(&report, folder)?;
    }
    if options.json {
        print(&(serde_json::to_string_pretty(&report)? + "\n"))?;
    }
    let Some(path) = &options.check else {
        if !options.json {
            print(&text::terminal(&report, folder.as_deref()))?;
        }
        return Ok(Outcome::Done);
    };
    let (lines, outcome) = check(&report, path, committed.as_ref())?;
    if options.json {
        eprint!("{lines}");
    } else {
        print(&lines)?;
    }
    Ok(outcome)
}

/// Counts, and times if there is a plan for that.
fn make(
    input: &Input,
    machine: Machine,
    timing: Option<(Plan, Progress)>,
) -> Result<Report, Box<dyn Error>> {
    let versions = Versions::look();
    let mut variants = variants();
    let counted = count_all(&mut variants, input)?;
    let (ladder, swaps) = match timing {
        None => {
            let why = "--check times nothing";
            (Err(why.to_owned()), Swap::untimed(why))
        }
        Some((plan, progress)) => {
            let swaps_part = plan.swaps.as_secs_f64() / (plan.swaps + plan.ladder).as_secs_f64();
            progress.pass("timing the variants", 1.0 - swaps_part);
            let ladder = Ladder::time(input, &plan, &progress);
            progress.pass("timing the allocators", 1.0);
            let swaps = Swap::time(input, &plan, &progress);
            progress.finish();
            (ladder, swaps)
        }
    };
    Ok(Report::new(input, machine, versions, &variants, &counted, &ladder, swaps))
}

/// Counts every variant, after all have been seen to give the same answer.
fn count_all(
    variants: &mut [Box<dyn Variant>],
    input: &Input,
) -> Result<Vec<Counted>, Box<dyn Error>> {
    let mut answer: Option<Vec<u8>> = None;
    for variant in variants.iter_mut() {
        let name = variant.name();
        let response = input
            .shape
            .serve(&mut **variant, &input.bytes)
            .map_err(|error| format!("{name} refuses {}: {error}", input.name))?;
        if answer.get_or_insert_with(|| response.to_vec()) != response {
            return Err(format!(
                "{name} answers {} otherwise than naive: there is nothing to compare",
                input.name
            )
            .into());
        }
    }
    allocator::count();
    if !count::is_exact() {
        return Err("the counter is wrong about a sequence that is known; report this".into());
    }
    let mut counted = Vec::with_capacity(variants.len());
    for variant in variants {
        counted.push(count::count(&mut **variant, input)?);
    }
    Ok(counted)
}

/// Where the files go; `None`: nowhere, since a check writes only where it is told to.
fn folder(options: &Options) -> Option<PathBuf> {
    // Under `cargo run` in the package's own folder, wherever it was called from.
    let default = || {
        let package = env::var_os("CARGO_MANIFEST_DIR").map_or_else(PathBuf::new, PathBuf::from);
        let here = env::current_dir().is_ok_and(|here| here == package);
        let package = if here { PathBuf::new() } else { package };
        package.join("target/thrifty-report")
    };
    match (&options.out, &options.check) {
        (Some(folder), _) => Some(folder.clone()),
        (None, None) => Some(default()),
        (None, Some(_)) => None,
    }
}

fn write(report: &Report, folder: &Path) -> Result<(), Box<dyn Error>> {
    let failed = |what: &Path, error: io::Error| {
        format!("cannot write {}: {error}; pass another folder with --out", what.display())
    };
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    let files = [
        ("report.md", text::markdown(report)),
        ("report.json", serde_json::to_string_pretty(report)? + "\n"),
        ("report.svg", chart::svg(report)?),
    ];
    for (name, content) in files {
        let path = folder.join(name);
        fs::write(&path, content).map_err(|error| failed(&path, error))?;
    }
    Ok(())
}

fn blesses() -> bool {
    env::var_os(BLESS).is_some_and(|value| value == "1")
}

/// Compares with the committed file, or writes it; lines for the reader.
fn check(
    report: &Report,
    path: &Path,
    committed: Option<&Ledger>,
) -> Result<(String, Outcome), Box<dyn Error>> {
    let measured = Ledger::from(report);
    let shown = path.display();
    let Some(committed) = committed else {
        measured.write(path)?;
        let lines = format!("blessed: {shown} holds the figures of this run\n");
        return Ok((lines, Outcome::Done));
    };
    let differences = measured.differences(committed);
    if differences.is_empty() {
        let number = measured.variants.len();
        let lines = format!("ok: the exact figures of {number} variants are those of {shown}\n");
        return Ok((lines, Outcome::Done));
    }
    Ok((differences.join("\n") + "\n", Outcome::Differs))
}

/// Prints to standard output; a reader that has seen enough is no failure.
fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
