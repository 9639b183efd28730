//! Where the figures were made.

use std::fs;
use std::thread::available_parallelism;

use serde::Serialize;

/// The machine and what runs beside the measurement.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Machine {
    pub cpu: Option<String>,
    pub cores: usize,
    pub platform: String,
    pub pointer_width: usize,
    pub kernel: Option<String>,
    /// Transparent huge pages: `always`, `madvise` or `never`. An allocator whose arenas get them has
    /// fewer page faults and more resident memory than elsewhere.
    pub huge_pages: Option<String>,
    /// The average of the last minute, before the measurement began.
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
            kernel: line("/proc/sys/kernel/osrelease"),
            huge_pages: line("/sys/kernel/mm/transparent_hugepage/enabled")
                .and_then(|text| parse_choice(&text)),
            load,
            loaded: load.is_some_and(|load| is_loaded(load, cores)),
        }
    }

    /// In words, for the head of a table.
    pub(crate) fn in_words(&self) -> String {
        let load = self.load.map_or_else(String::new, |load| format!(", load {load:.1}"));
        format!(
            "{}, {} cores, {}{load}",
            self.cpu.as_deref().unwrap_or("unknown processor"),
            self.cores,
            self.platform
        )
    }
}

fn line(path: &str) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.trim().to_owned())
}

/// The chosen one of `always [madvise] never`.
fn parse_choice(text: &str) -> Option<String> {
    let (_, rest) = text.split_once('[')?;
    Some(rest.split_once(']')?.0.to_owned())
}

/// A measurement needs one core for itself and the kernel another at times, so more than half of the
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
    fn the_cpu_is_named() {
        let text = "processor\t: 0\nmodel name\t: Some CPU @ 3 GHz\n";
        assert_eq!(parse_cpu(text).as_deref(), Some("Some CPU @ 3 GHz"));
    }

    #[test]
    fn the_chosen_state_of_huge_pages_is_the_one_in_brackets() {
        assert_eq!(parse_choice("always [madvise] never").as_deref(), Some("madvise"));
        assert_eq!(parse_choice("always madvise never"), None);
    }
}
