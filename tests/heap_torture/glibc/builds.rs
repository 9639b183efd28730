//! Has Cargo build what a test cannot be: a library to load, a program that aborts on panic.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Failed;

use crate::each_backend::run_to_its_end;

/// Builds an example with the features and the profile of this binary; returns the folder it is in.
///
/// Nothing is compiled but the example: the rest is there since this binary was built.
pub(super) fn build(example: &str, rustc_arguments: &[&str]) -> Result<PathBuf, Failed> {
    // TARGET_DIR[/TRIPLE]/PROFILE/deps/heap_torture-HASH
    let exe = env::current_exe()?;
    let folder = exe.ancestors().nth(2).ok_or("no folder of the profile")?;
    let above = folder.parent().ok_or("no folder of the target")?;
    let name = |path: &Path| path.file_name().map(OsStr::to_os_string);

    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo.args(["rustc", "-q", "--offline", "--example", example]);
    cargo.args(["--no-default-features", "--features", &features()]);
    match name(folder).ok_or("no profile")? {
        debug if debug == "debug" => cargo.args(["--profile", "dev"]),
        profile => cargo.arg("--profile").arg(profile),
    };
    // Cargo keeps this file in the target folder itself, also in one that it has not made.
    if above.join(".rustc_info.json").exists() {
        cargo.arg("--target-dir").arg(above);
    } else {
        cargo.arg("--target").arg(name(above).ok_or("no triple")?);
        cargo.arg("--target-dir").arg(above.parent().ok_or("no target folder")?);
    }
    cargo.arg("--").args(rustc_arguments);
    let (status, output) = run_to_its_end(&mut cargo)?;
    if !status.success() {
        return Err(format!("{cargo:?}: {status}\n{output}").into());
    }
    Ok(folder.join("examples"))
}

fn features() -> String {
    let all = [
        ("std", true),
        ("heap", true),
        ("meter", true),
        ("fault", cfg!(feature = "fault")),
        ("inline", cfg!(feature = "inline")),
        ("share", cfg!(feature = "share")),
        ("serde", cfg!(feature = "serde")),
        ("jemalloc", cfg!(feature = "jemalloc")),
        ("mimalloc", cfg!(feature = "mimalloc")),
        ("mimalloc-v3", cfg!(feature = "mimalloc-v3")),
        ("mimalloc-secure", cfg!(feature = "mimalloc-secure")),
        ("local-dynamic-tls", cfg!(feature = "local-dynamic-tls")),
    ];
    all.iter().filter(|feature| feature.1).map(|feature| feature.0).collect::<Vec<_>>().join(",")
}
