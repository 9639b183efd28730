//! Where and with what the figures were made.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::available_parallelism;

use serde::Serialize;
use thrifty::heap::Backend;

use crate::allocator;

/// The machine and what runs beside the report.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Machine {
    pub cpu: Option<String>,
    pub cores: usize,
    pub platform: String,
    pub pointer_width: usize,
    /// The average of the last minute, before the report began.
    pub load: Option<f64>,
    /// Whether that is too much for times to be quiet.
    pub loaded: bool,
}

impl Machine {
    pub(crate) fn look() -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        let load = fs::read_to_string("/proc/loadavg").ok().and_then(|text| parse_load(&text));
        Self {
            cpu: fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| parse_cpu(&text)),
            cores,
            platform: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
            pointer_width: usize::BITS as usize,
            load,
            loaded: load.is_some_and(|load| is_loaded(load, cores)),
        }
    }
}

/// The report needs one core for itself and the kernel another at times, so more than half of the
/// cores busy with other things is too much.
fn is_loaded(load: f64, cores: usize) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "a number of cores")]
    let half = cores as f64 / 2.0;
    load > half
}

fn parse_load(loadavg: &str) -> Option<f64> {
    loadavg.split(' ').next()?.parse().ok()
}

fn parse_cpu(cpuinfo: &str) -> Option<String> {
    let line = cpuinfo.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// What the counts and times depend on.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Versions {
    pub thrifty: &'static str,
    /// Known only under `cargo run`, which says which toolchain it is.
    pub rustc: Option<String>,
    /// The allocator, with its version where that is known.
    pub allocator: String,
    /// The crates of the workload, from the lock file.
    pub crates: Vec<Crate>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Crate {
    pub name: &'static str,
    pub version: String,
}

impl Versions {
    pub(crate) fn look() -> Self {
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock");
        let lock = fs::read_to_string(lock).unwrap_or_default();
        let crates = ["arrayvec", "compact_str", "httparse", "serde_json", "smallvec"];
        Self {
            thrifty: env!("CARGO_PKG_VERSION"),
            rustc: rustc(),
            allocator: allocator_version(allocator::backend()),
            crates: crates
                .into_iter()
                .filter_map(|name| Some(Crate { name, version: locked(&lock, name)? }))
                .collect(),
        }
    }
}

/// The allocator's name, with the version of the library that was linked, where it can be asked.
fn allocator_version(backend: Backend) -> String {
    let library = if backend == Backend::System { "glibc " } else { "" };
    let Some(version) = backend.version() else { return backend.to_string() };
    // jemalloc's goes on with the commit that it was built from.
    let version = version.to_string();
    let number = version.split('-').next().unwrap_or(&version);
    format!("{backend} ({library}{number})")
}

/// The newest version of a crate in a lock file.
fn locked(lock: &str, name: &str) -> Option<String> {
    let entry = format!("name = \"{name}\"\nversion = \"");
    let (_, rest) = lock.rsplit_once(&entry)?;
    Some(rest.split('"').next()?.to_owned())
}

fn rustc() -> Option<String> {
    std::env::var_os("CARGO")?;
    let program = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(program).arg("--version").stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.split(' ').nth(1)?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_load_is_judged_by_the_cores() {
        assert_eq!(parse_load("1.25 0.50 0.10 1/100 4242\n"), Some(1.25));
        assert_eq!(parse_load(""), None);
        assert!(is_loaded(1.25, 2));
        assert!(!is_loaded(1.25, 4));
    }

    #[test]
    fn versions_come_from_the_lock_file() {
        let lock = "[[package]]\nname = \"smallvec\"\nversion = \"1.16.6\"\n\n[[package]]\n\
                    name = \"tikv-jemalloc-sys\"\nversion = \"0.7.1+5.3.1-0-gabc\"\n";
        assert_eq!(locked(lock, "smallvec").as_deref(), Some("1.16.6"));
        assert_eq!(locked(lock, "small"), None);
    }

    #[test]
    fn the_allocator_is_named_with_its_library() {
        for &backend in Backend::compiled() {
            let text = allocator_version(backend);
            let version = backend.version().is_some();
            assert_eq!(text.ends_with(')'), version, "{text}");
            assert!(text.starts_with(backend.name()) && !text.contains('-'), "{text}");
        }
    }

    #[test]
    fn the_cpu_is_named() {
        let text = "processor\t: 0\nmodel name\t: Some CPU @ 3 GHz\n";
        assert_eq!(parse_cpu(text).as_deref(), Some("Some CPU @ 3 GHz"));
    }
}
