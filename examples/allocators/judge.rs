//! Who is faster, and when nobody may be named.

use crate::stats::Estimate;

/// With fewer rounds no interval of the median can be a 95 % one: the smallest and the largest of
/// five hold it between them less often.
pub(crate) const MIN_ROUNDS: usize = 6;

/// What may be said of one allocator beside the baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Difference {
    Faster,
    Slower,
    NotShown,
}

impl Difference {
    pub(crate) const fn in_words(self) -> &'static str {
        match self {
            Self::Faster => "faster",
            Self::Slower => "slower",
            Self::NotShown => "not shown",
        }
    }
}

/// How far the baseline differs from itself: what is within is noise. Always holds 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Noise {
    low: f64,
    high: f64,
}

impl Noise {
    /// From the baseline's second lane.
    pub(crate) fn new(again: Estimate) -> Self {
        Self { low: again.low.min(1.0), high: again.high.max(1.0) }
    }

    /// Ratios are printed with two decimals: what rounds to the same is the same.
    pub(crate) fn difference(&self, ratio: Estimate) -> Difference {
        if ratio.high < self.low - 0.005 {
            Difference::Faster
        } else if ratio.low > self.high + 0.005 {
            Difference::Slower
        } else {
            Difference::NotShown
        }
    }

    fn as_interval(&self) -> Estimate {
        Estimate { median: 1.0, low: self.low, high: self.high }
    }
}

/// What may be said of all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// One is faster than all others.
    Fastest(usize),
    /// These are faster than all others, and not told apart; the fastest first.
    Ahead(Vec<usize>),
    /// No two are told apart.
    Equal,
    /// Some are told apart, but no group from all others.
    Unclear,
}

/// Judges by the intervals; the first place is the baseline, whose interval is its noise.
pub(crate) fn verdict(ratios: &[Estimate], noise: Noise) -> Verdict {
    let interval = |place: usize| if place == 0 { noise.as_interval() } else { ratios[place] };
    let is_ahead = |of: usize, other: usize| interval(of).high + 0.005 < interval(other).low;
    let places = || 0..ratios.len();
    if places().all(|one| !places().any(|other| is_ahead(one, other))) {
        return Verdict::Equal;
    }
    let is_beaten = |place: &usize| places().any(|other| is_ahead(other, *place));
    let (beaten, mut leaders): (Vec<_>, Vec<_>) = places().partition(is_beaten);
    if !leaders.iter().all(|&one| beaten.iter().all(|&other| is_ahead(one, other))) {
        return Verdict::Unclear;
    }
    leaders.sort_by(|a, b| interval(*a).median.total_cmp(&interval(*b).median));
    match leaders[..] {
        [one] => Verdict::Fastest(one),
        _ => Verdict::Ahead(leaders),
    }
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::*;
    use crate::stats;

    const fn interval(low: f64, high: f64) -> Estimate {
        Estimate { median: f64::midpoint(low, high), low, high }
    }

    const QUIET: Noise = Noise { low: 0.99, high: 1.01 };

    #[test]
    fn what_overlaps_one_or_the_noise_is_no_difference() {
        let cases = [
            (interval(0.5, 0.6), Difference::Faster),
            (interval(1.5, 1.6), Difference::Slower),
            (interval(0.9, 1.1), Difference::NotShown),
            (interval(0.97, 0.988), Difference::NotShown),
            (interval(1.012, 1.2), Difference::NotShown),
            (interval(1.02, 1.2), Difference::Slower),
        ];
        for (ratio, difference) in cases {
            assert_eq!(QUIET.difference(ratio), difference, "{ratio:?}");
        }
        let loud = Noise::new(interval(0.8, 0.95));
        assert_eq!(loud.difference(interval(0.81, 0.9)), Difference::NotShown);
        assert_eq!(loud.difference(interval(1.02, 1.1)), Difference::Slower);
    }

    #[test]
    fn who_is_named_is_told_apart_from_everybody_else() {
        let judge = |others: &[(f64, f64)]| {
            let others = others.iter().map(|&(low, high)| interval(low, high));
            verdict(&[Estimate::ONE].into_iter().chain(others).collect::<Vec<_>>(), QUIET)
        };
        assert_eq!(judge(&[(0.5, 0.6), (0.7, 0.8)]), Verdict::Fastest(1));
        assert_eq!(judge(&[(0.5, 0.72), (0.7, 0.8)]), Verdict::Ahead(vec![1, 2]));
        assert_eq!(judge(&[(1.5, 1.7), (0.95, 1.2)]), Verdict::Ahead(vec![0, 2]));
        assert_eq!(judge(&[(1.5, 1.7)]), Verdict::Fastest(0));
        assert_eq!(judge(&[(0.9, 1.0), (0.95, 1.2)]), Verdict::Equal);
        assert_eq!(judge(&[]), Verdict::Equal);
        // The second is not told apart from the first, nor from the baseline.
        assert_eq!(judge(&[(0.7, 0.8), (0.75, 1.0)]), Verdict::Unclear);
        assert_eq!(judge(&[(0.4, 1.0), (0.6, 0.7)]), Verdict::Unclear);
    }

    /// The same program three times, as the lanes see it: a winner would be a wrong one.
    #[test]
    fn equal_allocators_are_hardly_ever_told_apart() {
        let mut rng = Rng::with_seed(7);
        let wrong = (0..200).filter(|_| {
            let mut lane = || -> Vec<f64> {
                let spike = |rng: &mut Rng| if rng.u8(..8) == 0 { 2.0 } else { 1.0 };
                (0..31).map(|_| (0.95 + 0.1 * rng.f64()) * spike(&mut rng)).collect()
            };
            let (base, again, other) = (lane(), lane(), lane());
            let ratio = |this: &[f64]| {
                let groups = stats::ratios(this, &base).into_iter().map(|ratio| vec![ratio]);
                stats::estimate(&groups.collect::<Vec<_>>()).unwrap()
            };
            Noise::new(ratio(&again)).difference(ratio(&other)) != Difference::NotShown
        });
        let wrong = wrong.count();
        assert!(wrong <= 4, "{wrong} of 200 comparisons of the same named a difference");
    }
}
