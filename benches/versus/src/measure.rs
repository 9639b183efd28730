//! From a claim to its rows.

use std::collections::HashMap;

use indicatif::ProgressBar;
use thrifty_versus::time::{interval, median};

use crate::callgrind;
use crate::claims::{Against, Claim, Metric};
use crate::contests::{Contest, Entrant};
use crate::drivers::Drivers;
use crate::table::Row;

/// A time goal has to be met in so many runs in a row.
const RUNS: usize = 3;

/// Everything that has been measured so far.
#[derive(Debug)]
pub(crate) struct Scoreboard {
    drivers: Drivers,
    counts: HashMap<(&'static str, &'static str, &'static str), Result<f64, String>>,
    progress: ProgressBar,
    /// Why something was not measured.
    pub(crate) notes: Vec<String>,
}

/// Ours beside one peer.
struct Figures {
    thrifty: f64,
    theirs: f64,
    ratio: f64,
    spread: Option<[f64; 2]>,
}

impl Scoreboard {
    pub(crate) fn new(progress: ProgressBar) -> Self {
        let (drivers, counts) = (Drivers::default(), HashMap::new());
        Self { drivers, counts, progress, notes: Vec::new() }
    }

    /// The claim's row; with `all` also one for each further peer, best first.
    pub(crate) fn rows(&mut self, claim: &'static Claim, all: bool) -> Vec<Row> {
        let contest = Contest::of(claim.case).expect("a test checks that every claim has one");
        let row = |peer: &Entrant, figures: &Figures| {
            let mut row = Row::new(claim, contest.allocator);
            row.thrifty = Some(figures.thrifty);
            row.peer = Some(peer.who.label());
            row.theirs = Some(figures.theirs);
            row.ratio = Some(figures.ratio);
            row.spread = figures.spread;
            row
        };
        let peers = peers(claim, contest, all);
        let (thrifty, mut measured) = match claim.metric {
            Metric::Instructions => self.instructions(claim, contest, &peers),
            Metric::Time => (None, self.times(claim, contest, &peers)),
        };
        measured.sort_by(|(_, one), (_, other)| one.theirs.total_cmp(&other.theirs));
        let first = measured.iter().position(|(peer, _)| match claim.against {
            Against::Best => true,
            Against::Named(name) => peer.who.name() == name,
        });
        let mut first = if let Some(first) = first {
            let (peer, figures) = measured.remove(first);
            row(peer, &figures)
        } else {
            let mut row = Row::new(claim, contest.allocator);
            row.thrifty = thrifty;
            row.peer = named(claim, contest).map(|peer| peer.who.label());
            row
        };
        first.judge(claim.goal);
        let others = measured.iter().filter(|_| all).map(|(peer, figures)| row(peer, figures));
        [first].into_iter().chain(others).collect()
    }

    fn instructions(
        &mut self,
        claim: &Claim,
        contest: &'static Contest,
        peers: &[&'static Entrant],
    ) -> (Option<f64>, Vec<(&'static Entrant, Figures)>) {
        let mut count = |entrant| {
            let counted = self.count(claim, contest, entrant);
            self.progress.inc(1);
            counted
                .map_err(|reason| {
                    let who = entrant.who.label();
                    self.notes.push(format!("{}: {who} is not measured: {reason}", claim.case));
                })
                .ok()
        };
        let floor = contest.floor().map_or(Some(0.0), &mut count);
        let (Some(floor), Some(ours)) = (floor, count(contest.ours)) else {
            return (None, Vec::new());
        };
        let thrifty = ours - floor;
        let mut figures = |peer| {
            let theirs = count(peer)? - floor;
            Some((peer, Figures { thrifty, theirs, ratio: thrifty / theirs, spread: None }))
        };
        (Some(thrifty), peers.iter().filter_map(|&peer| figures(peer)).collect())
    }

    fn count(
        &mut self,
        claim: &Claim,
        contest: &'static Contest,
        entrant: &'static Entrant,
    ) -> Result<f64, String> {
        self.verify(claim, contest, entrant)?;
        let key = (entrant.driver.program, contest.case, entrant.name);
        if let Some(counted) = self.counts.get(&key) {
            return counted.clone();
        }
        self.progress.set_message(format!("{}: counting {}", claim.case, entrant.who.label()));
        let program = self.drivers.program(&entrant.driver)?;
        let ops = contest.operations(entrant);
        let counted = callgrind::per_operation(program, contest.case, entrant.name, ops);
        self.counts.insert(key, counted.clone());
        counted
    }

    fn times(
        &mut self,
        claim: &Claim,
        contest: &'static Contest,
        peers: &[&'static Entrant],
    ) -> Vec<(&'static Entrant, Figures)> {
        match self.runs(claim, contest, peers) {
            Ok(runs) => {
                let figures = |(column, &peer)| (peer, worst(&runs, column + 1));
                peers.iter().enumerate().map(figures).collect()
            }
            Err(reason) => {
                self.notes.push(format!("{} is not measured: {reason}", claim.case));
                Vec::new()
            }
        }
    }

    /// The rows of all runs; column 0 is ours.
    fn runs(
        &mut self,
        claim: &Claim,
        contest: &'static Contest,
        peers: &[&'static Entrant],
    ) -> Result<Vec<Vec<Vec<f64>>>, String> {
        self.verify(claim, contest, contest.ours)?;
        let entrants: Vec<_> = [contest.ours].into_iter().chain(peers.iter().copied()).collect();
        let run = |run| {
            let message = format!("{}: timing, run {} of {RUNS}", claim.case, run + 1);
            self.progress.set_message(message);
            let rows = self.drivers.times(contest.case, &entrants);
            self.progress.inc(1);
            rows
        };
        (0..RUNS).map(run).collect()
    }

    /// Fails unless the entrant's driver yields what ours yields.
    fn verify(
        &mut self,
        claim: &Claim,
        contest: &'static Contest,
        entrant: &'static Entrant,
    ) -> Result<(), String> {
        self.progress.set_message(format!("{}: building {}", claim.case, entrant.driver.program));
        let expected = self.drivers.result(&contest.ours.driver, contest.case)?;
        let result = self.drivers.result(&entrant.driver, contest.case)?;
        if result == expected {
            Ok(())
        } else {
            Err(format!("yields {result}, thrifty {expected}"))
        }
    }
}

/// How many steps the progress bar takes for a claim.
pub(crate) fn steps(claim: &Claim, all: bool) -> u64 {
    let Some(contest) = Contest::of(claim.case) else { return 0 };
    let steps = match claim.metric {
        Metric::Time => RUNS,
        Metric::Instructions => {
            1 + usize::from(contest.floor().is_some()) + peers(claim, contest, all).len()
        }
    };
    steps as u64
}

fn named(claim: &Claim, contest: &'static Contest) -> Option<&'static Entrant> {
    let Against::Named(name) = claim.against else { return None };
    contest.peers().find(|peer| peer.who.name() == name)
}

fn peers(claim: &Claim, contest: &'static Contest, all: bool) -> Vec<&'static Entrant> {
    let wanted = |peer: &&Entrant| match claim.against {
        Against::Named(name) if !all => peer.who.name() == name,
        _ => true,
    };
    contest.peers().filter(wanted).collect()
}

/// The figures of the run in which the spread of our ratio to this column reaches highest.
fn worst(runs: &[Vec<Vec<f64>>], column: usize) -> Figures {
    let figures = |rounds: &Vec<Vec<f64>>| {
        let of = |figure: fn(&[f64], usize) -> f64| -> Vec<f64> {
            rounds.iter().map(|round| figure(round, column)).collect()
        };
        let ratios = of(|round, column| round[0] / round[column]);
        Figures {
            thrifty: median(&of(|round, _| round[0])),
            theirs: median(&of(|round, column| round[column])),
            ratio: median(&ratios),
            spread: Some(interval(&ratios)),
        }
    };
    let high = |figures: &Figures| figures.spread.map_or(figures.ratio, |[_, high]| high);
    runs.iter()
        .map(figures)
        .max_by(|one, other| high(one).total_cmp(&high(other)))
        .expect("there is at least one run")
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these figures come out without rounding")]
mod tests {
    use super::*;

    fn run(ours: f64, theirs: f64) -> Vec<Vec<f64>> {
        vec![vec![ours, 1.0, theirs]; 61]
    }

    #[test]
    fn the_worst_of_the_runs_is_shown() {
        let figures = worst(&[run(10.0, 10.0), run(12.0, 10.0), run(9.0, 10.0)], 2);
        assert_eq!(figures.spread, Some([1.2, 1.2]));
        assert_eq!([figures.thrifty, figures.theirs, figures.ratio], [12.0, 10.0, 1.2]);
    }

    #[test]
    fn the_ratio_is_the_median_of_ratios_not_the_ratio_of_medians() {
        let rounds = vec![vec![1.0, 1.0], vec![10.0, 5.0], vec![6.0, 4.0]];
        let figures = worst(&[rounds], 1);
        assert_eq!([figures.thrifty, figures.theirs, figures.ratio], [6.0, 4.0, 1.5]);
        let rounds = vec![vec![2.0, 1.0], vec![30.0, 10.0], vec![9.0, 9.0]];
        let figures = worst(&[rounds], 1);
        assert_eq!([figures.thrifty, figures.theirs, figures.ratio], [9.0, 9.0, 2.0]);
    }
}
