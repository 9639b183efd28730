//! The comparison as data: what `allocators.json` holds, and what every other form of it is made from.

use serde::Serialize;
use thrifty::heap::Backend;

use crate::judge::{self, Difference, MIN_ROUNDS, Noise, Verdict};
use crate::machine::Machine;
use crate::measure::{Lane, Sample};
use crate::stats::{self, Estimate};
use crate::workloads::LeftOut;

/// All of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Comparison {
    pub machine: Machine,
    pub thrifty: &'static str,
    pub rustc: Option<String>,
    pub profile: &'static str,
    /// Names with versions; the first is the baseline. Of another program only the names are known.
    pub allocators: Vec<String>,
    pub baseline: String,
    /// The program that ran, if it was another one, and the variable that it was asked by.
    pub command: Option<String>,
    pub variable: String,
    pub rounds: usize,
    pub percent: usize,
    /// Why the figures may not be what they seem.
    pub warnings: Vec<String>,
    pub workloads: Vec<Compared>,
    pub left_out: Vec<LeftOut>,
}

/// One workload on all allocators.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Compared {
    pub name: String,
    pub about: String,
    pub threads: Option<usize>,
    /// The interval of the baseline beside itself; what overlaps it is noise.
    pub noise: Option<[f64; 2]>,
    pub rows: Vec<Row>,
    /// Those that are shown to be faster than all others; more than one if they are not told apart.
    pub fastest: Vec<String>,
    pub verdict: String,
}

/// One workload on one allocator. A figure is the median of the rounds; bytes, seconds, numbers.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    pub allocator: String,
    /// To the baseline of the same round.
    pub time_ratio: f64,
    /// The bootstrap 95 % interval of that median.
    pub spread: [f64; 2],
    pub difference: Option<&'static str>,
    pub seconds: f64,
    pub cpu_seconds: Option<f64>,
    pub peak_rss_bytes: Option<u64>,
    pub rss_before_bytes: Option<u64>,
    pub rss_after_bytes: Option<u64>,
    pub rss_purged_bytes: Option<u64>,
    pub live_bytes: u64,
    pub minor_faults: Option<u64>,
    pub major_faults: Option<u64>,
    pub purge_seconds: Option<f64>,
    pub process_cpu_seconds: Option<f64>,
    pub process_faults: Option<u64>,
    #[serde(skip)]
    pub ratio: Estimate,
}

impl Row {
    fn new(backend: Backend, samples: &[Sample], baseline: &[Sample]) -> Self {
        let ratio = if std::ptr::eq(samples, baseline) {
            Estimate::ONE
        } else {
            ratio(samples, baseline).unwrap_or(Estimate::ONE)
        };
        Self {
            allocator: backend.to_string(),
            time_ratio: rounded(ratio.median),
            spread: [rounded(ratio.low), rounded(ratio.high)],
            difference: None,
            seconds: middle(samples, |sample| Some(sample.seconds)).unwrap_or(0.0),
            cpu_seconds: middle(samples, |sample| sample.cpu_seconds),
            peak_rss_bytes: middle_count(samples, |sample| sample.peak_rss),
            rss_before_bytes: middle_count(samples, |sample| sample.rss_before),
            rss_after_bytes: middle_count(samples, |sample| sample.rss_after),
            rss_purged_bytes: middle_count(samples, |sample| sample.rss_purged),
            live_bytes: samples.first().map_or(0, |sample| sample.live),
            minor_faults: middle_count(samples, |sample| sample.minor_faults),
            major_faults: middle_count(samples, |sample| sample.major_faults),
            purge_seconds: middle(samples, |sample| sample.purge_seconds),
            process_cpu_seconds: middle(samples, |sample| sample.process_cpu_seconds),
            process_faults: middle_count(samples, |sample| sample.process_faults),
            ratio,
        }
    }
}

impl Compared {
    /// Judges the samples of all lanes, of which the first is the baseline.
    pub(crate) fn new(
        name: String,
        about: String,
        threads: Option<usize>,
        lanes: &[Lane],
        samples: &[Vec<Sample>],
    ) -> Self {
        let baseline = samples.first().map_or(&[][..], Vec::as_slice);
        let lane =
            |again: bool| lanes.iter().zip(samples).filter(move |(lane, _)| lane.again == again);
        let mut rows: Vec<Row> =
            lane(false).map(|(lane, samples)| Row::new(lane.backend, samples, baseline)).collect();
        let again = lane(true).find_map(|(_, samples)| ratio(samples, baseline));
        let noise = again.filter(|_| baseline.len() >= MIN_ROUNDS).map(Noise::new);
        let mut verdict = None;
        if let Some(noise) = noise {
            let ratios: Vec<Estimate> = rows.iter().map(|row| row.ratio).collect();
            for row in rows.iter_mut().skip(1) {
                row.difference = Some(noise.difference(row.ratio).in_words());
            }
            verdict = Some(judge::verdict(&ratios, noise));
        }
        let fastest = match &verdict {
            Some(Verdict::Fastest(place)) => vec![rows[*place].allocator.clone()],
            Some(Verdict::Ahead(places)) => {
                places.iter().map(|place| rows[*place].allocator.clone()).collect()
            }
            _ => Vec::new(),
        };
        let verdict = in_words(verdict.as_ref(), &rows, &fastest, baseline.len());
        let noise = again.map(|again| [rounded(again.low), rounded(again.high)]);
        Self { name, about, threads, noise, rows, fastest, verdict }
    }
}

/// In a sentence.
fn in_words(verdict: Option<&Verdict>, rows: &[Row], fastest: &[String], rounds: usize) -> String {
    let faster = Difference::Faster.in_words();
    match verdict {
        _ if rows.len() < 2 => "nothing to compare with".to_owned(),
        None => format!("{rounds} rounds are too few to name the fastest: at least {MIN_ROUNDS}"),
        Some(Verdict::Fastest(_)) => format!("{} is the fastest", fastest[0]),
        Some(Verdict::Ahead(_)) => {
            format!("{} are ahead, no difference shown between them", fastest.join(" and "))
        }
        Some(Verdict::Equal) => "no difference shown".to_owned(),
        Some(Verdict::Unclear) => {
            let faster = rows.iter().filter(|row| row.difference == Some(faster));
            let faster: Vec<&str> = faster.map(|row| &*row.allocator).collect();
            let but = match faster[..] {
                [] => String::new(),
                _ => format!("; faster than {}: {}", rows[0].allocator, faster.join(", ")),
            };
            format!("no fastest shown, intervals overlap{but}")
        }
    }
}

/// The ratio of the times of two lanes, by rounds: each round has processes of its own.
fn ratio(this: &[Sample], base: &[Sample]) -> Option<Estimate> {
    let seconds = |samples: &[Sample]| samples.iter().map(|one| one.seconds).collect::<Vec<_>>();
    let ratios = stats::ratios(&seconds(this), &seconds(base));
    stats::estimate(&ratios.into_iter().map(|ratio| vec![ratio]).collect::<Vec<_>>())
}

/// The median, if every round has the figure.
fn middle(samples: &[Sample], figure: impl Fn(&Sample) -> Option<f64>) -> Option<f64> {
    let figures: Option<Vec<f64>> = samples.iter().map(figure).collect();
    figures.filter(|figures| !figures.is_empty()).map(|mut figures| stats::median(&mut figures))
}

/// The same for bytes and numbers: one of the two in the middle, not their mean.
fn middle_count(samples: &[Sample], figure: impl Fn(&Sample) -> Option<u64>) -> Option<u64> {
    let mut figures: Vec<u64> = samples.iter().map(figure).collect::<Option<_>>()?;
    figures.sort_unstable();
    figures.get(figures.len() / 2).copied()
}

/// As it is printed: nobody reads more digits out of it than are there.
fn rounded(ratio: f64) -> f64 {
    (ratio * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::lanes;

    /// Rounds in which the lanes take so long, give or take a percent.
    fn compared(rounds: u32, seconds: &[f64]) -> Compared {
        let backends = [Backend::System, Backend::Mimalloc, Backend::Jemalloc];
        let lanes = lanes(&backends[..seconds.len()]);
        let of_lane = |lane: u32| {
            let seconds = seconds[lane as usize % seconds.len()];
            let sample = |round: u32| {
                let wave = f64::from((round * 7 + lane * 3) % 5) / 500.0;
                Sample { seconds: seconds * (1.0 + wave), live: 5, ..Sample::default() }
            };
            (0..rounds).map(sample).collect::<Vec<_>>()
        };
        let samples: Vec<_> = (0_u32..).take(lanes.len()).map(of_lane).collect();
        Compared::new("a".to_owned(), "b".to_owned(), Some(1), &lanes, &samples)
    }

    #[test]
    fn the_clearly_fastest_is_named_and_nobody_else() {
        let compared = compared(20, &[1.0, 0.5, 0.7]);
        assert_eq!(compared.verdict, "mimalloc is the fastest");
        assert_eq!(compared.rows.len(), 3);
        assert_eq!(compared.rows[0].ratio, Estimate::ONE);
        assert_eq!(compared.rows[2].difference, Some("faster"));
        assert!((0.68..0.72).contains(&compared.rows[2].time_ratio));
        assert!(compared.rows[2].peak_rss_bytes.is_none() && compared.rows[2].live_bytes == 5);
    }

    #[test]
    fn equals_are_not_ranked() {
        let verdict = |seconds: &[f64]| compared(20, seconds).verdict;
        assert_eq!(verdict(&[1.0, 1.0, 1.0]), "no difference shown");
        assert_eq!(
            verdict(&[1.0, 0.5, 0.5]),
            "mimalloc and jemalloc are ahead, no difference shown between them"
        );
        assert_eq!(verdict(&[1.0, 1.5, 1.2]), "system is the fastest");
        assert_eq!(verdict(&[1.0]), "nothing to compare with");
    }

    #[test]
    fn few_rounds_name_nobody() {
        let compared = compared(5, &[1.0, 0.5]);
        assert_eq!(compared.verdict, "5 rounds are too few to name the fastest: at least 6");
        assert!(compared.fastest.is_empty() && compared.rows[1].difference.is_none());
    }

    #[test]
    fn a_figure_that_one_round_lacks_is_no_figure() {
        let sample = |peak| Sample { peak_rss: peak, ..Sample::default() };
        let peak = |samples: &[Sample]| middle_count(samples, |sample| sample.peak_rss);
        assert_eq!(peak(&[sample(Some(3)), sample(Some(1)), sample(Some(2))]), Some(2));
        assert_eq!(peak(&[sample(Some(3)), sample(None)]), None);
        assert_eq!(peak(&[]), None);
    }
}
