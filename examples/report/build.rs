//! What the counts and times depend on, beside the machine.

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
        let lock = versions::lock();
        let crates = ["arrayvec", "compact_str", "httparse", "serde_json", "smallvec"];
        Self {
            thrifty: env!("CARGO_PKG_VERSION"),
            rustc: versions::rustc(),
            allocator: versions::allocator(allocator::backend(), &lock),
            crates: crates
                .into_iter()
                .filter_map(|name| Some(Crate { name, version: versions::locked(&lock, name)? }))
                .collect(),
        }
    }
}
