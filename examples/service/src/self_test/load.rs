//! A load for a service in another process, on this machine or elsewhere: as `wrk`, with the order of
//! the repository's benchmarks as the request.

use std::io;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::connection::Connection;
use super::protocol::Latencies;
use super::requests::wire;

/// What to send, and for how long.
#[derive(Clone, Debug)]
pub struct Load {
    /// The service's address.
    pub address: SocketAddr,
    /// The path, with `POST` before it for a booking.
    pub route: String,
    /// Each asks again as soon as it has an answer.
    pub connections: usize,
    /// How long.
    pub time: Duration,
}

/// What came back.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Summary {
    /// Answers of 200.
    pub ok: u64,
    /// Answers of 503: the service is there, its database is not.
    pub unavailable: u64,
    /// Answers of any other status.
    pub refused: u64,
    /// Connections that broke, or could not be opened.
    pub broken: u64,
    /// How the last answer of each connection was 200.
    pub recovered: bool,
    /// Answers a second.
    pub per_second: f64,
    /// Half of the answers took at most that long.
    pub p50_us: u64,
    /// All but one in a hundred did.
    pub p99_us: u64,
    /// The slowest.
    pub max_us: u64,
}

impl Load {
    /// Sends requests until the time is over.
    ///
    /// # Errors
    ///
    /// If no connection can be opened at the start.
    pub fn run(&self) -> io::Result<Summary> {
        drop(Connection::open(self.address)?);
        let request = wire(&self.route);
        let began = Instant::now();
        let until = began + self.time;
        let mut shares: Vec<Share> = (0..self.connections).map(|_| Share::default()).collect();
        thread::scope(|scope| {
            for share in &mut shares {
                scope.spawn(|| share.send(self.address, &request, until));
            }
        });
        let seconds = began.elapsed().as_secs_f64();
        let mut summary = Summary { recovered: true, ..Summary::default() };
        let mut micros = Vec::new();
        for share in shares {
            summary.ok += share.ok;
            summary.unavailable += share.unavailable;
            summary.refused += share.refused;
            summary.broken += share.broken;
            summary.recovered &= share.last == Some(200);
            micros.extend(share.micros);
        }
        let Latencies { requests, p50_us, p99_us, max_us, .. } = Latencies::of(micros, seconds);
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let per_second = requests as f64 / seconds;
        Ok(Summary { per_second, p50_us, p99_us, max_us, ..summary })
    }
}

/// What one connection saw.
#[derive(Debug, Default)]
struct Share {
    ok: u64,
    unavailable: u64,
    refused: u64,
    broken: u64,
    last: Option<u16>,
    micros: Vec<u64>,
}

impl Share {
    fn send(&mut self, address: SocketAddr, request: &[u8], until: Instant) {
        let mut connection = None;
        while Instant::now() < until {
            let asked = Instant::now();
            let open = match connection.take() {
                Some(open) => Ok(open),
                None => Connection::open(address),
            };
            let answer = open.and_then(|mut open| Ok((open.exchange(request)?, open)));
            self.last = answer.as_ref().ok().map(|(status, _)| *status);
            match self.last {
                Some(200) => self.ok += 1,
                Some(503) => self.unavailable += 1,
                Some(_) => self.refused += 1,
                None => self.broken += 1,
            }
            match answer {
                Ok((_, open)) => {
                    connection = Some(open);
                    let micros = asked.elapsed().as_micros();
                    self.micros.push(u64::try_from(micros).unwrap_or(u64::MAX));
                }
                // Whoever is refused waits before it tries again.
                Err(_) => thread::sleep(Duration::from_millis(100)),
            }
        }
    }
}
