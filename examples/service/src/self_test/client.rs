//! The client's side: commands come in on the standard input, answers go out on the standard output.

use std::io::{self, BufRead, Write};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::connection::Connection;
use super::protocol::{Command, Latencies};
use super::requests::wire;

/// Connections for what is asked beside the measured requests.
const BESIDE: usize = 4;

/// Serves commands until the standard input ends.
///
/// # Errors
///
/// If the self-test has gone away.
pub fn run(address: SocketAddr) -> io::Result<()> {
    let mut connections = Vec::new();
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let command: Command = serde_json::from_str(&line?)?;
        let latencies = obey(&command, address, &mut connections);
        let latencies = latencies.unwrap_or_else(|error| Latencies {
            error: Some(format!("{}: {error}", command.route)),
            ..Latencies::default()
        });
        serde_json::to_writer(&mut out, &latencies)?;
        writeln!(out)?;
        out.flush()?;
    }
    Ok(())
}

/// Connections are kept from command to command, so that none pays for opening them.
fn obey(
    command: &Command,
    address: SocketAddr,
    connections: &mut Vec<Connection>,
) -> io::Result<Latencies> {
    while connections.len() < command.connections {
        connections.push(Connection::open(address)?);
    }
    let connections = &mut connections[..command.connections];
    let measured =
        Work { request: wire(&command.route), count: command.requests, rate: command.rate };
    let (never, enough) = (AtomicBool::new(false), AtomicBool::new(false));
    thread::scope(|scope| {
        let beside = command.beside.as_ref().map(|(route, rate)| {
            let work = Work { request: wire(route), count: usize::MAX, rate: Some(*rate) };
            let enough = &enough;
            scope.spawn(move || {
                let connections: io::Result<Vec<_>> =
                    (0..BESIDE).map(|_| Connection::open(address)).collect();
                drive(&mut connections?, &work, enough)
            })
        });
        let began = Instant::now();
        let micros = drive(connections, &measured, &never);
        let seconds = began.elapsed().as_secs_f64();
        enough.store(true, Ordering::Relaxed);
        if let Some(beside) = beside {
            beside.join().expect("a panic was printed")?;
        }
        Ok(Latencies::of(micros?, seconds))
    })
}

struct Work {
    request: Vec<u8>,
    count: usize,
    rate: Option<u32>,
}

/// Sends all requests, in turns, each connection on a thread of its own.
///
/// With a rate each request has its moment, and its latency counts from there, even if the connection
/// was still waiting for the answer before: a server that is slow for a while is not asked less.
fn drive(connections: &mut [Connection], work: &Work, enough: &AtomicBool) -> io::Result<Vec<u64>> {
    let (began, step) = (Instant::now(), connections.len());
    let send = |turn: usize, connection: &mut Connection| {
        let mut micros = Vec::new();
        for number in (turn..work.count).step_by(step) {
            let mut due = Instant::now();
            if let Some(rate) = work.rate {
                #[expect(clippy::cast_precision_loss, reason = "below 2^52 for centuries")]
                let moment = Duration::from_secs_f64(number as f64 / f64::from(rate));
                due = began + moment;
                thread::sleep(due.saturating_duration_since(Instant::now()));
            }
            if enough.load(Ordering::Relaxed) {
                break;
            }
            let status = connection.exchange(&work.request)?;
            if status != 200 {
                return Err(io::Error::other(format!("status {status}")));
            }
            micros.push(u64::try_from(due.elapsed().as_micros()).unwrap_or(u64::MAX));
        }
        Ok(micros)
    };
    thread::scope(|scope| {
        let connections = connections.iter_mut().enumerate();
        let threads: Vec<_> = connections
            .map(|(turn, connection)| scope.spawn(move || send(turn, connection)))
            .collect();
        let mut all = Vec::new();
        for thread in threads {
            all.extend(thread.join().expect("a panic was printed")?);
        }
        Ok(all)
    })
}
