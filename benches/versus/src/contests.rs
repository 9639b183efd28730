//! How each claim is measured: which program, which implementations, who they are.

mod heap;
mod inline;
mod maps;
mod meter;
mod pool;
mod report;
mod service;
mod share;
mod strings;

use crate::peers::Who;

/// A program that the scoreboard builds with one feature and runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Driver {
    pub(crate) program: &'static str,
    pub(crate) feature: &'static str,
}

/// An implementation, and the program that holds it.
#[derive(Debug)]
pub(crate) struct Entrant {
    pub(crate) who: Who,
    pub(crate) driver: Driver,
    /// Its name inside the driver.
    pub(crate) name: &'static str,
}

/// The implementations that are measured for one claim.
#[derive(Debug)]
pub(crate) struct Contest {
    /// The claim's case.
    pub(crate) claim: &'static str,
    /// The case's name inside the drivers.
    pub(crate) case: &'static str,
    /// The allocator below all entrants.
    pub(crate) allocator: &'static str,
    pub(crate) ours: &'static Entrant,
    peers: &'static [Entrant],
    /// The peer from whose figure all others count: a figure is what is added to it. Its time
    /// is measured in turn with theirs, round by round, and its median is taken from their medians.
    floor: Option<&'static str>,
    /// Over how many operations instructions are counted: so many that what happens only now and
    /// then is in the figure.
    operations: u32,
    /// Peers whose single operation takes millions of instructions.
    slow: &'static [&'static str],
}

impl Contest {
    pub(crate) fn of(claim: &str) -> Option<&'static Self> {
        contests().find(|contest| contest.claim == claim)
    }

    /// All entrants but ours and the floor.
    pub(crate) fn peers(&self) -> impl Iterator<Item = &'static Entrant> {
        let ours = self.ours.who.name();
        let is_peer = move |name| Some(name) != self.floor && name != ours;
        self.peers.iter().filter(move |peer| is_peer(peer.who.name()))
    }

    pub(crate) fn floor(&self) -> Option<&'static Entrant> {
        self.peers.iter().find(|peer| Some(peer.who.name()) == self.floor)
    }

    /// Over how many operations instructions are counted.
    ///
    /// Ten are enough for, and all that can be waited for with, a peer that reads or writes 64 MiB
    /// each time: up to 67 million instructions, which take callgrind a second.
    pub(crate) fn operations(&self, entrant: &Entrant) -> u32 {
        if self.slow.contains(&entrant.who.name()) { 10 } else { self.operations }
    }
}

/// The contests of all rooms.
pub(crate) fn contests() -> impl Iterator<Item = &'static Contest> {
    [
        meter::CONTESTS,
        heap::CONTESTS,
        inline::CONTESTS,
        maps::CONTESTS,
        strings::CONTESTS,
        share::CONTESTS,
        pool::CONTESTS,
        report::CONTESTS,
        service::CONTESTS,
    ]
    .into_iter()
    .flatten()
}

const fn plain(
    claim: &'static str,
    case: &'static str,
    ours: &'static Entrant,
    peers: &'static [Entrant],
) -> Contest {
    Contest {
        claim,
        case,
        allocator: "System",
        ours,
        peers,
        floor: None,
        operations: 1_000,
        slow: &[],
    }
}

impl Entrant {
    const fn new(who: Who, driver: Driver, name: &'static str) -> Self {
        Self { who, driver, name }
    }
}

const SYSTEM: Who = Who::Std("system", "std::alloc::System");

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::claim::{Against, Metric};
    use crate::claims::claims;

    #[test]
    fn every_claim_has_one_contest_and_every_contest_a_claim() {
        let cases: HashSet<_> = claims().map(|claim| claim.case).collect();
        let contested: HashSet<_> = contests().map(|contest| contest.claim).collect();
        assert_eq!(cases.len(), claims().count(), "a case id is used twice");
        assert_eq!(contested.len(), contests().count(), "a case id is used twice");
        assert_eq!(cases, contested);
    }

    #[test]
    fn named_peers_floors_and_slow_peers_exist() {
        for claim in claims() {
            let contest = Contest::of(claim.case).unwrap();
            let named = |name| contest.peers().any(|peer| peer.who.name() == name);
            let peers = match &claim.against {
                Against::Best => &[][..],
                Against::BestBut(peers) => peers,
                Against::Named(peer) => core::slice::from_ref(peer),
            };
            for &name in peers {
                assert!(named(name), "{}: no peer {name}", claim.case);
            }
            assert_eq!(contest.floor().is_some(), contest.floor.is_some(), "{}", claim.case);
            assert!(contest.slow.iter().all(|name| named(name)), "{}", claim.case);
        }
    }

    #[test]
    fn what_shares_a_timed_row_shares_a_process() {
        for claim in claims().filter(|claim| claim.metric == Metric::Time) {
            let contest = Contest::of(claim.case).unwrap();
            let mut others = contest.peers().chain(contest.floor());
            assert!(others.all(|other| other.driver == contest.ours.driver), "{}", claim.case);
        }
    }
}
