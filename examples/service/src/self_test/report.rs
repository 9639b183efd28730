//! What the self-test found.

use std::fmt;

use serde::Serialize;

use super::protocol::Latencies;

/// Everything, as `--json` prints it.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The allocator that the process really runs on.
    pub allocator: String,
    /// Worker threads, but for the sweep.
    pub workers: usize,
    /// See [`Options`](crate::server::Options).
    pub half_close: bool,
    /// Whether thrifty is within [`ALLOWANCE`](super::ALLOWANCE) of the floor.
    pub passed: bool,
    /// The same router and layers, a static answer, the body ignored.
    pub floor: Route,
    /// The order route, in a hurry.
    pub naive: Route,
    /// With care and existing crates.
    pub existing: Route,
    /// With the blocks of thrifty.
    pub thrifty: Route,
    /// The same order as protobuf.
    pub protobuf: Variants,
    /// Where the rows of the next two are.
    pub store: &'static str,
    /// 16 rows: one by one, batched, streamed.
    pub stock: Variants,
    /// 16 movements: one by one, batched, batched.
    pub booking: Variants,
    /// Latencies of orders at a fixed rate.
    pub open_loop: OpenLoop,
    /// Latencies of orders while forecasts are computed on the workers.
    pub blocked: Times,
    /// The same with forecasts on threads of their own.
    pub offloaded: Times,
    /// Orders by 64 connections as fast as they go, over numbers of workers.
    pub sweep: Vec<Workers>,
}

/// What a request of a route takes.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Route {
    /// Allocations and reallocations of the whole process.
    pub allocations: f64,
    /// Their bytes.
    pub bytes: f64,
    /// CPU time of the process, user and system, in microseconds.
    pub cpu_us: f64,
    /// The user's part of it.
    pub user_us: f64,
    /// The largest resident memory meanwhile, in bytes.
    pub peak_rss: Option<u64>,
}

/// A route's three variants.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Variants {
    naive: Route,
    existing: Route,
    thrifty: Route,
}

/// How long answers took.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[expect(clippy::struct_field_names, reason = "the unit")]
pub struct Times {
    p50_us: u64,
    p99_us: u64,
    max_us: u64,
}

/// Latencies at a fixed rate.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct OpenLoop {
    /// Requests a second.
    pub rate: u32,
    /// See [`Report::floor`].
    pub floor: Times,
    /// See [`Report::naive`].
    pub naive: Times,
    /// See [`Report::existing`].
    pub existing: Times,
    /// See [`Report::thrifty`].
    pub thrifty: Times,
}

/// A row of the sweep.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Workers {
    /// Worker threads.
    pub workers: usize,
    /// Requests a second.
    pub per_second: f64,
    /// All but one in a hundred took at most that long.
    pub p99_us: u64,
    /// CPU time a request.
    pub cpu_us: f64,
}

impl Variants {
    pub(super) const fn of([naive, existing, thrifty]: [Route; 3]) -> Self {
        Self { naive, existing, thrifty }
    }
}

impl Times {
    pub(super) const fn of(latencies: &Latencies) -> Self {
        let Latencies { p50_us, p99_us, max_us, .. } = *latencies;
        Self { p50_us, p99_us, max_us }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { allocator, workers, store, floor, thrifty, .. } = self;
        let half_close = if self.half_close { ", half_close" } else { "" };
        writeln!(f, "allocator {allocator}, {workers} workers{half_close}\n")?;

        heading(f, "POST orders, JSON, 14 headers")?;
        let rows = [("floor", &self.floor), ("naive", &self.naive)];
        rows.iter().try_for_each(|(name, route)| route.row(f, name, &self.naive))?;
        let rows = [("existing", &self.existing), ("thrifty", thrifty)];
        rows.iter().try_for_each(|(name, route)| route.row(f, name, &self.naive))?;
        heading(f, "the same order as protobuf")?;
        self.protobuf.rows(f, ["naive", "existing", "thrifty"])?;
        heading(f, &format!("GET 16 rows of {store}"))?;
        self.stock.rows(f, ["naive: one by one", "existing: = ANY", "thrifty: = ANY"])?;
        heading(f, &format!("POST 16 movements to {store}"))?;
        self.booking.rows(f, ["naive: one by one", "existing: unnest", "thrifty: unnest"])?;

        let OpenLoop { rate, floor: at_floor, naive, existing, thrifty: ours } = self.open_loop;
        writeln!(f, "\n{:<34}{:>10}{:>10}{:>10}", "latency, us", "p50", "p99", "max")?;
        at_floor.row(f, &format!("floor at {rate} a second"))?;
        naive.row(f, "naive")?;
        existing.row(f, "existing")?;
        ours.row(f, "thrifty")?;
        self.blocked.row(f, "beside forecasts on the workers")?;
        self.offloaded.row(f, "beside forecasts offloaded")?;

        writeln!(f, "\n{:<34}{:>10}{:>10}{:>10}", "workers", "req/s", "p99 us", "cpu us")?;
        for Workers { workers, per_second, p99_us, cpu_us } in &self.sweep {
            writeln!(f, "{workers:<34}{per_second:>10.0}{p99_us:>10}{cpu_us:>10.1}")?;
        }
        let verdict = if self.passed { "passed" } else { "FAILED" };
        let beyond = thrifty.allocations - floor.allocations;
        writeln!(
            f,
            "\n{verdict}: thrifty allocates {beyond:.1} beyond the floor, at most 5 allowed"
        )
    }
}

fn heading(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    let columns = ["allocs", "bytes", "user us", "cpu us", "naive/user", "peak RSS"];
    write!(f, "\n{name:<34}")?;
    columns.iter().try_for_each(|column| write!(f, "{column:>11}"))?;
    writeln!(f)
}

impl Variants {
    fn rows(&self, f: &mut fmt::Formatter<'_>, names: [&str; 3]) -> fmt::Result {
        let routes = [&self.naive, &self.existing, &self.thrifty];
        routes.iter().zip(names).try_for_each(|(route, name)| route.row(f, name, &self.naive))
    }
}

impl Route {
    fn row(&self, f: &mut fmt::Formatter<'_>, name: &str, naive: &Self) -> fmt::Result {
        let Self { allocations, bytes, cpu_us, user_us, peak_rss } = self;
        write!(f, "{name:<34}{allocations:>11.1}{bytes:>11.0}{user_us:>11.1}{cpu_us:>11.1}")?;
        write!(f, "{:>11.2}", naive.user_us / user_us)?;
        match peak_rss {
            Some(bytes) => writeln!(f, "{:>9}Ki", bytes >> 10),
            None => writeln!(f, "{:>11}", "-"),
        }
    }
}

impl Times {
    fn row(&self, f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
        let Self { p50_us, p99_us, max_us } = self;
        writeln!(f, "{name:<34}{p50_us:>10}{p99_us:>10}{max_us:>10}")
    }
}
