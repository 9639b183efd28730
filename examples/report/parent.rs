//! Starts the processes that are timed, and turns what they say into ratios.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::Serialize;
use thrifty::heap::{Backend, ByFeature};

use crate::allocator::{CAN_CHOOSE, VARIABLE};
use crate::model::rounded;
use crate::progress::Progress;
use crate::request::Input;
use crate::stats::{self, Estimate};
use crate::timed::{Job, Line, MIN_ROUNDS, OPTION, What};

/// A ratio of whole processes needs at least as many rounds.
pub(crate) const MIN_SWAP_ROUNDS: usize = 31;

/// How much time the timed pass may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// For the ladder.
    pub ladder: Duration,
    /// For the allocators, when there are any to compare.
    pub swaps: Duration,
    /// For one process of that comparison.
    pub swap_process: Duration,
    /// When to give up on the smallest number of rounds; `None`: never.
    pub deadline: Option<Instant>,
}

impl Plan {
    /// About half a minute.
    pub(crate) fn full() -> Self {
        let swaps = Duration::from_secs(if others().next().is_some() { 7 } else { 0 });
        let ladder = Duration::from_secs(25) - swaps;
        Self { ladder, swaps, swap_process: Duration::from_millis(40), deadline: None }
    }

    /// At most ten seconds, on a busy machine too.
    pub(crate) fn quick(start: Instant) -> Self {
        Self {
            ladder: Duration::from_millis(3500),
            swaps: Duration::from_millis(2500),
            swap_process: Duration::from_millis(8),
            deadline: Some(start + Duration::from_secs(8)),
        }
    }

    fn limit(&self) -> Duration {
        self.deadline.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()))
    }
}

/// The times of all variants, in rounds.
#[derive(Clone, Debug)]
pub(crate) struct Ladder {
    /// Nanoseconds per request: for each variant, one for each round.
    pub variants: Vec<Vec<f64>>,
    /// The first variant again: what a difference of nothing looks like.
    pub again: Vec<f64>,
}

impl Ladder {
    /// Times all variants in one process.
    pub(crate) fn time(input: &Input, plan: &Plan, progress: &Progress) -> Result<Self, String> {
        let job = Job {
            what: What::Ladder,
            shape: input.shape,
            budget_ms: millis(plan.ladder),
            limit_ms: millis(plan.limit()),
        };
        let mut variants = run(job, ByFeature::BACKEND, &input.bytes, |part| progress.set(part))?;
        let again = variants.pop().unwrap_or_default();
        if again.len() < MIN_ROUNDS {
            return Err(format!(
                "only {} rounds of {MIN_ROUNDS} fitted into the time; run it without --quick",
                again.len()
            ));
        }
        Ok(Self { variants, again })
    }

    pub(crate) fn rounds(&self) -> usize {
        self.again.len()
    }

    /// The time of one variant relative to another's.
    pub(crate) fn ratio(&self, this: usize, base: usize) -> Option<Estimate> {
        stats::ratio(self.variants.get(this)?, self.variants.get(base)?)
    }

    /// The time of the first variant relative to itself.
    pub(crate) fn self_check(&self) -> Option<Estimate> {
        stats::ratio(&self.again, self.variants.first()?)
    }

    /// The median time of a request, in nanoseconds.
    pub(crate) fn nanos(&self, this: usize) -> Option<f64> {
        self.variants.get(this).map(|times| stats::median(&mut times.clone()))
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
        let estimate = stats::ratio(times, system);
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
    let budget = plan.swaps.min(plan.limit());
    let mut times = vec![Vec::new(); lanes.len()];
    for round in 0.. {
        if start.elapsed() >= budget && round >= MIN_SWAP_ROUNDS {
            break;
        }
        if plan.limit().is_zero() {
            return Err(format!(
                "only {round} rounds of {MIN_SWAP_ROUNDS} fitted into the time; \
                 run it without --quick"
            ));
        }
        for place in 0..lanes.len() {
            let lane = (place + round) % lanes.len();
            let job = Job {
                what: What::Naive,
                shape: input.shape,
                budget_ms: millis(plan.swap_process),
                limit_ms: millis(plan.limit()),
            };
            let one = run(job, lanes[lane], &input.bytes, |_| ())?;
            times[lane].push(one.into_iter().flatten().next().ok_or("a process timed nothing")?);
        }
        progress.set(part(start.elapsed(), budget));
    }
    Ok(times)
}

fn part(elapsed: Duration, budget: Duration) -> f64 {
    (elapsed.as_secs_f64() / budget.as_secs_f64().max(1e-3)).min(1.0)
}

/// Runs one job in a process of its own and returns its times.
fn run(
    job: Job,
    backend: Backend,
    request: &[u8],
    progress: impl Fn(f64),
) -> Result<Vec<Vec<f64>>, String> {
    let failed = |what: &str, why: String| format!("{what} the process that is timed: {why}");
    let program = std::env::current_exe().map_err(|e| failed("cannot find", e.to_string()))?;
    let job = serde_json::to_string(&job).map_err(|e| failed("cannot tell", e.to_string()))?;
    let mut child = Command::new(program)
        .arg(format!("--{OPTION}={job}"))
        .env(VARIABLE, backend.name())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| failed("cannot start", e.to_string()))?;
    // A process that dies before it has read all of it says so by its exit status.
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(request);
    }
    let mut answer = Err(failed("nothing from", "it ended without a result".to_owned()));
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            match serde_json::from_str(&line) {
                Ok(Line::Progress(part)) => progress(part),
                Ok(Line::Times { allocator, counting, proven, times }) => {
                    answer =
                        verify(backend, &allocator, counting, proven.as_deref()).map(|()| times);
                }
                Ok(Line::Failed(why)) => answer = Err(failed("refused by", why)),
                Err(error) => answer = Err(failed("cannot understand", error.to_string())),
            }
        }
    }
    let status = child.wait().map_err(|e| failed("lost", e.to_string()))?;
    if status.success() { answer } else { Err(failed("failed:", status.to_string())) }
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
