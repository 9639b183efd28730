//! `panic = "abort"`: a program of its own, whose end is looked at.

use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use libtest_mimic::{Failed, Trial};
use thrifty::heap::Backend;

use super::builds;
use crate::each_backend::{BACKEND, run_to_its_end};

/// What the program is told to do, the signal that ends it, and a part of what it prints.
const ENDS: [(&str, Option<i32>, &str); 3] = [
    ("survives", None, "survived on "),
    ("fails", Some(libc::SIGABRT), "memory allocation of 1152921504606846976 bytes failed"),
    ("panics", Some(libc::SIGABRT), "on a thread"),
];

pub(super) fn trials() -> Vec<Trial> {
    let on = |&backend: &Backend| ENDS.map(|end| trial(backend, end));
    Backend::compiled().iter().flat_map(on).collect()
}

fn trial(backend: Backend, end: (&'static str, Option<i32>, &'static str)) -> Trial {
    let name = format!("{backend}, panic = \"abort\", {}", end.0);
    Trial::test(name, move || ends(backend, end)).with_ignored_flag(true)
}

fn ends(backend: Backend, (what, signal, text): (&str, Option<i32>, &str)) -> Result<(), Failed> {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    if BUILT.get().is_none() {
        let folder = builds::build("heap_torture_abort", &["-C", "panic=abort"])?;
        let _ = BUILT.set(folder.join("heap_torture_abort"));
    }
    let mut program = Command::new(BUILT.get().ok_or("not built")?);
    program.arg(what).env(BACKEND, backend.name()).env_remove("RUST_BACKTRACE");
    let (status, output) = run_to_its_end(&mut program)?;
    let as_it_should = status.signal() == signal && (signal.is_some() || status.success());
    let [built, reached] = ["panic = abort", "not reached"].map(|text| output.contains(text));
    if as_it_should && built && output.contains(text) && !reached {
        return Ok(());
    }
    Err(format!("{status}, expected signal {signal:?} and {text:?}:\n{output}").into())
}
