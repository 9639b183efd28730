//! Each case on each backend, in a process of its own: this binary starts itself again.
//!
//! ```text
//!  trial "jemalloc, purge::small_blocks" -- both names go into the environment of a child
//!                                             \-- its first allocation chooses the backend
//! ```
//!
//! A child that panics, is killed by a signal or does not end is a failed trial with its output.

use std::env;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, ExitCode, ExitStatus};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Failed, Trial};
use thrifty::heap::Backend;

/// Names the backend; for the static.
pub(crate) const BACKEND: &str = "THRIFTY_TEST_BACKEND";

/// Names the case that a process is to run.
const CASE: &str = "THRIFTY_TEST_CASE";

pub(crate) type Case = (&'static str, fn(Backend));

/// Runs one of the cases if this process is a child, or else the trials.
pub(crate) fn run(cases: &[Case], trials: impl FnOnce() -> Vec<Trial>) -> ExitCode {
    if let Ok(name) = env::var(CASE) {
        let (_, case) = cases.iter().find(|case| case.0 == name).expect("a case");
        let backend = env::var(BACKEND).expect("a backend").parse().expect("a backend");
        case(backend);
        return ExitCode::SUCCESS;
    }
    // One at a time: several processes of some 100 MiB each would be rude to a small machine.
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1);
    libtest_mimic::run(&arguments, trials()).exit_code()
}

/// A trial for each case on each backend that is compiled in.
pub(crate) fn trials(cases: &[Case]) -> Vec<Trial> {
    let trial = |backend: Backend, name: &'static str| {
        Trial::test(format!("{backend}, {name}"), move || child(backend, name, &[]))
    };
    let on = |&backend: &Backend| cases.iter().map(move |case| trial(backend, case.0));
    Backend::compiled().iter().flat_map(on).collect()
}

/// Runs one case on `backend`, with these variables set as well.
pub(crate) fn child(
    backend: Backend,
    name: &str,
    variables: &[(&str, &OsStr)],
) -> Result<(), Failed> {
    let mut command = Command::new(env::current_exe()?);
    command.env(CASE, name).env(BACKEND, backend.name()).envs(variables.iter().copied());
    // It would cost seconds for each panic that a case asks for.
    command.env_remove("RUST_BACKTRACE");
    let (status, output) = run_to_its_end(&mut command)?;
    if status.success() { Ok(()) } else { Err(format!("{status}\n{output}").into()) }
}

/// How long a child may take. Far more than any needs, also under valgrind.
const LIMIT: Duration = Duration::from_mins(5);

/// Starts the command and returns what became of it, and all that it printed.
pub(crate) fn run_to_its_end(command: &mut Command) -> Result<(ExitStatus, String), Failed> {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    // A file and no pipe: a process that the child has left behind would hold its end open.
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = path.join(format!("output.{}.{number}", std::process::id()));
    let file = File::create(&path)?;
    let mut child = command.stdout(file.try_clone()?).stderr(file).spawn()?;
    let status = wait(&mut child);
    let output = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
    fs::remove_file(&path)?;
    match status? {
        Some(status) => Ok((status, output)),
        None => Err(format!("it hangs: killed after {LIMIT:?}\n{output}").into()),
    }
}

/// Waits for the end, or makes one.
fn wait(child: &mut Child) -> Result<Option<ExitStatus>, Failed> {
    let start = Instant::now();
    while start.elapsed() < LIMIT {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(Duration::from_millis(5));
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}
