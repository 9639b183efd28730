//! What the counts and times depend on, beside the machine.

use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::{allocator, versions};

/// What ran.
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
        let lock = lock();
        let crates = ["arrayvec", "compact_str", "httparse", "serde_json", "smallvec"];
        Self {
            thrifty: env!("CARGO_PKG_VERSION"),
            rustc: versions::rustc(),
            allocator: versions::allocator(allocator::backend()),
            crates: crates
                .into_iter()
                .filter_map(|name| Some(Crate { name, version: locked(&lock, name)? }))
                .collect(),
        }
    }
}

/// The lock file of this checkout; empty if there is none.
fn lock() -> String {
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock");
    fs::read_to_string(lock).unwrap_or_default()
}

/// The newest version of a crate in a lock file.
fn locked(lock: &str, name: &str) -> Option<String> {
    let entry = format!("name = \"{name}\"\nversion = \"");
    let (_, rest) = lock.rsplit_once(&entry)?;
    Some(rest.split('"').next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_come_from_the_lock_file() {
        let lock = "[[package]]\nname = \"smallvec\"\nversion = \"1.16.6\"\n\n[[package]]\n\
                    name = \"tikv-jemalloc-sys\"\nversion = \"0.7.1+5.3.1-0-gabc\"\n";
        assert_eq!(locked(lock, "smallvec").as_deref(), Some("1.16.6"));
        assert_eq!(locked(lock, "small"), None);
    }
}
