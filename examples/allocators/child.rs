//! The process that is measured: it does one workload once, on the allocator that the environment
//! names, and says on its standard output what it saw.

use std::io::{self, Write};
use std::thread::available_parallelism;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use thrifty::heap;

use crate::process::{self, Account};
use crate::workloads;

/// The hidden option that makes a process such a one.
pub(crate) const OPTION: &str = "measured-process";

/// What to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Job {
    pub workload: String,
    /// 100 is all of it.
    pub percent: usize,
}

/// What the process says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Answer {
    /// What the allocators themselves say, where that can be proven.
    pub proven: Option<String>,
    /// What the choice at the start came to.
    pub selected: Option<String>,
    pub seconds: f64,
    /// What the kernel accounted for the work alone.
    pub work: Option<Account>,
    pub peak_rss: Option<u64>,
    pub rss_before: Option<u64>,
    /// With the work done and all freed that is not kept, and after a purge.
    pub rss_after: Option<u64>,
    pub rss_purged: Option<u64>,
    pub purge_seconds: f64,
    /// Bytes in the blocks that are kept.
    pub live: u64,
    pub sum: u64,
}

/// Does the job.
pub(crate) fn run(job: &Job) -> Result<(), String> {
    let cores = available_parallelism().map_or(1, usize::from);
    let (workloads, _) = workloads::all(cores);
    let workload = workloads
        .iter()
        .find(|workload| workload.name == job.workload)
        .ok_or_else(|| format!("no workload {}", job.workload))?;

    let rss_before = heap::rss();
    let before = process::own();
    let start = Instant::now();
    let done = workload.run(job.percent);
    let seconds = start.elapsed().as_secs_f64();
    let work = before.and_then(|before| Some(process::own()?.since(&before)));

    let stats = heap::stats();
    // Before the purge, which then leaves alone the allocators that are not in use.
    let proven = heap::active();
    let purged = heap::purge();
    let answer = Answer {
        proven: proven.map(|backend| backend.to_string()),
        selected: heap::selection().map(|selection| selection.backend().to_string()),
        seconds,
        work,
        peak_rss: stats.peak_rss,
        rss_before,
        rss_after: stats.rss,
        rss_purged: purged.after,
        purge_seconds: purged.took.as_secs_f64(),
        live: done.kept.iter().map(|block| block.len() as u64).sum(),
        sum: done.sum,
    };
    answer.print().map_err(|error| format!("cannot answer: {error}"))
}

impl Answer {
    fn print(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        serde_json::to_writer(&mut out, self)?;
        out.flush()
    }

    /// Whether the work ran on `backend`; the proof counts for more than the choice.
    pub(crate) fn verify(&self, backend: &str) -> Result<(), String> {
        let really = self.proven.as_deref().or(self.selected.as_deref());
        match really {
            Some(really) if really == backend => Ok(()),
            Some(really) => Err(format!("it ran on {really}, not on {backend}")),
            None => Err(format!("it cannot be shown that it ran on {backend}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_on_another_allocator_is_not_believed() {
        let verdict = |proven: Option<&str>, selected: Option<&str>| {
            let answer = Answer {
                proven: proven.map(str::to_owned),
                selected: selected.map(str::to_owned),
                seconds: 1.0,
                work: None,
                peak_rss: None,
                rss_before: None,
                rss_after: None,
                rss_purged: None,
                purge_seconds: 0.0,
                live: 0,
                sum: 1,
            };
            answer.verify("mimalloc").is_ok()
        };
        assert!(verdict(Some("mimalloc"), Some("mimalloc")));
        assert!(verdict(None, Some("mimalloc")));
        assert!(!verdict(Some("system"), Some("mimalloc")));
        assert!(!verdict(None, Some("system")));
        assert!(!verdict(None, None));
    }
}
