//! The comparison of allocators as its users run it, and the tests of its parts.

#![allow(dead_code, reason = "the parts are used by the example")]

#[path = "../examples/common/again.rs"]
mod again;
#[path = "../examples/allocators/child.rs"]
mod child;
#[path = "../examples/allocators/cli.rs"]
mod cli;
#[path = "support/example.rs"]
mod example;
#[path = "../examples/allocators/judge.rs"]
mod judge;
#[path = "../examples/common/layout.rs"]
mod layout;
#[path = "../examples/common/machine.rs"]
mod machine;
#[path = "../examples/allocators/measure.rs"]
mod measure;
#[path = "../examples/allocators/model.rs"]
mod model;
#[path = "../examples/common/output.rs"]
mod output;
#[path = "../examples/allocators/parent.rs"]
mod parent;
#[path = "../examples/allocators/process.rs"]
mod process;
#[path = "../examples/allocators/program.rs"]
mod program;
#[path = "../examples/common/progress.rs"]
mod progress;
#[path = "../examples/allocators/run.rs"]
mod run;
#[path = "../examples/common/stats.rs"]
mod stats;
#[path = "../examples/allocators/text.rs"]
mod text;
#[path = "../examples/common/versions.rs"]
mod versions;
#[path = "../examples/allocators/workloads.rs"]
mod workloads;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use example::{Said, said};
use serde_json::Value;
use thrifty::heap::Backend;

/// The variable of the example; the parts read it here.
const VARIABLE: &str = "THRIFTY_ALLOC";

fn built() -> PathBuf {
    example::built("allocators", &["examples/allocators", "examples/common"])
}

fn allocators(arguments: &[&str]) -> Said {
    said(Command::new(built()).args(arguments).env_remove(VARIABLE))
}

/// A folder of the test's own.
fn folder(name: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    path.to_str().unwrap().to_owned()
}

/// As `--backends` takes them, the system's first.
fn compiled() -> Vec<&'static str> {
    Backend::compiled().iter().rev().map(|backend| backend.name()).collect()
}

#[test]
fn a_comparison_has_what_it_promises() {
    let (out, backends) = (folder("comparison"), compiled().join(","));
    let said = allocators(&[
        "--quick",
        "--json",
        "--rounds",
        "6",
        "--workload",
        "fragmentation,churn-*",
        "--backends",
        &backends,
        "--out",
        &out,
    ]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let json: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(json["baseline"], compiled()[0]);
    assert_eq!((&json["rounds"], &json["percent"]), (&6.into(), &25.into()));
    assert!(json["machine"]["cores"].is_u64() && json["command"].is_null());
    assert_eq!(json["allocators"].as_array().unwrap().len(), compiled().len());
    // A machine that is busy has others.
    let of_debug = |warning: &Value| warning.as_str().unwrap().contains("debug build");
    let warned = json["warnings"].as_array().unwrap().iter().any(of_debug);
    assert_eq!(warned, cfg!(debug_assertions));
    let (all, left_out) =
        workloads::all(usize::try_from(json["machine"]["cores"].as_u64().unwrap()).unwrap());
    assert_eq!(json["left_out"].as_array().unwrap().len(), left_out.len());

    let compared = json["workloads"].as_array().unwrap();
    let churns = all.iter().filter(|one| one.name.starts_with("churn")).count();
    assert_eq!(compared.len(), churns + 1);
    for one in compared {
        let rows = one["rows"].as_array().unwrap();
        let names: Vec<_> = rows.iter().map(|row| row["allocator"].as_str().unwrap()).collect();
        assert_eq!(names, compiled());
        assert_eq!(rows[0]["time_ratio"], 1.0);
        assert!(rows[0]["difference"].is_null() && one["verdict"].is_string());
        for row in rows {
            assert!(row["time_ratio"].as_f64().unwrap() > 0.0, "{row}");
            assert!(row["spread"][0].as_f64() <= row["spread"][1].as_f64(), "{row}");
            assert!(row["seconds"].as_f64().unwrap() > 0.0, "{row}");
            assert_eq!(
                row["live_bytes"].as_u64() > Some(0),
                one["name"] == "fragmentation",
                "{row}"
            );
            check_memory(row);
        }
        let noise = one["noise"].as_array().unwrap();
        assert!(noise[0].as_f64() <= noise[1].as_f64(), "{one}");
    }
    let written = fs::read_to_string(Path::new(&out).join("allocators.json")).unwrap();
    assert_eq!(written, said.out);
    let markdown = fs::read_to_string(Path::new(&out).join("allocators.md")).unwrap();
    assert!(
        markdown.contains("\n| system | 1 |") && markdown.contains("## churn-1: "),
        "{markdown}"
    );
}

/// What only Linux knows of itself.
fn check_memory(row: &Value) {
    if !cfg!(target_os = "linux") {
        return;
    }
    let figure = |name: &str| row[name].as_u64().unwrap_or_else(|| panic!("{name}: {row}"));
    assert!(figure("peak_rss_bytes") >= figure("rss_after_bytes"), "{row}");
    assert!(figure("rss_before_bytes") > 0, "{row}");
    assert!(figure("rss_purged_bytes") > figure("live_bytes"), "{row}");
    assert!(
        figure("process_faults") > figure("minor_faults") && figure("minor_faults") > 0,
        "{row}"
    );
    assert!(row["process_cpu_seconds"].as_f64() >= row["cpu_seconds"].as_f64(), "{row}");
    assert!(row["cpu_seconds"].as_f64().unwrap() > 0.0, "{row}");
}

#[test]
fn the_process_that_is_measured_runs_on_what_the_variable_names() {
    for backend in compiled() {
        let job = format!("--{}={}", child::OPTION, r#"{"workload":"map","percent":1}"#);
        let output = Command::new(built()).arg(job).env(VARIABLE, backend).output().unwrap();
        let answer: child::Answer = serde_json::from_slice(&output.stdout).unwrap();
        answer.verify(backend).unwrap();
        assert_eq!(answer.selected.as_deref(), Some(backend));
        let others = [Backend::System, Backend::Mimalloc, Backend::Jemalloc];
        for other in others.iter().map(|other| other.name()).filter(|other| *other != backend) {
            assert!(answer.verify(other).is_err(), "{other}: {answer:?}");
        }
    }
}

#[test]
fn without_another_allocator_the_command_that_adds_them_is_named() {
    let said = allocators(&[
        "--quick",
        "--rounds",
        "1",
        "--workload",
        "threads",
        "--out",
        &folder("alone"),
    ]);
    if compiled().len() > 1 {
        assert_eq!(said.code, Some(0), "{said:?}");
        assert!(said.out.contains("1 rounds are too few"), "{said:?}");
    } else {
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{said:?}");
        let command = "cargo run --release --features mimalloc,jemalloc --example allocators";
        assert!(said.err.contains(command), "{said:?}");
    }
}

#[test]
fn what_cannot_be_done_is_exit_code_2_and_says_what_was_asked() {
    let taken = folder("taken");
    fs::write(&taken, "a file, no folder").unwrap();
    let wrong: [(&[&str], &str); 7] = [
        (&["--rouns", "3"], "--rouns"),
        (&["--backends", "system", "--workload", "pear"], "pear: there are pair, churn-1"),
        (&["--backends", "tcmalloc"], "tcmalloc"),
        (&["--backends", "system,system"], "system twice"),
        (&["--backends", "system", "--out", &taken], "taken"),
        (&["--rounds", "0"], "1 to 10000"),
        (&["--backends", "system", "--workload", "pair", "run", "true"], "--workload"),
    ];
    for (arguments, part) in wrong {
        let said = allocators(arguments);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{said:?}");
        assert!(said.err.contains(part), "{part}: {said:?}");
    }
}

#[test]
fn the_list_and_the_help_say_what_there_is() {
    let list = allocators(&["--list"]);
    assert_eq!(list.code, Some(0), "{list:?}");
    for part in ["pair", "churn-1", "exchange", "map", "growth-large", "fragmentation"] {
        assert!(list.out.contains(part), "{part}: {list:?}");
    }
    let help = allocators(&["--help"]);
    assert_eq!(help.code, Some(0), "{help:?}");
    for part in ["--rounds", "--variable", "run", "Exit codes", "--features mimalloc,jemalloc"] {
        assert!(help.out.contains(part), "{part}: {help:?}");
    }
    assert!(!help.out.contains(child::OPTION), "{help:?}");
}

#[cfg(unix)]
mod programs {
    use super::*;

    fn run(name: &str, options: &[&str], command: &[&str]) -> Said {
        let out = folder(name);
        let mut arguments = vec!["--quick", "--rounds", "6", "--out", &out];
        arguments.extend(options);
        arguments.push("run");
        arguments.extend(command);
        allocators(&arguments)
    }

    const BOTH: [&str; 2] = ["--backends", "system,mimalloc"];

    #[test]
    fn one_that_does_not_obey_the_variable_is_run_with_a_warning() {
        let said = run("trivial", &[BOTH[0], BOTH[1], "--json"], &["true"]);
        assert_eq!(said.code, Some(0), "{said:?}");
        let json: Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!((&json["command"], &json["rounds"]), (&"true".into(), &6.into()));
        let warning = json["warnings"][0].as_str().unwrap();
        assert!(warning.contains("does not hold the text THRIFTY_ALLOC"), "{warning}");
        for row in json["workloads"][0]["rows"].as_array().unwrap() {
            assert!(row["seconds"].as_f64().unwrap() > 0.0 && row["cpu_seconds"].is_f64(), "{row}");
            assert!(row["minor_faults"].as_u64().unwrap() > 0, "{row}");
            // Smaller than this process, and what nobody but the program could say.
            assert!(row["peak_rss_bytes"].is_null() && row["rss_purged_bytes"].is_null(), "{row}");
        }
    }

    #[test]
    fn the_variable_names_each_allocator_in_turn() {
        let script = "echo it is \"$OTHER_NAME\" >&2; [ \"$OTHER_NAME\" != mimalloc ]";
        let options = [BOTH[0], BOTH[1], "--variable", "OTHER_NAME"];
        let said = run("variable", &options, &["sh", "-c", script]);
        assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{said:?}");
        assert!(said.err.contains("OTHER_NAME=mimalloc: exit status: 1"), "{said:?}");
        assert!(said.err.contains("it said at last:\nit is mimalloc"), "{said:?}");
    }

    #[test]
    fn one_that_fails_or_is_not_there_is_named_before_anything_is_measured() {
        let said = run("fails", &BOTH, &["false"]);
        assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{said:?}");
        assert!(said.err.starts_with("error: `false` with THRIFTY_ALLOC=system: "), "{said:?}");
        for program in ["no-such-program", "./Cargo.lock/x"] {
            let said = run("absent", &BOTH, &[program, "x"]);
            assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{said:?}");
            assert!(said.err.contains(&format!("no program to run `{program} x`")), "{said:?}");
        }
        let said = run("no-program", &BOTH, &["./Cargo.lock"]);
        assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{said:?}");
        assert!(said.err.contains("cannot start `./Cargo.lock`"), "{said:?}");
    }

    /// The example is such a program itself.
    #[test]
    fn one_that_obeys_is_compared_on_the_allocators_that_it_has() {
        let example = built();
        let said = run("obeys", &["--json"], &[example.to_str().unwrap(), "--list"]);
        if compiled().len() == 1 {
            assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{said:?}");
            assert!(said.err.contains("does not seem to have an allocator beside"), "{said:?}");
            return;
        }
        assert_eq!(said.code, Some(0), "{said:?}");
        let json: Value = serde_json::from_str(&said.out).unwrap();
        let rows = json["workloads"][0]["rows"].as_array().unwrap();
        assert_eq!(rows.len(), compiled().len());
        assert_eq!(json["left_out"].as_array().unwrap().len(), 3 - compiled().len());
        assert!(!json["warnings"].to_string().contains("does not hold"), "{json}");
    }
}
