//! Load by 64 connections: no error, and resident memory that does not grow after the warm-up; then
//! the same with PostgreSQL stopped and started in the middle of it.
//!
//! A few seconds each; `SOAK_SECONDS=60 cargo test --release --test soak -- --nocapture
//! --test-threads 1` for a minute. The load comes from this program's own client, and from `wrk` where
//! that is installed.

mod support;

use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::postgres::Postgres;
use support::{PROGRAM, Service};

/// How long the load goes on.
fn seconds() -> u64 {
    std::env::var("SOAK_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3)
}

/// The program's own client, on one route.
fn load(service: &Service, route: &str, seconds: u64) -> Command {
    let mut client = Command::new(PROGRAM);
    let address = service.address.to_string();
    client.args(["--load", route, "--listen", &address, "--connections", "64"]);
    client.args(["--seconds", &seconds.to_string()]).stdout(Stdio::piped());
    client
}

fn summary(output: &Output) -> Value {
    println!("{}", String::from_utf8_lossy(&output.stdout).trim_end());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Resident memory while the load goes on: at a third of the time, and the most after it.
fn watch(service: &Service, seconds: u64) -> (u64, u64) {
    let rss = || service.metric("process_resident_memory_bytes").unwrap();
    let began = Instant::now();
    thread::sleep(Duration::from_secs(seconds / 3));
    let (warm, mut most) = (rss(), 0);
    while began.elapsed() < Duration::from_secs(seconds) {
        thread::sleep(Duration::from_millis(500));
        most = rss().max(most);
    }
    println!("resident: {} KiB after the warm-up, then at most {} KiB", warm >> 10, most >> 10);
    (warm, most)
}

/// A tenth and a MiB: a connection more or less, a buffer that grew. In a few seconds on a busy machine
/// the warm-up may not be over.
fn assert_flat((warm, most): (u64, u64)) {
    let slack = if seconds() < 30 { 8 << 20 } else { 1 << 20 };
    assert!(most <= warm + warm / 10 + slack, "{warm} bytes grew to {most}");
}

#[test]
fn orders_without_an_error_in_flat_memory() {
    for route in ["/thrifty/orders", "/existing/orders", "/naive/orders"] {
        let service = Service::start(None, &[]);
        let client = load(&service, route, seconds()).spawn().unwrap();
        let resident = watch(&service, seconds());
        println!("{route}");
        let summary = summary(&client.wait_with_output().unwrap());
        for kind in ["unavailable", "refused", "broken"] {
            assert_eq!(summary[kind], 0, "{route}");
        }
        assert!(summary["ok"].as_u64().unwrap() > 0);
        assert_flat(resident);
    }
}

#[test]
fn wrk_sees_no_error() {
    let service = Service::start(None, &[]);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/order.lua");
    let url = format!("http://{}/thrifty/orders?source=checkout", service.address);
    let duration = format!("{}s", seconds());
    let mut wrk = Command::new("wrk");
    wrk.args(["-t2", "-c64", "-d", &duration, "--latency", "-s", script, &url]);
    let Ok(wrk) = wrk.stdout(Stdio::piped()).spawn() else {
        eprintln!("skipped: wrk is not installed (apt-get install wrk)");
        return;
    };
    let resident = watch(&service, seconds());
    let output = wrk.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    println!("{text}");
    assert!(output.status.success() && text.contains("Requests/sec"));
    // wrk prints these lines only where there is something to tell.
    assert!(!text.contains("Socket errors") && !text.contains("Non-2xx"), "{text}");
    assert_flat(resident);
}

#[test]
fn postgres_stops_and_starts_under_load() {
    let Some(postgres) = Postgres::start("soak") else { return };
    let service = Service::start(Some(&postgres.url), &[]);
    assert_eq!(service.get("/thrifty/stock?skus=MS-0412").status, 200);
    // However slow the machine is, the database is up again before the load ends.
    let seconds = seconds().max(20);
    let client = load(&service, "/thrifty/stock", seconds).spawn().unwrap();
    let resident = thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_secs(seconds / 3));
            postgres.stop();
            thread::sleep(Duration::from_secs(seconds / 20));
            postgres.start_again();
        });
        watch(&service, seconds)
    });
    let summary = summary(&client.wait_with_output().unwrap());
    assert!(summary["ok"].as_u64().unwrap() > 0 && summary["unavailable"].as_u64().unwrap() > 0);
    assert_eq!((&summary["refused"], &summary["broken"]), (&0.into(), &0.into()));
    assert_eq!(summary["recovered"], true);
    assert_flat(resident);
}
