//! The default build stays small: few crates, no build script of its own, no proc macro.

use crate::tree::{Complaint, Source};
use std::{collections::BTreeSet, env, process::Command};

const RULE: &str = "dependencies";
const MOST_CRATES: usize = 7;

/// The crates of the default build, one a line, from Cargo and without the network.
pub(crate) fn cargo_tree() -> Result<String, String> {
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["tree", "--offline", "-e", "normal", "--prefix", "none", "--charset", "ascii"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .map_err(|error| format!("cargo does not run: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!(
            "`cargo tree` failed: {}",
            said.split_whitespace().collect::<Vec<_>>().join(" ")
        ))
    }
}

/// `listed` as `cargo tree --prefix none` prints it: ours first, repeated crates with `(*)`.
pub(crate) fn check_tree(listed: &str) -> Vec<Complaint> {
    let crates: BTreeSet<_> = listed
        .lines()
        .skip(1)
        .map(|line| line.trim_end_matches(" (*)").trim())
        .filter(|line| !line.is_empty())
        .collect();
    let mut complaints = Vec::new();
    let mut complain = |fix| complaints.push(Complaint::new("Cargo.toml", 1, RULE, fix));
    if listed.lines().next().is_none_or(|ours| !ours.starts_with("thrifty ")) {
        complain(format!("`cargo tree` printed something else than our crate first: {listed:?}"));
    }
    if crates.len() > MOST_CRATES {
        let list = crates.iter().copied().collect::<Vec<_>>().join(", ");
        complain(format!(
            "the default build has {} third-party crates, at most {MOST_CRATES}: {list}; make one \
             optional and not default",
            crates.len()
        ));
    }
    for one in crates.iter().filter(|line| line.contains("(proc-macro)")) {
        complain(format!("the default build has the proc macro {one}: make it optional"));
    }
    complaints
}

/// Cargo runs `build.rs` or what `build = "..."` names.
pub(crate) fn check_build_script(manifest: &Source, has_build_rs: bool) -> Vec<Complaint> {
    let named = manifest.text.lines().position(|line| {
        let key_value = line.split_once('=').map(|(key, value)| (key.trim(), value.trim()));
        matches!(key_value, Some(("build", value)) if value != "false")
    });
    let line = named.map_or(1, |index| index + 1);
    if named.is_some() || has_build_rs {
        let fix = "a build script runs on every user's machine: do without";
        return vec![Complaint::new(&*manifest.path, line, RULE, fix)];
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::assert_complaints;
    use std::fmt::Write as _;

    fn listed(count: usize) -> String {
        let mut text = "thrifty v0.1.0 (somewhere)\n".to_owned();
        for number in 0..count {
            let _ = writeln!(text, "crate{number} v1.0.0\ncrate{number} v1.0.0 (*)");
        }
        text
    }

    #[test]
    fn an_eighth_crate_is_a_complaint() {
        assert_complaints(&check_tree(&listed(7)), &[]);
        assert_complaints(&check_tree(&listed(8)), &["the default build has 8 third-party crates"]);
        assert_complaints(&check_tree(""), &["printed something else"]);
    }

    #[test]
    fn a_proc_macro_is_a_complaint() {
        let text = format!("{}serde_derive v1.0.0 (proc-macro)\n", listed(2));
        assert_complaints(&check_tree(&text), &["proc macro serde_derive v1.0.0"]);
    }

    #[test]
    fn a_build_script_is_a_complaint() {
        let manifest = |text: &str| Source::new("Cargo.toml", text);
        let named = "[package]\nbuild = \"make.rs\"\n";
        assert_complaints(&check_build_script(&manifest(named), false), &["Cargo.toml:2: dep"]);
        assert_complaints(&check_build_script(&manifest("[package]\n"), true), &["Cargo.toml:1:"]);
        let packed = "[package]\nbuild = false\n";
        assert_complaints(&check_build_script(&manifest(packed), false), &[]);
    }
}
