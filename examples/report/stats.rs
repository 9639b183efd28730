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

    /// Whether the interval excludes 1, so that a ratio may be claimed.
    pub(crate) fn differs(&self) -> bool {
        self.low > 1.0 || self.high < 1.0
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

/// The median of `this[round] / base[round]`, with its interval; `None` without rounds.
///
/// Both were measured in the same round, so what disturbs the machine for longer than that is in
/// both. The seed is fixed: the same times give the same interval.
pub(crate) fn ratio(this: &[f64], base: &[f64]) -> Option<Estimate> {
    let mut ratios: Vec<f64> = this.iter().zip(base).map(|(this, base)| this / base).collect();
    if ratios.is_empty() {
        return None;
    }
    let mut rng = Rng::with_seed(61);
    let mut resample = vec![0.0; ratios.len()];
    let mut medians = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        resample.fill_with(|| ratios[rng.usize(..ratios.len())]);
        medians.push(median(&mut resample));
    }
    medians.sort_unstable_by(f64::total_cmp);
    let tail = RESAMPLES / 40;
    Some(Estimate {
        median: median(&mut ratios),
        low: medians[tail],
        high: medians[RESAMPLES - 1 - tail],
    })
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

    #[test]
    fn a_ratio_is_found_in_spite_of_spikes() {
        let mut rng = Rng::with_seed(1);
        let (base, this) = (noisy(&mut rng, 100.0, 101), noisy(&mut rng, 58.0, 101));
        let estimate = ratio(&this, &base).unwrap();
        assert!((0.55..0.61).contains(&estimate.median), "{estimate:?}");
        assert!(estimate.low <= estimate.median && estimate.median <= estimate.high);
        assert!(estimate.differs());
        assert!(estimate.in_words().starts_with("1.7"), "{}", estimate.in_words());
    }

    #[test]
    fn the_interval_holds_the_truth_about_as_often_as_it_says() {
        let mut rng = Rng::with_seed(2);
        let held = (0..200)
            .filter(|_| {
                let (base, this) = (noisy(&mut rng, 100.0, 61), noisy(&mut rng, 100.0, 61));
                !ratio(&this, &base).unwrap().differs()
            })
            .count();
        assert!((180..=199).contains(&held), "{held} of 200 intervals held 1");
    }

    #[test]
    fn the_same_times_give_the_same_interval() {
        let mut rng = Rng::with_seed(3);
        let (base, this) = (noisy(&mut rng, 1.0, 61), noisy(&mut rng, 1.1, 61));
        assert_eq!(ratio(&this, &base), ratio(&this, &base));
        assert_eq!(ratio(&[], &[]), None);
    }

    #[test]
    fn only_what_excludes_one_is_claimed() {
        let estimate = |median, low, high| Estimate { median, low, high }.in_words();
        assert_eq!(estimate(0.58, 0.57, 0.6), "1.72x faster [1.67, 1.75]");
        assert_eq!(estimate(1.25, 1.2, 1.3), "1.25x slower [1.20, 1.30]");
        assert_eq!(estimate(0.98, 0.95, 1.0), "no clear difference");
        assert_eq!(Estimate::ONE.in_words(), "no clear difference");
    }
}
