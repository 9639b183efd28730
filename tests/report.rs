//! The report as its users run it, and the tests of its parts.
//!
//! What is timed is tested in the parts only: a timed run takes seconds and proves nothing in a debug
//! build.

#![allow(dead_code, reason = "the parts are used by the example")]

#[path = "../examples/report/advice.rs"]
mod advice;
#[path = "../examples/common/again.rs"]
mod again;
#[path = "../examples/report/allocator.rs"]
mod allocator;
#[path = "../examples/report/build.rs"]
mod build;
#[path = "../examples/report/chart.rs"]
mod chart;
#[path = "../examples/report/check.rs"]
mod check;
#[path = "../examples/report/cli.rs"]
mod cli;
#[path = "../examples/report/count.rs"]
mod count;
#[path = "support/example.rs"]
mod example;
#[path = "../examples/common/layout.rs"]
mod layout;
#[path = "../examples/common/machine.rs"]
mod machine;
#[path = "../examples/report/model.rs"]
mod model;
#[path = "../examples/common/output.rs"]
mod output;
#[path = "../examples/report/parent.rs"]
mod parent;
#[path = "../examples/common/progress.rs"]
mod progress;
#[path = "../examples/report/request.rs"]
mod request;
#[path = "../examples/report/run.rs"]
mod run;
#[path = "../examples/common/stats.rs"]
mod stats;
#[path = "../examples/report/steady.rs"]
mod steady;
#[path = "../benches/support/mod.rs"]
mod support;
#[path = "../examples/report/table.rs"]
mod table;
#[path = "../examples/report/text.rs"]
mod text;
#[path = "../examples/report/timed.rs"]
mod timed;
#[path = "../examples/common/versions.rs"]
mod versions;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};

use example::{Said, said};
use serde_json::Value;

const LEDGER: &str = "tests/ledger/report.json";

fn report(arguments: &[&str], bless: bool) -> Said {
    let parts = ["examples/report", "examples/common", "benches/support"];
    let mut command = Command::new(example::built("report", &parts));
    command.args(arguments).env_remove("BLESS");
    if bless {
        command.env("BLESS", "1");
    }
    said(&mut command)
}

/// A file of the test's own.
fn file(name: &str, content: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Most figures are those of std and of other crates, so only the pinned toolchain must reproduce them.
fn differs(what: &str) {
    assert!(env::var_os("CI").is_none(), "{what}");
    eprintln!(
        "note: other figures than the committed ones, which this toolchain may explain:\n{what}"
    );
}

#[test]
fn the_committed_figures_are_those_of_this_build() {
    let said = report(&["--check", LEDGER], false);
    match said.code {
        Some(0) => {
            assert!(said.out.starts_with("ok: ") && said.out.lines().count() == 1, "{said:?}");
            assert!(said.err.contains("counting only"), "{said:?}");
        }
        Some(1) => differs(&said.out),
        _ => panic!("{said:?}"),
    }
}

/// Blessing cannot move these.
#[test]
fn the_rungs_keep_what_is_claimed_of_them() {
    let ledger: Value = serde_json::from_str(&fs::read_to_string(LEDGER).unwrap()).unwrap();
    let requests = |name: &str| {
        let variants = ledger["variants"].as_array().unwrap();
        let variant = variants.iter().find(|variant| variant["name"] == name).unwrap();
        variant["allocations"].as_u64().unwrap() + variant["reallocations"].as_u64().unwrap()
    };
    assert!((120..=160).contains(&requests("naive")), "naive: {}", requests("naive"));
    assert!(requests("existing") <= 4, "existing: {}", requests("existing"));
    assert!(requests("zero_copy_inline") <= 1, "best: {}", requests("zero_copy_inline"));
    // The state, the user agent, the parser's scratch space and the response.
    assert!(requests("small") <= 8, "small: {}", requests("small"));
    assert!(requests("shared") <= 1, "shared: {}", requests("shared"));
    assert!(requests("pooled") <= 1, "pooled: {}", requests("pooled"));
    assert_eq!(requests("best"), 0);
}

/// Where `shared` does what `existing` cannot: each string here is too long for its place.
#[test]
fn long_strings_are_slices_of_the_request() {
    let mut draft = support::request::Draft::embedded();
    draft.replace("the black one", "the black one, if there is one, else the grey one");
    draft.replace("ring twice, please", "ring twice, please, and leave it at the door");
    let request = Path::new(env!("CARGO_TARGET_TMPDIR")).join("long.http");
    fs::write(&request, draft.bytes()).unwrap();
    let ledger = file("long.json", "");
    let request = request.to_str().unwrap();
    assert_eq!(report(&["--request", request, "--check", &ledger], true).code, Some(0));

    let ledger: Value = serde_json::from_str(&fs::read_to_string(ledger).unwrap()).unwrap();
    let allocations = |name: &str| {
        let variants = ledger["variants"].as_array().unwrap();
        let variant = variants.iter().find(|variant| variant["name"] == name).unwrap();
        variant["allocations"].as_u64().unwrap()
    };
    // One is the parser's, for the escape.
    assert_eq!((allocations("shared"), allocations("existing")), (1, 3));
    assert_eq!(allocations("best"), 0);
}

#[test]
fn blessing_writes_the_committed_file_byte_for_byte() {
    let path = file("blessed.json", "");
    let said = report(&["--check", &path], true);
    assert_eq!(said.code, Some(0), "{said:?}");
    let (blessed, committed) =
        (fs::read_to_string(path).unwrap(), fs::read_to_string(LEDGER).unwrap());
    if blessed != committed {
        differs(&blessed);
    }
}

#[test]
fn a_difference_is_a_line_and_exit_code_1() {
    let path = file("differs.json", "");
    report(&["--check", &path], true);
    let blessed = fs::read_to_string(&path).unwrap();
    let mut ledger: Value = serde_json::from_str(&blessed).unwrap();
    let measured = ledger["variants"][0]["frees"].as_u64().unwrap();
    ledger["variants"][0]["frees"] = (measured + 1).into();
    fs::write(&path, ledger.to_string()).unwrap();

    let said = report(&["--quick", "--check", &path], false);
    assert_eq!(said.code, Some(1), "{said:?}");
    let line = format!("naive, frees: committed {}, measured {measured}\n", measured + 1);
    assert_eq!(said.out, line);
}

#[test]
fn a_file_that_cannot_be_checked_against_is_exit_code_2() {
    let malformed = file("malformed.json", "{\"variants\": 3}");
    for (path, part) in [("no/such.json", "no/such.json"), (&malformed, "is no report.json")] {
        let said = report(&["--check", path], false);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{said:?}");
        assert!(said.err.contains(part) && said.err.contains("BLESS=1"), "{said:?}");
    }
}

#[test]
fn what_is_no_request_is_one_line_and_exit_code_2() {
    for (path, part) in [("Cargo.toml", "no HTTP request"), ("no/such.http", "cannot read")] {
        let said = report(&["--quick", "--json", "--request", path], false);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{said:?}");
        assert_eq!(said.err.lines().count(), 1, "{said:?}");
        assert!(said.err.contains(part) && said.err.contains(path), "{said:?}");
    }
}

#[test]
fn a_folder_that_cannot_be_written_to_is_said_before_anything_is_measured() {
    let taken = file("taken", "a file, no folder");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("half");
    fs::create_dir_all(folder.join("report.svg")).unwrap();
    let half = folder.to_str().unwrap();
    for (out, named) in [(taken.as_str(), "taken"), (half, "report.svg")] {
        let said = report(&["--quick", "--out", out], false);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{said:?}");
        assert_eq!(said.err.lines().count(), 1, "{said:?}");
        assert!(said.err.starts_with("error: cannot write "), "{said:?}");
        assert!(said.err.contains(named) && said.err.contains("--out"), "{said:?}");
    }
    // What was there is as it was, and the probe is gone.
    assert_eq!(fs::read_to_string(&taken).unwrap(), "a file, no folder");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}

/// Scaled to a debug build: before there was a deadline for counting, this took minutes.
#[test]
fn a_body_too_large_for_a_quick_run_does_not_make_it_slow() {
    let body = format!("[1{}]", ",1".repeat(2_000_000));
    let head = "POST /x HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length";
    let request = file("large.http", &format!("{head}: {}\r\n\r\n{body}", body.len()));
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("large");
    let start = Instant::now();
    let arguments = ["--quick", "--request", &request, "--out", out.to_str().unwrap()];
    let said = report(&arguments, false);
    let took = start.elapsed();
    match said.code {
        Some(0) => assert!(said.out.contains("too slow for --quick"), "{said:?}"),
        _ => assert!(said.err.contains("is too large for --quick"), "{said:?}"),
    }
    assert!(took < Duration::from_secs(15), "{took:?}");
}

#[test]
fn an_encoded_body_is_named_in_the_report() {
    let request = "POST /x HTTP/1.1\r\nContent-Type: application/json\r\n\
                   Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    let (request, ledger) = (file("chunked.http", request), file("chunked.json", ""));
    assert_eq!(report(&["--request", &request, "--check", &ledger], true).code, Some(0));
    let said = report(&["--json", "--request", &request, "--check", &ledger], false);
    let json: Value = serde_json::from_str(&said.out).unwrap();
    let note = json["request"]["note"].as_str().unwrap();
    for part in ["transfer-encoding: chunked", "decoded body", "content-length"] {
        assert!(note.contains(part), "{note}");
    }
}

#[test]
fn an_unknown_option_is_exit_code_2_and_help_lists_the_codes() {
    assert_eq!(report(&["--jsno"], false).code, Some(2));
    let said = report(&["--help"], false);
    assert_eq!(said.code, Some(0));
    for part in ["--quick", "--json", "--out", "--request", "--check", "Exit codes", "--features"] {
        assert!(said.out.contains(part), "{part}: {said:?}");
    }
    assert!(!said.out.contains(timed::OPTION), "{said:?}");
}

#[test]
fn a_request_of_another_shape_is_measured_and_said_so() {
    let body = r#"{"query":"{ viewer { name } }","variables":{"n":[1,2,3]}}"#;
    let request = format!(
        "POST /graphql HTTP/1.1\r\nHost: example.com\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let request = file("other.http", &request);
    let ledger = file("other.json", "");
    assert_eq!(report(&["--request", &request, "--check", &ledger], true).code, Some(0));

    let said = report(&["--json", "--request", &request, "--check", &ledger], false);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.err.contains("ok: "), "{said:?}");
    let json: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(json["request"]["shape"], "other");
    assert!(json["request"]["note"].as_str().unwrap().starts_with("Not an order"), "{json}");
    assert!(json["variants"][0]["allocations"].as_u64().unwrap() > 0);

    // The figures of another request are no figures to compare with.
    let said = report(&["--check", &ledger], false);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.out.starts_with("request: committed "), "{said:?}");
}

#[test]
fn the_json_has_what_it_promises() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report");
    let said = report(&["--json", "--check", LEDGER, "--out", folder.to_str().unwrap()], false);
    let json: Value = serde_json::from_str(&said.out).unwrap();
    assert!(json["allocator"].is_string());
    let variants = json["variants"].as_array().unwrap();
    assert_eq!(variants[0]["name"], "naive");
    assert!(variants.iter().any(|variant| variant["name"] == "existing"));
    for variant in variants {
        for column in ["allocations", "reallocations", "bytes", "peak_bytes", "frees"] {
            assert!(variant[column].is_u64(), "{column}: {variant}");
        }
        assert!(variant["time_ratio"].is_null() && variant["spread"].is_null());
        assert!(variant["lowest"].is_null(), "not steady: {variant}");
    }
    let steady = &json["steady"];
    let figures = ["requests", "allocations", "reallocations"].map(|name| steady[name].as_u64());
    assert_eq!(figures, [Some(200), Some(0), Some(0)], "{steady}");
    assert!(steady["keeps"].as_u64().unwrap() > 0, "{steady}");
    let swaps = json["allocator_swaps"].as_array().unwrap();
    let features: Vec<_> = swaps.iter().map(|swap| swap["feature"].as_str().unwrap()).collect();
    assert_eq!(features, ["mimalloc", "jemalloc"]);

    let written = fs::read_to_string(folder.join("report.json")).unwrap();
    assert_eq!(written, said.out);
    assert!(fs::read_to_string(folder.join("report.svg")).unwrap().starts_with("<svg"));
    let markdown = fs::read_to_string(folder.join("report.md")).unwrap();
    assert!(markdown.contains("| naive |") && markdown.contains("report.svg"));
}
