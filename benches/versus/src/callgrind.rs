//! Instructions for each operation, by valgrind's callgrind.

use std::env;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// Instructions for each operation: the slope between two runs whose counts lie `ops` apart.
///
/// What a program does once, before and after its operations, is in both runs and cancels out.
pub(crate) fn per_operation(
    program: &Path,
    case: &str,
    name: &str,
    ops: u32,
) -> Result<f64, String> {
    let warm = ops / 10;
    // Both runs at once: other programs do not change a count.
    let low = start(program, case, name, warm);
    let high = start(program, case, name, warm + ops);
    let (low, high) = (finish(low), finish(high));
    let (low, high) = (low?, high?);
    Ok((as_float(high) - as_float(low)) / f64::from(ops))
}

/// Valgrind's version, if it is installed.
pub(crate) fn version() -> Option<String> {
    let output = Command::new(installed()?).arg("--version").output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn start(program: &Path, case: &str, name: &str, ops: u32) -> io::Result<Child> {
    let folder = program.parent().ok_or(ErrorKind::InvalidInput)?;
    let file = program.file_name().ok_or(ErrorKind::InvalidInput)?;
    // As many bytes of environment and arguments in all runs, whoever starts them and wherever the
    // program lies: they are on its stack, they move everything else there, and code such as
    // `memcpy` chooses its path by the alignment. `PWD`, which shells set, is what is left of the
    // program's place.
    let padding = "-".repeat(1024_usize.saturating_sub(folder.as_os_str().len()));
    Command::new(installed().ok_or(ErrorKind::NotFound)?)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("PWD", folder)
        .env("PADDING", padding)
        .current_dir(folder)
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(Path::new(".").join(file))
        .args(["count", case, name])
        .arg(format!("{ops:06}"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
}

fn installed() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join("valgrind")).find(|file| file.is_file())
}

fn finish(child: io::Result<Child>) -> Result<u64, String> {
    let output = child.and_then(Child::wait_with_output).map_err(|error| match error.kind() {
        ErrorKind::NotFound => "valgrind is not installed".to_owned(),
        _ => format!("valgrind does not start: {error}"),
    })?;
    read(&output)
}

fn read(output: &Output) -> Result<u64, String> {
    let text = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("callgrind ended with {}: {}", output.status, last_line(&text)));
    }
    collected(&text).ok_or_else(|| format!("callgrind printed no total: {}", last_line(&text)))
}

/// The total of the line `==PID== Collected : TOTAL`.
fn collected(text: &str) -> Option<u64> {
    text.lines().find_map(|line| {
        let (pid, rest) = line.strip_prefix("==")?.split_once("== ")?;
        pid.parse::<u32>().ok()?;
        rest.strip_prefix("Collected :")?.trim().parse().ok()
    })
}

fn last_line(text: &str) -> &str {
    text.trim_end().lines().next_back().unwrap_or("no output")
}

#[expect(clippy::cast_precision_loss, reason = "a count is far below 2^52")]
fn as_float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
==812== Callgrind, a call-graph generating cache profiler
==812== Command: driver count Collected : 1
==812==
==812== Events    : Ir
==812== Collected : 143212
==812==
==812== I   refs:      143,212
";

    #[test]
    fn the_total_is_found() {
        assert_eq!(collected(OUTPUT), Some(143_212));
    }

    #[test]
    fn no_total_is_no_figure() {
        assert_eq!(collected("==812== I   refs:      143,212\n"), None);
        assert_eq!(collected("==812== Collected : \n"), None);
        assert_eq!(collected("Collected : 12\n"), None, "the program's own output");
        assert_eq!(collected(""), None);
    }
}
