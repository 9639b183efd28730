//! From the options to the comparison.

use std::path::Path;
use std::process::ExitCode;

use thrifty::heap::Backend;

use crate::cli::{self, Options};
use crate::machine::Machine;
use crate::measure::{self, Plan, Sample};
use crate::model::{Compared, Comparison};
use crate::program::Program;
use crate::progress::Progress;
use crate::workloads::{self, LeftOut, Workload};
use crate::{child, output, parent, text, versions};

const FILES: [&str; 2] = ["allocators.md", "allocators.json"];
/// What a program wrote to its standard error, beside them.
const ERRORS: &str = "stderr.txt";

/// The order in which they stand in tables; the first is the baseline.
const BACKENDS: [Backend; 3] = [Backend::System, Backend::Mimalloc, Backend::Jemalloc];

/// Why there is no comparison.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What is measured failed.
    Failed(String),
    /// It could not be begun as it was asked for.
    Refused(String),
}

impl Failure {
    pub(crate) fn into_code(self) -> ExitCode {
        let (text, code) = match self {
            Self::Failed(text) => (text, 1),
            Self::Refused(text) => (text, 2),
        };
        eprintln!("error: {text}");
        ExitCode::from(code)
    }
}

/// Does what was asked for.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    if let Some(job) = &options.job {
        return child::run(job).map_err(Failure::Failed);
    }
    let machine = Machine::look();
    let (all, left_out) = workloads::all(machine.cores);
    if options.list {
        return print(&text::list(&all, &left_out));
    }
    let folder =
        options.out.clone().unwrap_or_else(|| output::default_folder("thrifty-allocators"));
    let comparison = if options.command.is_some() {
        of_program(options, machine, &folder)?
    } else {
        of_workloads(options, machine, all, left_out, &folder)?
    };
    let json = serde_json::to_string_pretty(&comparison)
        .map_err(|error| Failure::Failed(error.to_string()))?
        + "\n";
    for (name, content) in FILES.iter().zip([&text::markdown(&comparison), &json]) {
        output::write(&folder.join(name), content).map_err(Failure::Refused)?;
    }
    if options.json { print(&json) } else { print(&text::terminal(&comparison, &folder)) }
}

fn print(text: &str) -> Result<(), Failure> {
    output::print(text).map_err(|error| Failure::Refused(format!("cannot print: {error}")))
}

fn of_workloads(
    options: &Options,
    machine: Machine,
    all: Vec<Workload>,
    left_out: Vec<LeftOut>,
    folder: &Path,
) -> Result<Comparison, Failure> {
    if !cfg!(unix) {
        let why = "on this platform an environment variable cannot choose the allocator";
        return Err(Failure::Refused(why.to_owned()));
    }
    let backends = compiled_in(&options.backends).map_err(Failure::Refused)?;
    let (workloads, left_out) =
        chosen(&options.workloads, all, left_out).map_err(Failure::Refused)?;
    output::probe(folder, &FILES).map_err(Failure::Refused)?;

    let lanes = measure::lanes(&backends);
    let plan = Plan::new(options.quick, options.rounds);
    let progress = Progress::start(&announcement(options, plan, workloads.len()));
    progress.pass("comparing the allocators", 1.0);
    let samples = measure::measure(&workloads, &lanes, plan, &progress, |workload, lane| {
        parent::once(workload, lane, crate::VARIABLE, plan.percent)
    });
    progress.finish();
    let samples = samples.map_err(Failure::Failed)?;

    let of_one = |(workload, samples): (Workload, &Vec<Vec<Sample>>)| {
        let Workload { name, about, threads, .. } = workload;
        Compared::new(name, about.to_owned(), Some(threads), &lanes, samples)
    };
    Ok(Comparison {
        allocators: backends.iter().map(|&one| versions::allocator(one)).collect(),
        workloads: workloads.into_iter().zip(&samples).map(of_one).collect(),
        left_out,
        ..comparison(options, machine, plan, &backends, rounds(&samples))
    })
}

fn of_program(options: &Options, machine: Machine, folder: &Path) -> Result<Comparison, Failure> {
    let program = Program {
        command: options.command.clone().unwrap_or_default(),
        variable: options.variable.clone(),
        errors: folder.join(ERRORS),
    };
    if !options.workloads.is_empty() {
        let why = "--workload chooses among the workloads of this program: leave it out with `run`";
        return Err(Failure::Refused(why.to_owned()));
    }
    if !program.exists() {
        return Err(Failure::Refused(format!(
            "there is no program to run `{}`: give its path, as in ./target/release/my-program",
            program.in_words()
        )));
    }
    output::probe(folder, &[FILES[0], FILES[1], ERRORS]).map_err(Failure::Refused)?;
    let (backends, left_out) = program_backends(options, &program).map_err(Failure::Refused)?;

    let lanes = measure::lanes(&backends);
    // The first run reads the program from the disk, and shows what fails, before anything counts.
    for &lane in lanes.iter().filter(|lane| !lane.again) {
        program.once(lane).map_err(Failure::Failed)?;
    }
    let plan = Plan::new(options.quick, options.rounds);
    let progress = Progress::start(&announcement(options, plan, 1));
    progress.pass("running the program", 1.0);
    let tasks = [program.in_words()];
    let samples = measure::measure(&tasks, &lanes, plan, &progress, |_, lane| program.once(lane));
    progress.finish();
    let samples = samples.map_err(Failure::Failed)?;

    let [shown] = tasks;
    let about = "the whole program".to_owned();
    let of_one = |samples: &Vec<Vec<Sample>>| {
        Compared::new(shown.clone(), about.clone(), None, &lanes, samples)
    };
    let base = comparison(options, machine, plan, &backends, rounds(&samples));
    Ok(Comparison {
        command: Some(shown.clone()),
        warnings: program.doubts(&backends).into_iter().chain(base.warnings).collect(),
        workloads: samples.iter().map(of_one).collect(),
        left_out,
        ..base
    })
}

/// What both kinds have in common.
fn comparison(
    options: &Options,
    machine: Machine,
    plan: Plan,
    backends: &[Backend],
    rounds: usize,
) -> Comparison {
    let mut warnings = Vec::new();
    if cfg!(debug_assertions) && options.command.is_none() {
        warnings
            .push("this is a debug build, whose times say nothing: run with --release".to_owned());
    }
    if machine.loaded {
        warnings.push("other programs keep the cores busy: times need a quiet machine".to_owned());
    }
    if rounds < plan.rounds {
        warnings.push(format!(
            "{rounds} of {} rounds fitted into the time; --rounds {} takes the time that it takes",
            plan.rounds, plan.rounds
        ));
    }
    Comparison {
        machine,
        thrifty: env!("CARGO_PKG_VERSION"),
        rustc: versions::rustc(),
        profile: if cfg!(debug_assertions) { "debug" } else { "release" },
        allocators: backends.iter().map(Backend::to_string).collect(),
        baseline: backends.first().map(Backend::to_string).unwrap_or_default(),
        command: None,
        variable: if options.command.is_some() { &options.variable } else { crate::VARIABLE }
            .to_owned(),
        rounds,
        percent: plan.percent,
        warnings,
        workloads: Vec::new(),
        left_out: Vec::new(),
    }
}

fn rounds(samples: &[Vec<Vec<Sample>>]) -> usize {
    samples.iter().flatten().map(Vec::len).min().unwrap_or(0)
}

fn announcement(options: &Options, plan: Plan, tasks: usize) -> String {
    let what = match (&options.command, tasks) {
        (Some(_), _) => "one program".to_owned(),
        (None, 1) => "one workload".to_owned(),
        (None, tasks) => format!("{tasks} workloads"),
    };
    let time = plan.budget.map_or_else(String::new, |budget| {
        format!(", for at most {} seconds where it can be", budget.as_secs())
    });
    format!("comparing on {what}, {} rounds{time}", plan.rounds)
}

const COMPARE: &str = "cargo run --release --features mimalloc,jemalloc --example allocators";

/// The allocators to compare, the baseline first; all of them are compiled in.
fn compiled_in(asked: &[Backend]) -> Result<Vec<Backend>, String> {
    let compiled = Backend::compiled();
    if asked.is_empty() && compiled.len() == 1 {
        return Err(format!(
            "only the system's allocator is compiled in, so there is nothing to compare. Run:\n\n  \
             {COMPARE}\n\n(jemalloc compiles for minutes; `--features mimalloc` alone is quick.) \
             `--backends system` measures the system's allocator alone."
        ));
    }
    let backends = ordered(asked, compiled)?;
    match backends.iter().find(|backend| !compiled.contains(backend)) {
        Some(backend) => Err(format!(
            "{backend} is not compiled in: add --features {backend}, before `--example`, as in\n\n  {COMPARE}"
        )),
        None => Ok(backends),
    }
}

/// The system's first, since it is what all are compared with; else as they were asked for.
fn ordered(asked: &[Backend], all: &[Backend]) -> Result<Vec<Backend>, String> {
    if asked.is_empty() {
        return Ok(BACKENDS.into_iter().filter(|backend| all.contains(backend)).collect());
    }
    let mut backends: Vec<Backend> = Vec::new();
    for &backend in asked {
        if backends.contains(&backend) {
            return Err(format!("--backends names {backend} twice: name each once"));
        }
        backends.push(backend);
    }
    backends.sort_by_key(|backend| *backend != Backend::System);
    Ok(backends)
}

/// Those that were asked for, or those that the program seems to have.
fn program_backends(
    options: &Options,
    program: &Program,
) -> Result<(Vec<Backend>, Vec<LeftOut>), String> {
    let mut backends = ordered(&options.backends, &BACKENDS)?;
    let mut left_out = Vec::new();
    if options.backends.is_empty() {
        for backend in program.absent(&BACKENDS) {
            backends.retain(|one| *one != backend);
            let reason = "the program does not seem to have it linked in".to_owned();
            left_out.push(LeftOut { name: backend.to_string(), reason });
        }
        if backends.len() == 1 {
            return Err(format!(
                "`{}` does not seem to have an allocator beside the system's: compile it with the \
                 features `mimalloc` or `jemalloc` of thrifty; --backends system,mimalloc runs it all \
                 the same",
                program.in_words()
            ));
        }
    }
    Ok((backends, left_out))
}

/// The workloads whose names have one of the forms; every form must be that of one.
fn chosen(
    globs: &[String],
    all: Vec<Workload>,
    left_out: Vec<LeftOut>,
) -> Result<(Vec<Workload>, Vec<LeftOut>), String> {
    if globs.is_empty() {
        return Ok((all, left_out));
    }
    for glob in globs {
        if all.iter().any(|one| cli::matches(glob, &one.name)) {
            continue;
        }
        if let Some(one) = left_out.iter().find(|one| cli::matches(glob, &one.name)) {
            return Err(format!("{} is left out on this machine: {}", one.name, one.reason));
        }
        let names: Vec<&str> = all.iter().map(|one| &*one.name).collect();
        return Err(format!("no workload is called {glob}: there are {}", names.join(", ")));
    }
    let is_asked = |name: &str| globs.iter().any(|glob| cli::matches(glob, name));
    Ok((
        all.into_iter().filter(|one| is_asked(&one.name)).collect(),
        left_out.into_iter().filter(|one| is_asked(&one.name)).collect(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_is_the_baseline_where_it_takes_part() {
        use Backend::{Jemalloc, Mimalloc, System};
        assert_eq!(ordered(&[], Backend::compiled()).unwrap()[0], System);
        assert_eq!(ordered(&[Jemalloc, System], &[]).unwrap(), [System, Jemalloc]);
        assert_eq!(ordered(&[Jemalloc, Mimalloc], &[]).unwrap(), [Jemalloc, Mimalloc]);
        assert!(ordered(&[System, System], &[]).unwrap_err().contains("twice"));
    }

    #[test]
    fn what_is_not_there_is_refused_by_name() {
        let choose = |globs: &[&str]| {
            let (all, left_out) = workloads::all(2);
            let globs: Vec<String> = globs.iter().map(|&glob| glob.to_owned()).collect();
            chosen(&globs, all, left_out).map(|(all, left_out)| (all.len(), left_out.len()))
        };
        assert_eq!(choose(&["churn-*"]), Ok((2, 3)));
        assert_eq!(choose(&["pair", "map"]), Ok((2, 0)));
        assert!(choose(&["pear"]).unwrap_err().contains("pear: there are pair, churn-1"));
        assert!(choose(&["churn-16"]).unwrap_err().contains("16 threads on 2 cores"));
    }

    #[test]
    fn an_allocator_that_is_missing_says_which_feature_adds_it() {
        for backend in BACKENDS {
            let compiled = Backend::compiled().contains(&backend);
            match compiled_in(&[backend]) {
                Ok(backends) => assert!(compiled && backends == [backend]),
                Err(why) => {
                    assert!(!compiled && why.contains(&format!("--features {backend}")), "{why}");
                }
            }
        }
        let all = compiled_in(&[]);
        assert_eq!(all.is_ok(), Backend::compiled().len() > 1, "{all:?}");
    }
}
