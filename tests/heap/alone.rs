//! A test in a process of its own: environments differ, and settings stay.

use std::env;
use std::process::Command;

/// Name and value.
pub(crate) type Variable<'a> = (&'a str, &'a str);

/// Set in the processes that [`start`] starts.
const MARK: &str = "THRIFTY_ALONE";

/// Whether this is a process that [`start`] has started.
pub(crate) fn is_child() -> bool {
    env::var_os(MARK).is_some()
}

/// Runs `body` in a new process of this program: the test of this name, which is the caller, with these
/// variables and no other that an allocator reads.
#[allow(dead_code, reason = "for some of the binaries with this module")]
#[track_caller]
pub(crate) fn alone(test: &str, variables: &[Variable<'_>], body: impl FnOnce()) {
    if is_child() { body() } else { start(test, variables) }
}

/// Runs the test of this name in a new process of this program, with these variables and no other that
/// an allocator reads.
#[track_caller]
pub(crate) fn start(test: &str, variables: &[Variable<'_>]) {
    let mut child = Command::new(env::current_exe().unwrap());
    child.args([test, "--exact", "--nocapture"]).env(MARK, "1");
    for (name, _) in env::vars().filter(|(name, _)| is_for_an_allocator(name)) {
        child.env_remove(name);
    }
    let output = child.envs(variables.iter().copied()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{variables:?}\n{said}{errors}");
}

fn is_for_an_allocator(variable: &str) -> bool {
    let name = variable.to_ascii_uppercase();
    name.contains("MALLOC") || name == "GLIBC_TUNABLES"
}
