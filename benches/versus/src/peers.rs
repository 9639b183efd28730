//! Names and versions of those who are measured.

use std::env;
use std::process::Command;
use std::sync::LazyLock;

/// The lock file that the drivers are built from, so that a version in a row is the measured one.
static LOCK: &str = include_str!("../Cargo.lock");

/// The toolchain that builds the drivers; it is also the version of the standard library.
static TOOLCHAIN: LazyLock<String> = LazyLock::new(|| {
    let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(compiler).arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let version = text.ok().and_then(|text| text.split(' ').nth(1).map(str::to_owned));
    version.unwrap_or_else(|| "unknown".to_owned())
});

/// Somebody who is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Who {
    Thrifty,
    /// Something of the standard library: its name in claims, and as it is shown.
    Std(&'static str, &'static str),
    /// A crate, and how its version starts where the lock file has several.
    Crate(&'static str, &'static str),
    /// A way to use a crate: its name, also as it is shown, and the crate.
    Use(&'static str, &'static str),
    /// A variant of the shared workload, which is part of this library.
    Variant(&'static str),
}

impl Who {
    /// The name that claims use.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Thrifty => "thrifty",
            Self::Std(name, _)
            | Self::Crate(name, _)
            | Self::Use(name, _)
            | Self::Variant(name) => name,
        }
    }

    /// Name and version.
    pub(crate) fn label(self) -> String {
        let (name, version) = match self {
            Self::Thrifty => ("thrifty", locked("thrifty", "")),
            Self::Std(_, shown) => (shown, Some(toolchain())),
            Self::Crate(name, line) => (name, locked(name, line)),
            Self::Use(name, krate) => (name, locked(krate, "")),
            Self::Variant(name) => (name, locked("thrifty", "")),
        };
        format!("{name} {}", version.unwrap_or("unknown"))
    }
}

pub(crate) fn toolchain() -> &'static str {
    &TOOLCHAIN
}

fn locked(name: &str, line: &str) -> Option<&'static str> {
    let mut lines = LOCK.lines();
    while let Some(found) = lines.find_map(|line| quoted(line, "name = ")) {
        let version = lines.next().and_then(|line| quoted(line, "version = "))?;
        if found == name && version.starts_with(line) {
            return Some(version);
        }
    }
    None
}

fn quoted<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix(key)?.strip_prefix('"')?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contests::{Contest, contests};

    #[test]
    fn every_version_is_known() {
        for contest in contests() {
            let peers = contest.peers().chain(Contest::floor(contest)).chain([contest.ours]);
            for entrant in peers {
                let label = entrant.who.label();
                let (name, version) = label.rsplit_once(' ').unwrap();
                assert!(!name.is_empty(), "{label}");
                assert!(version.starts_with(|first: char| first.is_ascii_digit()), "{label}");
            }
        }
    }

    #[test]
    fn the_line_tells_two_versions_of_a_crate_apart() {
        assert!(locked("smallvec", "1.").unwrap().starts_with("1."));
        assert!(locked("smallvec", "2.").unwrap().starts_with("2."));
        assert_eq!(locked("smallvec", "0."), None);
        assert_eq!(locked("no such crate", ""), None);
    }
}
