//! A signal ends the service, but not the requests that are under way.

mod support;

use std::io::Write;
use std::net::TcpStream;

use nix::sys::signal::Signal;
use support::{Answer, Service};

#[test]
fn both_signals_end_it_with_success() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let service = Service::start(None, &[]);
        assert_eq!(service.get("/health").status, 200);
        assert!(service.stop(signal).success(), "{signal}");
    }
}

#[test]
fn a_request_under_way_gets_its_answer() {
    let service = Service::start(None, &[]);
    let mut stream = TcpStream::connect(service.address).unwrap();
    write!(stream, "GET /offloaded/forecast?months=1000 HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    while service.metric("forecasts_started_total") != Some(1) {}
    service.signal(Signal::SIGTERM);
    // Not a word about closing was in the request: the service closes when it has answered.
    assert_eq!(Answer::read(stream).status, 200);
    assert!(service.wait().success());
}

#[test]
fn an_idle_connection_does_not_keep_it() {
    let service = Service::start(None, &[]);
    let idle = TcpStream::connect(service.address).unwrap();
    assert_eq!(service.get("/health").status, 200);
    assert!(service.stop(Signal::SIGTERM).success());
    drop(idle);
}
