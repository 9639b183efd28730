//! A server in this process, and its client in another.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::protocol::{Command, Latencies};
use super::report::Route;
use super::usage::{Cpu, Heap, forget_peak, peak_rss};
use crate::app;
use crate::server::{self, Options};
use crate::store::Store;

pub(super) struct Subject {
    runtime: Runtime,
    store: &'static str,
    stop: oneshot::Sender<()>,
    served: JoinHandle<io::Result<()>>,
    client: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Subject {
    /// Starts both.
    pub(super) fn start(workers: usize, half_close: bool) -> io::Result<Self> {
        let store = Store::from_env().map_err(io::Error::other)?;
        let kind = store.kind();
        let runtime = server::runtime(workers)?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let stopped = async { drop(stopped.await) };
        let router = app::router(store);
        let served =
            runtime.spawn(server::serve(listener, router, Options { half_close }, stopped));

        let mut client = std::process::Command::new(env::current_exe()?)
            .args(["--client", &address.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let ask = client.stdin.take().expect("piped");
        let answers = BufReader::new(client.stdout.take().expect("piped"));
        Ok(Self { runtime, store: kind, stop, served, client, ask, answers })
    }

    /// Has the client do that.
    pub(super) fn ask(&mut self, command: &Command) -> io::Result<Latencies> {
        serde_json::to_writer(&mut self.ask, command)?;
        writeln!(self.ask)?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        let latencies: Latencies = serde_json::from_str(&answer)?;
        match &latencies.error {
            Some(error) => Err(io::Error::other(error.clone())),
            None => Ok(latencies),
        }
    }

    /// What a request of that route takes from the heap, once the connection is warm.
    pub(super) fn exact(&mut self, route: &str, requests: usize) -> io::Result<Route> {
        self.ask(&Command::closed(route, 1, 200))?;
        forget_peak();
        let before = Heap::now();
        self.ask(&Command::closed(route, 1, requests))?;
        let (allocations, bytes) = Heap::now().each(before, requests);
        Ok(Route { allocations, bytes, peak_rss: peak_rss(), ..Route::default() })
    }

    /// What all these requests take of the CPU, from 16 connections.
    pub(super) fn cpu(&mut self, route: &str, requests: usize) -> io::Result<Cpu> {
        let before = Cpu::now()?;
        self.ask(&Command::closed(route, 16, requests))?;
        Ok(Cpu::now()?.since(before))
    }

    pub(super) fn store(&self) -> &'static str {
        self.store
    }

    /// Ends both, the server as `SIGTERM` would.
    pub(super) fn stop(mut self) -> io::Result<()> {
        drop(self.ask);
        self.client.wait()?;
        let _ = self.stop.send(());
        self.runtime.block_on(self.served)?
    }
}
