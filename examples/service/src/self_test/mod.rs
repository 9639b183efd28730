//! The figures, over loopback: the server is in this process, the client in another, which is this
//! program once more.
//!
//! Allocations are counted over the whole process, hyper's included, on one connection that is warm:
//! they repeat exactly. CPU time is what the kernel accounted, over rounds that take turns; the times
//! depend on what else the machine does.

use std::io;

use thrifty::heap;

mod client;
mod connection;
mod load;
mod protocol;
mod report;
mod requests;
mod subject;
mod usage;

pub use client::run as client;
pub use load::{Load, Summary};
pub use report::{OpenLoop, Report, Route, Times, Variants, Workers};
pub use requests::wire;

use protocol::{Command, Latencies};
use subject::Subject;
use usage::Cpu;

/// What thrifty may allocate beyond the floor.
pub const ALLOWANCE: f64 = 5.0;

/// Rounds in which the routes take turns, for their CPU time. It is summed, not a median: the kernel
/// tells the user's part from the system's by looking at each tick of its clock, so a short round
/// has few looks.
const ROUNDS: usize = 10;

/// How long the self-test takes its time.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Worker threads, but for the sweep.
    pub workers: usize,
    /// See [`Options`](crate::server::Options).
    pub half_close: bool,
    /// A fifth of the requests, for a test.
    pub quick: bool,
}

/// Measures everything.
///
/// # Errors
///
/// If a socket or the client fails, or a request had no answer of 200.
pub fn run(plan: Plan) -> io::Result<Report> {
    let mut subject = Subject::start(plan.workers, plan.half_close)?;
    let orders = ["/floor/orders", "/naive/orders", "/existing/orders", "/thrifty/orders"];
    let [floor, naive, existing, thrifty] = plan.routes(&mut subject, orders)?;
    let protobuf = plan.routes(
        &mut subject,
        ["/naive/orders/protobuf", "/existing/orders/protobuf", "/thrifty/orders/protobuf"],
    )?;
    let stock = plan.routes(&mut subject, ["/naive/stock", "/existing/stock", "/thrifty/stock"])?;
    let booking = plan.routes(
        &mut subject,
        ["POST /naive/stock", "POST /existing/stock", "POST /thrifty/stock"],
    )?;
    let open_loop = plan.open_loop(&mut subject, orders)?;
    let blocked = plan.beside(&mut subject, "/blocked/forecast")?;
    let offloaded = plan.beside(&mut subject, "/offloaded/forecast")?;
    let store = subject.store();
    subject.stop()?;
    Ok(Report {
        allocator: heap::active().map_or_else(|| "unknown".to_owned(), |name| name.to_string()),
        workers: plan.workers,
        half_close: plan.half_close,
        passed: thrifty.allocations <= floor.allocations + ALLOWANCE,
        floor,
        naive,
        existing,
        thrifty,
        protobuf: Variants::of(protobuf),
        store,
        stock: Variants::of(stock),
        booking: Variants::of(booking),
        open_loop,
        blocked,
        offloaded,
        sweep: plan.sweep()?,
    })
}

impl Plan {
    const fn scaled(self, count: usize) -> usize {
        if self.quick { count / 5 } else { count }
    }

    /// The exact figures of each route, then its CPU time, in rounds that take turns.
    fn routes<const N: usize>(
        self,
        subject: &mut Subject,
        names: [&str; N],
    ) -> io::Result<[Route; N]> {
        let mut routes = [Route::default(); N];
        for (route, name) in routes.iter_mut().zip(names) {
            *route = subject.exact(name, self.scaled(2_000))?;
        }
        let mut sums = [Cpu::default(); N];
        for _ in 0..ROUNDS {
            for (sum, name) in sums.iter_mut().zip(names) {
                *sum = sum.plus(subject.cpu(name, self.scaled(2_000))?);
            }
        }
        for (route, sum) in routes.iter_mut().zip(sums) {
            let Cpu { user, system } = sum.each(ROUNDS * self.scaled(2_000));
            (route.user_us, route.cpu_us) = (user, user + system);
        }
        Ok(routes)
    }

    /// Latencies at a fixed rate, whatever the answers take.
    fn open_loop(self, subject: &mut Subject, names: [&str; 4]) -> io::Result<OpenLoop> {
        let rate = 1_000;
        let mut times = [Times::default(); 4];
        for (times, name) in times.iter_mut().zip(names) {
            let requests = self.scaled(5_000);
            *times = Times::of(&subject.ask(&Command::open(name, rate, requests))?);
        }
        let [floor, naive, existing, thrifty] = times;
        Ok(OpenLoop { rate, floor, naive, existing, thrifty })
    }

    /// Latencies of orders while 20 forecasts a second are asked for.
    fn beside(self, subject: &mut Subject, heavy: &str) -> io::Result<Times> {
        let command = Command::open("/thrifty/orders", 400, self.scaled(2_000));
        Ok(Times::of(&subject.ask(&command.beside(heavy, 20))?))
    }

    /// What more workers bring.
    fn sweep(self) -> io::Result<Vec<Workers>> {
        let mut sweep = Vec::new();
        for workers in [1, 2, 4, 8] {
            let mut subject = Subject::start(workers, self.half_close)?;
            let command = |requests| Command::closed("/thrifty/orders", 64, requests);
            subject.ask(&command(self.scaled(2_000)))?;
            let before = Cpu::now()?;
            let Latencies { requests, seconds, p99_us, .. } =
                subject.ask(&command(self.scaled(20_000)))?;
            let Cpu { user, system } = Cpu::now()?.since(before).each(requests);
            #[expect(clippy::cast_precision_loss, reason = "some thousands")]
            let per_second = requests as f64 / seconds;
            sweep.push(Workers { workers, per_second, p99_us, cpu_us: user + system });
            subject.stop()?;
        }
        Ok(sweep)
    }
}
