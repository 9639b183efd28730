//! A built example, run as its users run it.

use std::env::consts::EXE_SUFFIX;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// What a run of an example said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs the command in the folder of the package.
pub(crate) fn said(command: &mut Command) -> Said {
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// The example of the test's name: `cargo test` builds it beside the tests, in the same profile.
///
/// # Panics
///
/// Panics if it is not built, or older than a file in one of the folders `parts`.
pub(crate) fn built(name: &str, parts: &[&str]) -> PathBuf {
    let test = env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap();
    let example = folder.join(format!("examples/{name}{EXE_SUFFIX}"));
    let fix = format!(
        "run `cargo test`, or `cargo build --example {name}` before `cargo test --test {name}`, with \
         the same features"
    );
    assert!(example.exists(), "the example is not built: {fix}");
    // Built by hand it may be an old one. These files are part of it whatever the features are.
    let built = fs::metadata(&example).and_then(|data| data.modified()).unwrap();
    for part in parts {
        for file in fs::read_dir(part).unwrap().map(Result::unwrap) {
            let edited = file.metadata().and_then(|data| data.modified()).unwrap();
            assert!(edited <= built, "the example is older than {}: {fix}", file.path().display());
        }
    }
    example
}
