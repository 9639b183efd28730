//! Builds the driver programs, and asks them for results and times.

use std::collections::HashMap;
use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::contests::{Driver, Entrant};

const MANIFEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");

/// The programs that were built so far, and what they yield.
#[derive(Debug, Default)]
pub(crate) struct Drivers {
    results: HashMap<(&'static Driver, &'static str), Result<String, String>>,
    built: HashMap<&'static Driver, Result<PathBuf, String>>,
}

impl Drivers {
    /// The path of a driver's program, which is built on the first call.
    pub(crate) fn program(&mut self, driver: &'static Driver) -> Result<&Path, String> {
        let built = self.built.entry(driver).or_insert_with(|| build(driver));
        built.as_deref().map_err(Clone::clone)
    }

    /// What one operation of the case yields, once the driver has found it equal in all of its
    /// implementations.
    pub(crate) fn result(
        &mut self,
        driver: &'static Driver,
        case: &'static str,
    ) -> Result<String, String> {
        if let Some(result) = self.results.get(&(driver, case)) {
            return result.clone();
        }
        let output = Command::new(self.program(driver)?).args(["verify", case]).output();
        let result = stdout(driver, output);
        self.results.insert((driver, case), result.clone());
        result
    }

    /// Nanoseconds for each operation of ours and the peer's, one pair a round.
    pub(crate) fn times(
        &mut self,
        case: &str,
        ours: &'static Entrant,
        peer: &'static Entrant,
    ) -> Result<Vec<[f64; 2]>, String> {
        self.rounds(&ours.driver, &["time", case, ours.name, peer.name])
    }

    /// Likewise, and what the floor takes in the same round.
    pub(crate) fn times_and_floor(
        &mut self,
        case: &str,
        ours: &'static Entrant,
        peer: &'static Entrant,
        floor: &'static Entrant,
    ) -> Result<Vec<[f64; 3]>, String> {
        self.rounds(&ours.driver, &["time", case, ours.name, peer.name, floor.name])
    }

    /// Nanoseconds for each operation on each of two threads and on one alone, one pair a round.
    pub(crate) fn threads(
        &mut self,
        case: &str,
        entrant: &'static Entrant,
    ) -> Result<Vec<[f64; 2]>, String> {
        self.rounds(&entrant.driver, &["threads", case, entrant.name])
    }

    fn rounds<const COLUMNS: usize>(
        &mut self,
        driver: &'static Driver,
        arguments: &[&str],
    ) -> Result<Vec<[f64; COLUMNS]>, String> {
        let output = Command::new(self.program(driver)?).args(arguments).output();
        rounds(&stdout(driver, output)?)
            .ok_or_else(|| format!("{} printed no times", driver.program))
    }
}

/// Requests and bytes of each operation, as the program counts them itself.
pub(crate) fn heap(program: &Path, case: &str, name: &str) -> Result<[f64; 2], String> {
    let printed = printed(program, &["heap", case, name])?;
    match rounds(&printed).as_deref() {
        Some([figures]) => Ok(*figures),
        _ => Err(format!("{}: printed `{}`", program.display(), printed.trim_end())),
    }
}

/// What the program finds of its own resident memory.
pub(crate) fn resident(program: &Path, case: &str, name: &str) -> Result<f64, String> {
    let printed = printed(program, &["resident", case, name])?;
    let figure = printed.trim_end().parse();
    figure.map_err(|_| format!("{}: printed `{}`", program.display(), printed.trim_end()))
}

fn printed(program: &Path, arguments: &[&str]) -> Result<String, String> {
    let shown = program.display();
    let output = Command::new(program).args(arguments).output();
    let output = output.map_err(|error| format!("{shown}: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{shown}: {}", String::from_utf8_lossy(&output.stderr).trim_end()))
    }
}

fn build(driver: &Driver) -> Result<PathBuf, String> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into()));
    command
        .args(["build", "--release", "--locked", "--quiet"])
        .arg("--message-format=json-render-diagnostics")
        .args(["--manifest-path", MANIFEST])
        .args(["--no-default-features", "--features", driver.feature])
        .args(["--bin", driver.program])
        .stdin(Stdio::null());
    if let Some(target) = target_dir() {
        command.arg("--target-dir").arg(target);
    }
    let messages = stdout(driver, command.output())?;
    executable(&messages).ok_or_else(|| format!("cargo built no {}", driver.program))
}

/// Where this program was built; the drivers are built beside it.
fn target_dir() -> Option<PathBuf> {
    let program = env::current_exe().ok()?;
    program.ancestors().nth(2).map(Path::to_owned)
}

fn executable(messages: &str) -> Option<PathBuf> {
    messages.lines().find_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        message["executable"].as_str().map(PathBuf::from)
    })
}

fn stdout(driver: &Driver, output: io::Result<Output>) -> Result<String, String> {
    let output = output.map_err(|error| format!("{}: {error}", driver.program))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{}: {}\n{}", driver.program, output.status, text.trim_end()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn rounds<const COLUMNS: usize>(text: &str) -> Option<Vec<[f64; COLUMNS]>> {
    let round = |line: &str| {
        let row =
            line.split(' ').map(|figure| figure.parse().ok()).collect::<Option<Vec<f64>>>()?;
        <[f64; COLUMNS]>::try_from(row).ok()
    };
    let rounds: Vec<_> = text.lines().map(round).collect::<Option<_>>()?;
    (!rounds.is_empty()).then_some(rounds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executable_is_found_among_cargos_messages() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"name":"cap"},"executable":null}"#,
            "\n",
            r#"{"reason":"compiler-artifact","executable":"/target/release/driver-cap"}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        assert_eq!(executable(messages), Some(PathBuf::from("/target/release/driver-cap")));
        assert_eq!(executable(r#"{"reason":"build-finished","success":true}"#), None);
    }

    #[test]
    fn times_are_one_round_a_line() {
        assert_eq!(rounds("1 2.5\n3 4e1\n"), Some(vec![[1.0, 2.5], [3.0, 40.0]]));
        assert_eq!(rounds("1 2.5 3\n"), Some(vec![[1.0, 2.5, 3.0]]));
        for text in ["1 two\n", "1\n", "1 2 3\n", ""] {
            assert_eq!(rounds::<2>(text), None, "{text}");
        }
    }
}
