//! From the options to the report.

use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::build::Versions;
use crate::check::{BLESS, Ledger};
use crate::cli::Options;
use crate::count::{self, Counted};
use crate::machine::Machine;
use crate::model::Report;
use crate::parent::{Ladder, Plan, Swap};
use crate::progress::Progress;
use crate::request::Input;
use crate::steady::Steady;
use crate::support::{Variant, variants};
use crate::{allocator, chart, output, text, timed};

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
    // Likewise a folder that cannot be written to: it would cost the whole measurement.
    let folder = folder(options);
    if let Some(folder) = &folder {
        output::probe(folder, &FILES)?;
    }
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

    if let Some(folder) = &folder {
        write(&report, folder)?;
    }
    if options.json {
        output::print(&(serde_json::to_string_pretty(&report)? + "\n"))?;
    }
    let Some(path) = &options.check else {
        if !options.json {
            output::print(&text::terminal(&report, folder.as_deref()))?;
        }
        return Ok(Outcome::Done);
    };
    let (lines, outcome) = check(&report, path, committed.as_ref())?;
    if options.json {
        eprint!("{lines}");
    } else {
        output::print(&lines)?;
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
    let deadline = timing.as_ref().and_then(|(plan, _)| plan.deadline);
    let (counted, slowest) = count_all(&mut variants, input, deadline)?;
    let steady = input.is_embedded().then(Steady::look).transpose()?;
    let (ladder, swaps) = match timing {
        None => {
            let why = "--check times nothing";
            (Err(why.to_owned()), Swap::untimed(why))
        }
        Some((plan, progress)) => {
            let plan = plan.earlier(slowest);
            let swaps_part = plan.swaps.as_secs_f64() / (plan.swaps + plan.ladder).as_secs_f64();
            // First: their number of rounds is fixed. The ladder takes what time is left.
            progress.pass("timing the allocators", swaps_part);
            let swaps = Swap::time(input, &plan, &progress);
            progress.pass("timing the variants", 1.0);
            let ladder = Ladder::time(input, &plan, &progress);
            progress.finish();
            (ladder, swaps)
        }
    };
    Ok(Report::new(input, machine, versions, &variants, &counted, &ladder, swaps, steady))
}

/// Counts every variant, after all have been seen to give the same answer; with the time of the
/// slowest request.
fn count_all(
    variants: &mut [Box<dyn Variant>],
    input: &Input,
    deadline: Option<Instant>,
) -> Result<(Vec<Counted>, Duration), Box<dyn Error>> {
    let mut answer: Option<Vec<u8>> = None;
    let mut times = Vec::with_capacity(variants.len());
    // Each variant serves it twice at least: here, and to be counted.
    let mut to_do = 2 * u32::try_from(variants.len())?;
    for variant in variants.iter_mut() {
        let name = variant.name();
        let start = Instant::now();
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
        times.push(start.elapsed());
        to_do -= 1;
        in_time(deadline, times.iter().max().copied().unwrap_or_default(), to_do)?;
    }
    allocator::count();
    if !count::is_exact() {
        return Err("the counter is wrong about a sequence that is known; report this".into());
    }
    let slowest = times.iter().max().copied().unwrap_or_default();
    let mut counted = Vec::with_capacity(variants.len());
    for (variant, before) in variants.iter_mut().zip(times) {
        counted.push(count::count(&mut **variant, input, before)?);
        to_do -= 1;
        in_time(deadline, slowest, to_do)?;
    }
    Ok((counted, slowest))
}

/// Whether so many more requests can be served until the deadline: better said at once than later.
fn in_time(deadline: Option<Instant>, each: Duration, to_do: u32) -> Result<(), String> {
    let left = deadline.map(|end| end.saturating_duration_since(Instant::now()));
    match left {
        Some(left) if left < each * to_do => Err(format!(
            "this request is too large for --quick: to serve it once takes up to {:.1} s, and that is \
             still to be done {to_do} times in {:.1} s; run it without --quick",
            each.as_secs_f64(),
            left.as_secs_f64()
        )),
        _ => Ok(()),
    }
}

/// Where the files go; `None`: nowhere, since a check writes only where it is told to.
fn folder(options: &Options) -> Option<PathBuf> {
    match (&options.out, &options.check) {
        (Some(folder), _) => Some(folder.clone()),
        (None, None) => Some(output::default_folder("thrifty-report")),
        (None, Some(_)) => None,
    }
}

const FILES: [&str; 3] = ["report.md", "report.json", "report.svg"];

fn write(report: &Report, folder: &Path) -> Result<(), Box<dyn Error>> {
    let json = serde_json::to_string_pretty(report)? + "\n";
    let contents = [text::markdown(report), json, chart::svg(report)?];
    for (name, content) in FILES.iter().zip(contents) {
        output::write(&folder.join(name), &content)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Shape;

    #[test]
    fn a_request_that_cannot_be_counted_until_the_deadline_is_refused_at_once() {
        let body = format!("[1{}]", ",1".repeat(50_000));
        let head = "POST /x HTTP/1.1\r\nContent-Type: application/json\r\n\r\n";
        let bytes = format!("{head}{body}").into_bytes();
        let input = Input { bytes, shape: Shape::Other, ..Input::embedded() };
        let mut variants = variants();
        let why = count_all(&mut variants, &input, Some(Instant::now())).unwrap_err().to_string();
        // After one request of one variant.
        let after = format!("{} times", 2 * variants.len() - 1);
        assert!(why.contains("too large for --quick") && why.contains(&after), "{why}");
    }

    #[test]
    fn time_that_is_left_is_compared_with_what_is_to_be_done() {
        let in_a_minute = Some(Instant::now() + Duration::from_mins(1));
        assert!(in_time(in_a_minute, Duration::from_secs(1), 20).is_ok());
        assert!(in_time(in_a_minute, Duration::from_secs(4), 20).is_err());
        assert!(in_time(None, Duration::from_secs(4), 20).is_ok());
    }
}
