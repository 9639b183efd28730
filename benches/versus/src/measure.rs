//! From a claim to its rows.

use std::collections::HashMap;

use indicatif::ProgressBar;
use thrifty_versus::time::{interval, interval_of, median};

use crate::callgrind;
use crate::claim::{Against, Claim, Goal, Metric};
use crate::contests::{Contest, Entrant};
use crate::drivers::{Drivers, heap, resident};
use crate::table::Row;

/// A time goal has to be met in so many runs in a row.
const RUNS: usize = 3;

/// Everything that has been measured so far.
#[derive(Debug)]
pub(crate) struct Scoreboard {
    drivers: Drivers,
    counts: HashMap<Counted, Result<f64, String>>,
    progress: ProgressBar,
    /// Why something was not measured.
    pub(crate) notes: Vec<String>,
}

/// What was counted: the metric, the program, the case and the implementation.
type Counted = (Metric, &'static str, &'static str, &'static str);

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
            // None where the peer's figure is 0.
            row.ratio = Some(figures.ratio).filter(|ratio| ratio.is_finite());
            row.spread = figures.spread;
            row
        };
        let peers = peers(claim, contest, all);
        let (thrifty, mut measured) = match (claim.metric, claim.goal) {
            (Metric::Time, Goal::Threads(_)) => (None, self.threads(claim, contest, &peers)),
            (Metric::Time, _) => (None, self.times(claim, contest, &peers)),
            _ => self.exact(claim, contest, &peers),
        };
        measured.sort_by(|(_, one), (_, other)| one.theirs.total_cmp(&other.theirs));
        let first = measured.iter().position(|(peer, _)| match claim.against {
            Against::Best => true,
            Against::BestBut(names) => !names.contains(&peer.who.name()),
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

    fn exact(
        &mut self,
        claim: &Claim,
        contest: &'static Contest,
        peers: &[&'static Entrant],
    ) -> (Option<f64>, Vec<(&'static Entrant, Figures)>) {
        let mut count = |entrant| {
            let counted = self.count(claim, contest, entrant);
            self.progress.inc(1);
            counted.map_err(|reason| self.notes.push(note(claim, entrant, &reason))).ok()
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
        if claim.metric != Metric::Resident {
            self.verify(claim, contest, entrant)?;
        }
        let key = (claim.metric, entrant.driver.program, contest.case, entrant.name);
        if let Some(counted) = self.counts.get(&key) {
            return counted.clone();
        }
        self.progress.set_message(format!("{}: counting {}", claim.case, entrant.who.label()));
        let program = self.drivers.program(&entrant.driver)?;
        let ops = contest.operations(entrant);
        let counted = match claim.metric {
            Metric::Allocations => heap(program, contest.case, entrant.name).map(|[each, _]| each),
            Metric::Bytes => heap(program, contest.case, entrant.name).map(|[_, bytes]| bytes),
            Metric::Resident => resident(program, contest.case, entrant.name),
            _ => callgrind::per_operation(program, contest.case, entrant.name, ops),
        };
        self.counts.insert(key, counted.clone());
        counted
    }

    fn times(
        &mut self,
        claim: &Claim,
        contest: &'static Contest,
        peers: &[&'static Entrant],
    ) -> Vec<(&'static Entrant, Figures)> {
        let mut figures = Vec::new();
        for &peer in peers {
            // Of ours beside one peer, and of nobody else: what a further peer leaves behind in the
            // process, such as a heap in pieces, must not change their figures.
            let measured = match contest.floor() {
                None => self
                    .runs(claim, contest, peer, |drivers| {
                        drivers.times(contest.case, contest.ours, peer)
                    })
                    .map(|runs| worst(runs.iter().map(|rounds| beside(rounds)))),
                Some(floor) => self
                    .runs(claim, contest, peer, |drivers| {
                        drivers.times_and_floor(contest.case, contest.ours, peer, floor)
                    })
                    .map(|runs| {
                        self.notes.extend(nothing_added(claim, floor, peer, &runs));
                        worst(runs.iter().map(|rounds| above(rounds)))
                    }),
            };
            match measured {
                Ok(measured) => figures.push((peer, measured)),
                Err(reason) => self.notes.push(note(claim, peer, &reason)),
            }
        }
        figures
    }

    /// What a second thread costs: our worst run, and the best one of each peer.
    fn threads(
        &mut self,
        claim: &Claim,
        contest: &'static Contest,
        peers: &[&'static Entrant],
    ) -> Vec<(&'static Entrant, Figures)> {
        let mut scaling = |entrant| {
            let runs = self
                .runs(claim, contest, entrant, |drivers| drivers.threads(contest.case, entrant));
            runs.map_err(|reason| self.notes.push(note(claim, entrant, &reason))).ok()
        };
        let Some(ours) = scaling(contest.ours) else { return Vec::new() };
        let ours = worst(ours.iter().map(|rounds| beside(rounds)));
        let mut figures = |peer| {
            let (thrifty, theirs) = (ours.ratio, lowest(&scaling(peer)?));
            let ratio = thrifty / theirs;
            Some((peer, Figures { thrifty, theirs, ratio, spread: ours.spread }))
        };
        peers.iter().filter_map(|&peer| figures(peer)).collect()
    }

    /// All runs of what the driver times, one after the other.
    fn runs<const COLUMNS: usize>(
        &mut self,
        claim: &Claim,
        contest: &'static Contest,
        entrant: &'static Entrant,
        time: impl Fn(&mut Drivers) -> Result<Vec<[f64; COLUMNS]>, String>,
    ) -> Result<Vec<Vec<[f64; COLUMNS]>>, String> {
        self.verify(claim, contest, entrant)?;
        let run = |run| {
            let who = entrant.who.label();
            let message = format!("{}: timing {who}, run {} of {RUNS}", claim.case, run + 1);
            self.progress.set_message(message);
            let rounds = time(&mut self.drivers);
            self.progress.inc(1);
            rounds
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
    let peers = peers(claim, contest, all).len();
    let steps = match (claim.metric, claim.goal) {
        (Metric::Time, Goal::Threads(_)) => RUNS * (1 + peers),
        (Metric::Time, _) => RUNS * peers,
        _ => 1 + usize::from(contest.floor().is_some()) + peers,
    };
    steps as u64
}

fn note(claim: &Claim, entrant: &Entrant, reason: &str) -> String {
    format!("{}: {} is not measured: {reason}", claim.case, entrant.who.label())
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

/// Of one run: the medians of both, and that of the ratios of each round.
fn beside(rounds: &[[f64; 2]]) -> Figures {
    let ratios: Vec<f64> = rounds.iter().map(|[ours, theirs]| ours / theirs).collect();
    let [thrifty, theirs] = medians(rounds);
    Figures { thrifty, theirs, ratio: median(&ratios), spread: Some(interval(&ratios)) }
}

/// Of one run: what ours and the peer's add to the floor, as differences of medians.
///
/// Not the median of differences: each of the three is held up in other rounds, and of those in
/// which any of them was, no difference is of use. A median stands more than twice as many.
fn above(rounds: &[[f64; 3]]) -> Figures {
    let [thrifty, theirs] = added(rounds);
    let of_added = |rounds: &[[f64; 3]]| ratio(added(rounds));
    let spread = Some(interval_of(rounds, of_added));
    Figures { thrifty, theirs, ratio: of_added(rounds), spread }
}

/// What ours and the peer's add to the floor.
fn added(rounds: &[[f64; 3]]) -> [f64; 2] {
    let [ours, theirs, floor] = medians(rounds);
    [ours - floor, theirs - floor]
}

/// The median of each column.
fn medians<const COLUMNS: usize>(rounds: &[[f64; COLUMNS]]) -> [f64; COLUMNS] {
    core::array::from_fn(|of| median(&rounds.iter().map(|round| round[of]).collect::<Vec<_>>()))
}

/// Ours divided by the peer's, of what is added to a floor.
///
/// That may come out as nothing, or as less. Where the peer adds nothing, no ratio speaks for us: it
/// is infinite. Where only we do, it is 0.
fn ratio([ours, theirs]: [f64; 2]) -> f64 {
    if theirs > 0.0 { (ours / theirs).max(0.0) } else { f64::INFINITY }
}

/// In how many runs somebody was no slower than the floor, where that happened.
fn nothing_added(
    claim: &Claim,
    floor: &Entrant,
    peer: &Entrant,
    runs: &[Vec<[f64; 3]>],
) -> Option<String> {
    let [ours, theirs] =
        [0, 1].map(|of| runs.iter().filter(|rounds| added(rounds)[of] <= 0.0).count());
    (ours + theirs > 0).then(|| {
        format!(
            "{}: of {} runs, {} was no slower than {} in {theirs} (they count as lost), thrifty in \
             {ours}",
            claim.case,
            runs.len(),
            peer.who.label(),
            floor.who.label(),
        )
    })
}

/// The figures of the run in which the spread of the ratio reaches highest.
fn worst(runs: impl Iterator<Item = Figures>) -> Figures {
    let high = |figures: &Figures| figures.spread.map_or(figures.ratio, |[_, high]| high);
    runs.max_by(|one, other| high(one).total_cmp(&high(other))).expect("there is at least one run")
}

/// The ratio of the run in which it is lowest.
fn lowest(runs: &[Vec<[f64; 2]>]) -> f64 {
    let ratio = |rounds: &Vec<[f64; 2]>| {
        median(&rounds.iter().map(|[both, alone]| both / alone).collect::<Vec<_>>())
    };
    runs.iter().map(ratio).min_by(f64::total_cmp).expect("there is at least one run")
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these figures come out without rounding")]
mod tests {
    use super::*;

    #[test]
    fn the_worst_of_the_runs_is_shown() {
        let run = |ours| beside(&[[ours, 10.0]; 61]);
        let figures = worst([run(10.0), run(12.0), run(9.0)].into_iter());
        assert_eq!(figures.spread, Some([1.2, 1.2]));
        assert_eq!([figures.thrifty, figures.theirs, figures.ratio], [12.0, 10.0, 1.2]);
    }

    #[test]
    fn of_a_peers_two_threads_the_best_run_is_shown() {
        let run = |both| vec![[both, 10.0]; 61];
        assert_eq!(lowest(&[run(30.0), run(20.0), run(40.0)]), 2.0);
    }

    #[test]
    fn the_ratio_is_the_median_of_ratios_not_the_ratio_of_medians() {
        let figures = beside(&[[2.0, 1.0], [30.0, 10.0], [9.0, 9.0]]);
        assert_eq!([figures.thrifty, figures.theirs, figures.ratio], [9.0, 9.0, 2.0]);
    }

    #[test]
    fn a_floor_is_taken_from_both() {
        // The machine is ten times slower in the second round: the ratio of what is added stays.
        let figures = above(&[[12.0, 30.0, 10.0], [120.0, 300.0, 100.0]]);
        assert_eq!((figures.ratio, figures.spread), (0.1, Some([0.1, 0.1])));
    }

    #[test]
    fn what_holds_each_up_in_other_rounds_is_no_difference() {
        // Of nine rounds ours is held up in three, the peer in three, the floor in three: in no
        // round are all three of use, and a third of the rounds has a peer that adds nothing.
        let clean = [[12.0, 30.0, 10.0]; 9];
        let mut held_up = clean;
        for (round, row) in held_up.iter_mut().enumerate() {
            row[round % 3] = 1000.0;
        }
        assert_eq!(above(&held_up).ratio, above(&clean).ratio);
        assert_eq!([above(&held_up).thrifty, above(&held_up).theirs], [2.0, 20.0]);
        // That the floor was is no advantage of ours, and that we were none of the peer's.
        let swapped = held_up.map(|[ours, theirs, floor]| [theirs, ours, floor]);
        assert_eq!(above(&swapped).ratio, 10.0);
    }

    #[test]
    fn what_adds_nothing_to_the_floor_never_speaks_for_us() {
        assert_eq!(ratio([1.0, -0.5]), f64::INFINITY);
        assert_eq!(ratio([-1.0, -0.5]), f64::INFINITY);
        assert_eq!(ratio([1.0, 0.0]), f64::INFINITY);
        assert_eq!(ratio([-1.0, 0.5]), 0.0);
        // A minority of such rounds leaves a figure, and a spread that no goal is met with.
        let figures = above(&[[11.0, 20.0, 10.0], [11.0, 9.0, 10.0], [13.0, 20.0, 10.0]]);
        assert_eq!(figures.ratio, 0.1);
        assert_eq!(figures.spread.unwrap()[1], f64::INFINITY);
        let lost = above(&[[11.0, 20.0, 10.0], [11.0, 9.0, 10.0], [13.0, 9.0, 10.0]]);
        assert_eq!(lost.ratio, f64::INFINITY);
    }

    #[test]
    fn runs_without_a_difference_are_told() {
        let claim = crate::claims::claims().find(|claim| claim.case == "pool/cross-thread-1k");
        let claim = claim.unwrap();
        let contest = Contest::of(claim.case).unwrap();
        let (floor, peer) = (contest.floor().unwrap(), contest.peers().next().unwrap());
        let told = |runs: &[_]| nothing_added(claim, floor, peer, runs);
        assert_eq!(told(&[vec![[2.0, 3.0, 1.0]], vec![[1.1, 1.1, 1.0]]]), None);
        let text = told(&[vec![[2.0, 1.0, 1.0]], vec![[1.0, 2.0, 1.0]], vec![[0.5, 2.0, 1.0]]]);
        let text = text.unwrap();
        assert!(text.contains("of 3 runs") && text.contains("alone"), "{text}");
        assert!(text.contains("in 1 (they count as lost), thrifty in 2"), "{text}");
    }
}
