//! Starts this program again for each workload and allocator, and believes only what is proven.

use std::io::Read;
use std::process::Stdio;

use fastrand::Rng;

use crate::again::again;
use crate::child::{Answer, Job, OPTION};
use crate::measure::{Lane, Sample};
use crate::process::{self, Account};
use crate::workloads::Workload;

/// Does a workload once, in a process on `lane`'s allocator.
pub(crate) fn once(
    workload: &Workload,
    lane: Lane,
    variable: &str,
    percent: usize,
) -> Result<Sample, String> {
    let backend = lane.backend.name();
    let job = Job { workload: workload.name.clone(), percent };
    started(&job, backend, variable)
        .and_then(|(answer, whole)| {
            answer.verify(backend)?;
            sample(&answer, whole)
        })
        .map_err(|why| format!("{} on {backend}: {why}", workload.name))
}

fn started(job: &Job, backend: &str, variable: &str) -> Result<(Answer, Option<Account>), String> {
    let failed =
        |what: &str, why: String| format!("cannot {what} the process that is measured: {why}");
    let mut child = again(OPTION, job, &mut Rng::new())?
        .env(variable, backend)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed("start", error.to_string()))?;
    let mut said = String::new();
    if let Some(mut pipe) = child.stdout.take() {
        pipe.read_to_string(&mut said).map_err(|error| failed("hear", error.to_string()))?;
    }
    let (status, whole) =
        process::wait(child).map_err(|error| failed("wait for", error.to_string()))?;
    if !status.success() {
        return Err(format!("the process that is measured failed: {status}"));
    }
    let answer = serde_json::from_str(&said)
        .map_err(|error| failed("understand", format!("{error} in {said:?}")))?;
    Ok((answer, whole))
}

/// What the process saw of itself, and what the kernel accounted for all of it.
fn sample(answer: &Answer, whole: Option<Account>) -> Result<Sample, String> {
    if let (Some(work), Some(whole)) = (answer.work, whole)
        && !whole.holds(&work)
    {
        return Err(format!(
            "the kernel accounted less for the process than for its work: {whole:?} {work:?}"
        ));
    }
    let work = answer.work;
    Ok(Sample {
        seconds: answer.seconds,
        cpu_seconds: work.map(|work| work.cpu_seconds),
        minor_faults: work.map(|work| work.minor_faults),
        major_faults: work.map(|work| work.major_faults),
        // The process's own figure, since the kernel's account may hold the parent's peak.
        peak_rss: answer.peak_rss,
        rss_before: answer.rss_before,
        rss_after: answer.rss_after,
        rss_purged: answer.rss_purged,
        purge_seconds: Some(answer.purge_seconds),
        process_cpu_seconds: whole.map(|whole| whole.cpu_seconds),
        process_faults: whole.map(|whole| whole.minor_faults + whole.major_faults),
        live: answer.live,
        sum: Some(answer.sum),
    })
}
