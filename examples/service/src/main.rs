//! The service as a program. `--self-test` measures it, `--load` is a client.

use std::error::Error;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use clap::Parser;
use thrifty::heap::{self, ByEnv};
use thrifty::meter::{CountsOnly, Metered};
use thrifty_service::app;
use thrifty_service::self_test::{self, Load, Plan};
use thrifty_service::server::{self, Options};
use thrifty_service::store::Store;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// The system's allocator, or with the features `mimalloc` and `jemalloc` that which `THRIFTY_ALLOC`
/// names. The meter ships with it: its counts cost less than a percent.
#[global_allocator]
static GLOBAL: Metered<ByEnv, CountsOnly> = Metered::counts_only(ByEnv::new("THRIFTY_ALLOC"));

const ENVIRONMENT: &str = "\
Environment:
  DATABASE_URL   a PostgreSQL; without it the rows are in memory
  RUST_LOG       info: a line for each request, with allocations, bytes and poll time
  THRIFTY_ALLOC  one of the allocators that are compiled in";

/// A web service, each route written three times: naive, existing, thrifty.
#[derive(Debug, Parser)]
#[command(version, after_help = ENVIRONMENT)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
struct Args {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Worker threads; as many as there are cores without it
    #[arg(long, value_name = "N")]
    workers: Option<usize>,
    /// Do not look for the end of a connection while its request is served
    #[arg(long)]
    half_close: bool,
    /// Measure the routes over loopback; exit with 1 if thrifty allocates more than floor + 5
    #[arg(long)]
    self_test: bool,
    /// Print JSON instead of tables
    #[arg(long)]
    json: bool,
    /// A fifth of the requests
    #[arg(long, requires = "self_test")]
    quick: bool,
    /// Load the service at --listen with requests to this route, as in /thrifty/orders
    #[arg(long, value_name = "ROUTE")]
    load: Option<String>,
    /// How many connections --load opens
    #[arg(long, value_name = "N", default_value_t = 64, requires = "load")]
    connections: usize,
    /// How long --load goes on
    #[arg(long, value_name = "N", default_value_t = 60, requires = "load")]
    seconds: u64,
    /// Be the client of a self-test
    #[arg(long, value_name = "ADDRESS", hide = true)]
    client: Option<SocketAddr>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<ExitCode, Box<dyn Error>> {
    if let Some(address) = args.client {
        self_test::client(address)?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(route) = &args.load {
        let Args { connections, seconds, .. } = *args;
        let time = Duration::from_secs(seconds);
        let load = Load { address: args.listen, route: route.clone(), connections, time };
        print_json(&load.run()?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(io::stderr)
        .init();
    // Asked once, so that the allocators' own answer is known before the first request.
    let allocator = heap::active();
    tracing::info!(?allocator, "starting");
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let workers = args.workers.unwrap_or(cores).max(1);
    if args.self_test {
        let Args { half_close, quick, .. } = *args;
        let report = self_test::run(Plan { workers, half_close, quick })?;
        if args.json {
            print_json(&report)?;
        } else {
            print!("{report}");
        }
        return Ok(if report.passed { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    serve(args, workers)?;
    Ok(ExitCode::SUCCESS)
}

fn serve(args: &Args, workers: usize) -> Result<(), Box<dyn Error>> {
    let store = Store::from_env()?;
    let options = Options { half_close: args.half_close };
    server::runtime(workers)?.block_on(async {
        let listener = TcpListener::bind(args.listen).await?;
        // Whoever started this with port 0 reads here which one it is.
        println!("http://{} with {workers} workers, {}", listener.local_addr()?, store.kind());
        io::stdout().flush()?;
        let stop = server::asked_to_stop()?;
        server::serve(listener, app::router(store), options, stop).await?;
        Ok(())
    })
}

fn print_json(value: &impl serde::Serialize) -> Result<(), Box<dyn Error>> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}
