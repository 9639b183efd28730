//! This program once more, as a process that measures.

use std::env;
use std::process::Command;

use fastrand::Rng;
use serde::Serialize;

/// An environment variable without a meaning.
const PADDING: &str = "THRIFTY_PADDING";

/// This program with a job behind a hidden option; [`padded`].
pub(crate) fn again(option: &str, job: &impl Serialize, rng: &mut Rng) -> Result<Command, String> {
    let failed = |why: String| format!("cannot start this program again: {why}");
    let program = env::current_exe().map_err(|error| failed(error.to_string()))?;
    let text = serde_json::to_string(job).map_err(|error| failed(error.to_string()))?;
    let mut command = Command::new(program);
    padded(&mut command, rng).arg(format!("--{option}={text}"));
    Ok(command)
}

/// The stack begins below the environment, so the length of that moves it, in each process to another
/// place: where things lie in memory is then no advantage of one of those that are compared.
pub(crate) fn padded<'c>(command: &'c mut Command, rng: &mut Rng) -> &'c mut Command {
    command.env(PADDING, "x".repeat(rng.usize(..4096)))
}
