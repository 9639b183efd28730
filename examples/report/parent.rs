//! Starts the processes that are timed, and turns what they say into ratios.

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use fastrand::Rng;
use serde::Serialize;
use thrifty::heap::Backend;

use crate::again::again;
use crate::allocator::{self, CAN_CHOOSE, VARIABLE};
use crate::model::rounded;
use crate::progress::Progress;
use crate::request::Input;
use crate::stats::{self, Estimate};
use crate::timed::{Answer, Job, OPTION, What};

/// A ratio needs at least as many rounds, in at least as many processes.
const MIN_ROUNDS: usize = 61;
const MIN_PROCESSES: usize = 8;
/// A ratio of whole processes needs at least as many rounds.
const MIN_SWAP_ROUNDS: usize = 31;

/// How long a quick run may count and time; the rest of its ten seconds is for the files, and for
/// what a busy machine delays.
const QUICK: Duration = Duration::from_millis(8800);

/// How much time the timed pass may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// For the ladder.
    pub ladder: Duration,
    /// Processes that the ladder is timed in, one after the other.
    pub processes: u32,
    /// For the allocators, when there are any to compare.
    pub swaps: Duration,
    /// For one process of that comparison.
    pub swap_process: Duration,
    /// When the allocators must leave the rest of the time to the ladder; `None`: never.
    pub swaps_deadline: Option<Instant>,
    /// When to give up on the smallest number of rounds; `None`: never.
    pub deadline: Option<Instant>,
}

impl Plan {
    /// About half a minute.
    pub(crate) fn full() -> Self {
        let (ladder, swaps) = if others().next().is_some() { (20, 8) } else { (28, 0) };
        let swaps = Duration::from_secs(swaps);
        Self {
            ladder: Duration::from_secs(ladder),
            processes: 40,
            swaps,
            swap_process: Duration::from_millis(40),
            swaps_deadline: None,
            deadline: None,
        }
    }

    /// At most ten seconds, on a busy machine too.
    pub(crate) fn quick(start: Instant) -> Self {
        let (ladder, swaps) = if others().next().is_some() { (3500, 2500) } else { (6000, 0) };
        let swaps = Duration::from_millis(swaps);
        Self {
            ladder: Duration::from_millis(ladder),
            processes: 20,
            swaps,
            swap_process: Duration::from_millis(4),
            swaps_deadline: Some(start + Duration::from_millis(6300)),
            deadline: Some(start + QUICK),
        }
    }

    /// The plan for a request that takes so long: whoever looks at the clock between two batches
    /// is late by one batch and its warm-up.
    pub(crate) fn earlier(mut self, request: Duration) -> Self {
        for end in [&mut self.swaps_deadline, &mut self.deadline] {
            *end = end.map(|end| end.checked_sub(2 * request).unwrap_or(end));
        }
        self
    }

    fn limit(&self) -> Duration {
        until(self.deadline)
    }

    fn swaps_limit(&self) -> Duration {
        until(self.swaps_deadline)
    }
}

/// The times of all variants.
#[derive(Clone, Debug)]
pub(crate) struct Ladder {
    /// Nanoseconds per request: for each process, for each variant, one for each round; after the
    /// variants the first of them again.
    processes: Vec<Vec<Vec<f64>>>,
}

impl Ladder {
    /// Times all variants, interleaved in each of several processes, in what the allocators have
    /// left of the time.
    pub(crate) fn time(input: &Input, plan: &Plan, progress: &Progress) -> Result<Self, String> {
        let start = Instant::now();
        let mut ladder = Self { processes: Vec::new() };
        for number in 0..plan.processes {
            // What one process took too long, the others have less.
            let left = plan.ladder.saturating_sub(start.elapsed()).min(plan.limit());
            let job = Job {
                what: What::Ladder,
                shape: input.shape,
                budget_ms: millis(left / (plan.processes - number)),
                limit_ms: millis(plan.limit()),
                min_rounds: MIN_ROUNDS.div_ceil(MIN_PROCESSES),
                seed: u64::from(number),
            };
            ladder.processes.push(run(job, allocator::backend(), &input.bytes)?);
            progress.set(f64::from(number + 1) / f64::from(plan.processes));
            // The smallest number will do where one takes more than its part, as on a busy machine.
            let enough = ladder.processes.len() >= MIN_PROCESSES && start.elapsed() >= plan.ladder;
            if enough || plan.limit().is_zero() {
                break;
            }
        }
        let rounds = ladder.rounds();
        if rounds < MIN_ROUNDS || ladder.processes.len() < MIN_PROCESSES {
            return Err(format!("too slow for --quick: {rounds} of {MIN_ROUNDS} rounds"));
        }
        Ok(ladder)
    }

    pub(crate) fn processes(&self) -> usize {
        self.processes.len()
    }

    pub(crate) fn rounds(&self) -> usize {
        self.processes.iter().filter_map(|process| process.last()).map(Vec::len).sum()
    }

    /// The time of one variant relative to another's; the number after the last variant is the first
    /// variant again.
    pub(crate) fn ratio(&self, this: usize, base: usize) -> Option<Estimate> {
        let of_process =
            |times: &Vec<Vec<f64>>| Some(stats::ratios(times.get(this)?, times.get(base)?));
        let groups: Option<Vec<Vec<f64>>> = self.processes.iter().map(of_process).collect();
        stats::estimate(&groups?)
    }

    /// The median time of a request, in nanoseconds.
    pub(crate) fn nanos(&self, this: usize) -> Option<f64> {
        let of_process = |times: &Vec<Vec<f64>>| times.get(this).cloned();
        let times: Option<Vec<Vec<f64>>> = self.processes.iter().map(of_process).collect();
        let mut times = times?.concat();
        (!times.is_empty()).then(|| stats::median(&mut times))
    }
}

/// The rung "allocator swapped, nothing else": `naive` on another allocator, relative to the
/// system's.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Swap {
    pub name: String,
    /// The Cargo feature that adds it.
    pub feature: &'static str,
    pub measured: bool,
    pub time_ratio: Option<f64>,
    pub spread: Option<[f64; 2]>,
    pub rounds: usize,
    /// Why it was not measured.
    pub reason: Option<String>,
    #[serde(skip)]
    pub estimate: Option<Estimate>,
}

const SWAPS: [(Backend, &str); 2] =
    [(Backend::Mimalloc, "mimalloc"), (Backend::Jemalloc, "jemalloc")];

impl Swap {
    fn not_measured(backend: Backend, feature: &'static str, reason: String) -> Self {
        Self {
            name: format!("naive on {backend}"),
            feature,
            measured: false,
            time_ratio: None,
            spread: None,
            rounds: 0,
            reason: Some(reason),
            estimate: None,
        }
    }

    fn measured(backend: Backend, feature: &'static str, times: &[f64], system: &[f64]) -> Self {
        // Each round has processes of its own, so each is a group of its own.
        let ratios = stats::ratios(times, system).into_iter().map(|ratio| vec![ratio]);
        let estimate = stats::estimate(&ratios.collect::<Vec<_>>());
        Self {
            name: format!("naive on {backend}"),
            feature,
            measured: estimate.is_some(),
            time_ratio: estimate.map(|estimate| rounded(estimate.median)),
            spread: estimate.map(|estimate| [rounded(estimate.low), rounded(estimate.high)]),
            rounds: times.len(),
            reason: None,
            estimate,
        }
    }

    /// All of them untimed, for one reason; what is not compiled in says so first.
    pub(crate) fn untimed(reason: &str) -> Vec<Self> {
        let one = |&(backend, feature)| Self::not_measured(backend, feature, reason.to_owned());
        SWAPS.iter().map(|swap| absent(swap).unwrap_or_else(|| one(swap))).collect()
    }

    /// Times `naive` in processes of its own, the allocators taking turns round by round.
    pub(crate) fn time(input: &Input, plan: &Plan, progress: &Progress) -> Vec<Self> {
        let lanes: Vec<Backend> = [Backend::System].into_iter().chain(others()).collect();
        let times =
            if lanes.len() > 1 { alternate(input, plan, progress, &lanes) } else { Ok(vec![]) };
        let times = match times {
            Ok(times) => times,
            Err(reason) => return Self::untimed(&reason),
        };
        let one = |swap: &(Backend, &'static str)| {
            let lane = lanes.iter().position(|backend| *backend == swap.0)?;
            Some(Self::measured(swap.0, swap.1, times.get(lane)?, times.first()?))
        };
        SWAPS.iter().filter_map(|swap| absent(swap).or_else(|| one(swap))).collect()
    }
}

/// The row of a backend that this program does not have or cannot choose.
fn absent(&(backend, feature): &(Backend, &'static str)) -> Option<Swap> {
    if !Backend::compiled().contains(&backend) {
        let reason = format!("not compiled in: add --features {feature}");
        return Some(Swap::not_measured(backend, feature, reason));
    }
    let reason = "this platform cannot choose the allocator at start-up".to_owned();
    (!CAN_CHOOSE).then(|| Swap::not_measured(backend, feature, reason))
}

fn others() -> impl Iterator<Item = Backend> {
    SWAPS.iter().filter(|swap| absent(swap).is_none()).map(|swap| swap.0)
}

/// For each lane the times of one, in rounds; in each round every lane once, at changing places.
fn alternate(
    input: &Input,
    plan: &Plan,
    progress: &Progress,
    lanes: &[Backend],
) -> Result<Vec<Vec<f64>>, String> {
    let start = Instant::now();
    let budget = plan.swaps.min(plan.swaps_limit());
    let mut times = vec![Vec::new(); lanes.len()];
    for round in 0.. {
        if start.elapsed() >= budget && round >= MIN_SWAP_ROUNDS {
            break;
        }
        for place in 0..lanes.len() {
            let lane = (place + round) % lanes.len();
            let job = Job {
                what: What::Naive,
                shape: input.shape,
                budget_ms: millis(plan.swap_process),
                limit_ms: millis(plan.swaps_limit()),
                min_rounds: 5,
                seed: (round * lanes.len() + place) as u64,
            };
            let one = run(job, lanes[lane], &input.bytes)?;
            let Some(nanos) = one.into_iter().flatten().next() else {
                return Err(format!("too slow for --quick: {round} of {MIN_SWAP_ROUNDS} rounds"));
            };
            times[lane].push(nanos);
        }
        progress.set(part(start.elapsed(), budget));
    }
    Ok(times)
}

fn until(deadline: Option<Instant>) -> Duration {
    deadline.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()))
}

fn part(elapsed: Duration, budget: Duration) -> f64 {
    (elapsed.as_secs_f64() / budget.as_secs_f64().max(1e-3)).min(1.0)
}

/// Runs one job in a process of its own and returns its times.
fn run(job: Job, backend: Backend, request: &[u8]) -> Result<Vec<Vec<f64>>, String> {
    let failed = |what: &str, why: String| format!("{what} the process that is timed: {why}");
    let mut child = again(OPTION, &job, &mut Rng::with_seed(job.seed))?
        .env(VARIABLE, backend.name())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| failed("cannot start", e.to_string()))?;
    // A process that ends before it has read all of it says so by its exit status.
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(request);
    }
    let output = child.wait_with_output().map_err(|e| failed("lost", e.to_string()))?;
    if !output.status.success() {
        return Err(failed("failure of", output.status.to_string()));
    }
    match serde_json::from_slice(&output.stdout) {
        Ok(Answer::Times { allocator, counting, proven, times }) => {
            verify(backend, &allocator, counting, proven.as_deref())?;
            Ok(times)
        }
        Ok(Answer::Failed(why)) => Err(failed("refused by", why)),
        Err(error) => Err(failed("cannot understand", error.to_string())),
    }
}

/// Whether the process ran as it was meant to.
fn verify(
    backend: Backend,
    allocator: &str,
    counting: bool,
    proven: Option<&str>,
) -> Result<(), String> {
    if counting {
        return Err("the process that was timed counted: its times mean nothing".to_owned());
    }
    let name = backend.name();
    if allocator != name || proven.is_some_and(|proven| proven != name) {
        let really = proven.unwrap_or(allocator);
        return Err(format!("the process that was timed ran on {really}, not on {name}"));
    }
    Ok(())
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_ran_otherwise_is_not_believed() {
        let verdict = |allocator, counting, proven| {
            verify(Backend::System, allocator, counting, proven).map_err(|why| why.len() > 20)
        };
        assert_eq!(verdict("system", false, Some("system")), Ok(()));
        assert_eq!(verdict("system", false, None), Ok(()));
        assert_eq!(verdict("system", true, None), Err(true));
        assert_eq!(verdict("mimalloc", false, None), Err(true));
        assert_eq!(verdict("system", false, Some("mimalloc")), Err(true));
    }

    #[test]
    fn what_is_not_compiled_in_says_which_feature_adds_it() {
        for swap in Swap::untimed("no time") {
            let compiled = Backend::compiled().iter().any(|b| b.name() == swap.feature);
            let reason = swap.reason.unwrap();
            assert!(!swap.measured);
            assert_eq!(reason.ends_with(swap.feature), !compiled, "{reason}");
        }
    }
}
