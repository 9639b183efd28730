//! Medians of ratios, and how sure they are.

use fastrand::Rng;

/// Resamples of a bootstrap. The ends of a 95 % interval are then 25 resamples from the extremes.
const RESAMPLES: usize = 1000;

/// A median with the bootstrap 95 % confidence interval of that median.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Estimate {
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

impl Estimate {
    /// What a thing is beside itself.
    pub(crate) const ONE: Self = Self { median: 1.0, low: 1.0, high: 1.0 };

    /// Whether the interval excludes 1, as it is printed with two decimals, so that a ratio may be
    /// claimed.
    pub(crate) fn differs(&self) -> bool {
        self.low > 1.005 || self.high < 0.995
    }

    /// In words: `1.72x faster [1.68, 1.75]`, or that there is nothing to claim.
    pub(crate) fn in_words(&self) -> String {
        if !self.differs() {
            "no clear difference".to_owned()
        } else if self.high < 1.0 {
            let (low, high) = (1.0 / self.high, 1.0 / self.low);
            format!("{:.2}x faster [{low:.2}, {high:.2}]", 1.0 / self.median)
        } else {
            format!("{:.2}x slower [{:.2}, {:.2}]", self.median, self.low, self.high)
        }
    }
}

/// The median of all ratios, with its interval; `None` without ratios.
///
/// A group is what one process measured. Its ratios have the place of code and data in memory in
/// common, which alone can make a tenth of the time, so the bootstrap draws whole groups: an interval
/// from single ratios would be far too narrow. The seed is fixed: the same times give the same
/// interval.
pub(crate) fn estimate(groups: &[Vec<f64>]) -> Option<Estimate> {
    let mut all = groups.concat();
    if all.is_empty() {
        return None;
    }
    let mut rng = Rng::with_seed(61);
    let mut resample = Vec::with_capacity(all.len() * 2);
    let mut medians = Vec::with_capacity(RESAMPLES);
    while medians.len() < RESAMPLES {
        resample.clear();
        for _ in 0..groups.len() {
            resample.extend_from_slice(&groups[rng.usize(..groups.len())]);
        }
        if !resample.is_empty() {
            medians.push(median(&mut resample));
        }
    }
    medians.sort_unstable_by(f64::total_cmp);
    let tail = RESAMPLES / 40;
    Some(Estimate {
        median: median(&mut all),
        low: medians[tail],
        high: medians[RESAMPLES - 1 - tail],
    })
}

/// `this[round] / base[round]`. Both were measured in the same round, so what disturbs the machine
/// for longer than that is in both.
pub(crate) fn ratios(this: &[f64], base: &[f64]) -> Vec<f64> {
    this.iter().zip(base).map(|(this, base)| this / base).collect()
}

/// The median; the mean of the middle two if there is no middle one.
///
/// # Panics
///
/// Panics on an empty slice.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    let middle = values.len() / 2;
    let even = values.len().is_multiple_of(2);
    let (below, &mut upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    if !even {
        return upper;
    }
    let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    f64::midpoint(lower, upper)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `rounds` times around `mean`, as a loaded machine gives them: some are three times as long.
    fn noisy(rng: &mut Rng, mean: f64, rounds: usize) -> Vec<f64> {
        let mut time = || {
            let spike = if rng.u8(..10) == 0 { 3.0 } else { 1.0 };
            mean * (0.95 + 0.1 * rng.f64()) * spike
        };
        (0..rounds).map(|_| time()).collect()
    }

    #[test]
    fn the_median_of_odd_and_even_numbers_of_values() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]).total_cmp(&2.0), std::cmp::Ordering::Equal);
        assert_eq!(median(&mut [4.0, 1.0, 3.0, 2.0]).total_cmp(&2.5), std::cmp::Ordering::Equal);
        assert_eq!(median(&mut [7.0]).total_cmp(&7.0), std::cmp::Ordering::Equal);
    }

    /// As `groups` processes measure it, each with a bias of its own of up to a tenth.
    fn measured(rng: &mut Rng, truth: f64, groups: usize, rounds: usize) -> Vec<Vec<f64>> {
        let group = |rng: &mut Rng| {
            let bias = 0.95 + 0.1 * rng.f64();
            let (this, base) = (noisy(rng, truth * bias, rounds), noisy(rng, 1.0, rounds));
            ratios(&this, &base)
        };
        (0..groups).map(|_| group(rng)).collect()
    }

    #[test]
    fn a_ratio_is_found_in_spite_of_spikes_and_biases() {
        let estimate = estimate(&measured(&mut Rng::with_seed(1), 0.58, 24, 30)).unwrap();
        assert!((0.55..0.61).contains(&estimate.median), "{estimate:?}");
        assert!(estimate.low <= estimate.median && estimate.median <= estimate.high);
        assert!(estimate.differs());
        assert!(estimate.in_words().starts_with("1.7"), "{}", estimate.in_words());
    }

    #[test]
    fn the_interval_holds_the_truth_about_as_often_as_it_says() {
        let mut rng = Rng::with_seed(2);
        let holds = |groups: &[Vec<f64>]| !estimate(groups).unwrap().differs();
        let held = (0..100).filter(|_| holds(&measured(&mut rng, 1.0, 24, 3))).count();
        assert!((85..=99).contains(&held), "{held} of 100 intervals held 1");
    }

    #[test]
    fn the_same_times_give_the_same_interval() {
        let groups = measured(&mut Rng::with_seed(3), 1.1, 8, 8);
        assert_eq!(estimate(&groups), estimate(&groups));
        assert_eq!(estimate(&[]), None);
        assert_eq!(estimate(&[vec![]]), None);
    }

    #[test]
    fn only_what_excludes_one_is_claimed() {
        let estimate = |median, low, high| Estimate { median, low, high }.in_words();
        assert_eq!(estimate(0.58, 0.57, 0.6), "1.72x faster [1.67, 1.75]");
        assert_eq!(estimate(1.25, 1.2, 1.3), "1.25x slower [1.20, 1.30]");
        assert_eq!(estimate(0.98, 0.95, 1.0), "no clear difference");
        assert_eq!(estimate(0.997, 0.995, 0.999), "no clear difference");
        assert_eq!(Estimate::ONE.in_words(), "no clear difference");
    }
}
