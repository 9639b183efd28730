//! The program as it is used: its self-test, its headers, its metrics, its log.

mod support;

use std::fs::{self, File};
use std::process::{Command, Output};

use nix::sys::signal::Signal;
use serde_json::Value;
use support::{PROGRAM, Service};

fn run(arguments: &[&str]) -> Output {
    let mut program = Command::new(PROGRAM);
    program.args(arguments).env_remove("DATABASE_URL").output().unwrap()
}

#[test]
fn the_self_test_passes_and_its_counts_are_whole() {
    let output = run(&["--self-test", "--quick", "--json", "--workers", "2"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let count = |variant: &str| {
        let route = &report[variant];
        for figure in ["bytes", "cpu_us", "user_us"] {
            assert!(route[figure].as_f64().is_some_and(|figure| figure >= 0.0), "{route}");
        }
        route["allocations"].as_f64().unwrap()
    };
    let [floor, naive, existing, thrifty] = ["floor", "naive", "existing", "thrifty"].map(count);
    assert!(thrifty <= floor + 5.0, "{floor} {thrifty}");
    assert!(thrifty < existing && existing < 40.0 && naive > 200.0, "{existing} {naive}");
    // One stray allocation of the runtime in 400 requests is not a request's.
    for count in [floor, naive, existing, thrifty] {
        assert!((count - count.round()).abs() < 0.05, "{count}");
    }
    assert_eq!(report["passed"], true);
    assert_eq!(report["sweep"].as_array().unwrap().len(), 4);
}

#[test]
fn what_does_not_fit_together_is_refused() {
    assert_eq!(run(&["--quick"]).status.code(), Some(2));
    assert_eq!(run(&["--connections", "2"]).status.code(), Some(2));
}

#[test]
fn an_answer_says_what_it_cost() {
    let service = Service::start(None, &[]);
    let allocs = |path: &str| -> u64 {
        service.get(path);
        let head = service.get(path).head;
        let (_, rest) = head.split_once("server-timing: allocs;desc=\"").unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    let (health, naive) = (allocs("/health"), allocs("/naive/stock?skus=MS-0412,TEA-GRN-500"));
    assert!(health > 0 && health < 15, "{health}");
    assert!(naive > health + 10, "{naive}");
}

#[test]
fn the_log_has_a_line_for_each_request() {
    let path = std::env::temp_dir().join(format!("thrifty-log-{}", std::process::id()));
    let mut program = Command::new(PROGRAM);
    program.args(["--listen", "127.0.0.1:0"]).env("RUST_LOG", "info").env("NO_COLOR", "1");
    program.env_remove("DATABASE_URL").stderr(File::create(&path).unwrap());
    let service = Service::spawn(&mut program);
    assert_eq!(service.get("/thrifty/stock?skus=MS-0412").status, 200);
    assert!(service.stop(Signal::SIGTERM).success());
    let log = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let line = log.lines().find(|line| line.contains("/thrifty/stock")).expect(&log);
    for field in ["method=\"GET\"", "status=200", "allocs=", "bytes=", "poll_us="] {
        assert!(line.contains(field), "{field}: {line}");
    }
}

#[test]
fn metrics_count_up() {
    let service = Service::start(None, &[]);
    let read = |name| service.metric(name).unwrap();
    let (allocations, gets) = (read("heap_allocations_total"), read("pool_gets_total"));
    for _ in 0..10 {
        service.get("/thrifty/stock?skus=MS-0412");
    }
    assert!(read("heap_allocations_total") >= allocations + 100);
    assert!(read("pool_gets_total") >= gets + 10);
    if cfg!(target_os = "linux") {
        assert!(read("process_resident_memory_bytes") > 1 << 20);
    }
    assert_eq!(service.get("/nowhere").status, 404);
}
