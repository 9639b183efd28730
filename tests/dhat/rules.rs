//! How strictly this run compares, by the environment and the pinned toolchain.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Where the ledgers are and how strictly this run compares.
pub(crate) struct Rules {
    pub(crate) dir: PathBuf,
    pub(crate) bless: bool,
    /// `Err` says why a difference in a row of std or a peer is no more than a note.
    pub(crate) foreign_rows_fail: Result<(), String>,
    pub(crate) width: u32,
    pub(crate) toolchain: Option<String>,
}

impl Rules {
    /// The rules that the environment and `.ci/toolchain` ask for.
    pub(crate) fn of_this_run() -> Self {
        let root = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let (bless, ci) = (is_set("BLESS"), is_set("CI"));
        // Starting rustc costs more than all rows: only where the answer matters.
        let toolchain = if bless || ci { toolchain() } else { None };
        let foreign_rows_fail = if ci {
            is_pinned(&root.join(".ci/toolchain"), toolchain.as_deref())
        } else {
            Err("`CI` is not set".into())
        };
        let dir = root.join("tests/ledger");
        Self { dir, bless, foreign_rows_fail, width: usize::BITS, toolchain }
    }
}

/// Whether the toolchain in use is the one that the file at `pin` names.
pub(crate) fn is_pinned(pin: &Path, toolchain: Option<&str>) -> Result<(), String> {
    // The packed crate has no such file: there, nothing is pinned.
    let pinned = fs::read_to_string(pin).map_err(|_| "no `.ci/toolchain` names a toolchain")?;
    let pinned = pinned.trim();
    match toolchain {
        None => Err("`rustc --version` did not run".into()),
        Some(found) if found == pinned => Ok(()),
        Some(found) => Err(format!("rustc {found} is in use, `.ci/toolchain` pins {pinned}")),
    }
}

/// `1.95.0`, `1.98.0-nightly`, ... of the compiler in use.
fn toolchain() -> Option<String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    said.split_whitespace().nth(1).map(str::to_owned)
}

fn is_set(variable: &str) -> bool {
    env::var(variable).is_ok_and(|value| !matches!(&*value, "" | "0" | "false"))
}
