//! The command line.

use clap::Parser;
use clap::builder::PossibleValuesParser;
use glob::Pattern;

use crate::claim::Claim;
use crate::claims::claims;

/// Measures every claim of thrifty beside its peers and prints one table, losses included.
///
/// Each row has our figure, the peer's, and `ratio` = ours divided by theirs. Less is better in
/// every metric, and each goal is an upper limit: on the ratio, or on our figure. The peer is the
/// one that the claim names, or else the best of all. Instructions are counted by callgrind
/// and repeat exactly; they need valgrind. Times are indicative: 61 interleaved rounds, three
/// times; the worst of the three is shown, with the 95 % confidence interval of its ratio.
#[derive(Debug, Parser)]
#[command(
    name = "versus",
    after_help = "Exit codes: 0, measured (even if goals are missed); 1, a goal is missed under \
                  --check; 2, wrong usage."
)]
pub(crate) struct Args {
    /// Only the claims of this room of the library.
    #[arg(long, value_parser = PossibleValuesParser::new(rooms()))]
    room: Option<String>,

    /// Only the claims whose case matches, such as `inline/*` (quote it).
    #[arg(long, value_name = "GLOB")]
    case: Option<Pattern>,

    /// Only the claims in this metric.
    #[arg(long, value_parser = PossibleValuesParser::new(metrics()))]
    metric: Option<String>,

    /// Measure all peers, and print a row for each.
    #[arg(long)]
    pub(crate) all: bool,

    /// Print JSON Lines: one row a line, and nothing else on the standard output.
    #[arg(long)]
    pub(crate) json: bool,

    /// Exit with 1 if an exact goal (any metric but time) is missed or could not be measured.
    #[arg(long)]
    pub(crate) check: bool,
}

impl Args {
    /// The chosen claims, or a text that lists what there is to choose from.
    pub(crate) fn claims(&self) -> Result<Vec<&'static Claim>, String> {
        if let Some(pattern) = &self.case
            && !claims().any(|claim| pattern.matches(claim.case))
        {
            return Err(format!("no case matches `{pattern}`; the cases are:\n{}", cases()));
        }
        let chosen: Vec<_> = claims().filter(|claim| self.chooses(claim)).collect();
        if chosen.is_empty() {
            return Err(format!(
                "no claim matches all of the options; the cases are:\n{}",
                cases()
            ));
        }
        Ok(chosen)
    }

    fn chooses(&self, claim: &Claim) -> bool {
        self.room.as_deref().is_none_or(|room| room == claim.room())
            && self.metric.as_deref().is_none_or(|metric| metric == claim.metric.name())
            && self.case.as_ref().is_none_or(|pattern| pattern.matches(claim.case))
    }
}

fn rooms() -> Vec<&'static str> {
    distinct(claims().map(Claim::room))
}

fn metrics() -> Vec<&'static str> {
    distinct(claims().map(|claim| claim.metric.name()))
}

fn distinct(names: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn cases() -> String {
    let line = |claim: &Claim| format!("  {} ({})", claim.case, claim.metric.name());
    claims().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;

    use super::*;

    fn chosen(options: &str) -> Result<Vec<&'static str>, String> {
        let words = ["versus"].into_iter().chain(options.split_whitespace());
        let args = Args::try_parse_from(words).map_err(|error| error.to_string())?;
        Ok(args.claims()?.iter().map(|claim| claim.case).collect())
    }

    #[test]
    fn without_options_all_claims_are_chosen() {
        assert_eq!(chosen("").unwrap().len(), claims().count());
    }

    #[test]
    fn a_glob_chooses_cases() {
        assert_eq!(chosen("--case inline/vec-?").unwrap(), ["inline/vec-4", "inline/vec-8"]);
        assert_eq!(chosen("--case inline/vec-4").unwrap(), ["inline/vec-4"]);
        assert_eq!(chosen("--case */vec-[48]").unwrap(), ["inline/vec-4", "inline/vec-8"]);
    }

    #[test]
    fn options_narrow_each_other() {
        assert_eq!(chosen("--metric time --case *64-time").unwrap(), ["meter/pair-64-time"]);
        let error = chosen("--room inline --case meter/*").unwrap_err();
        assert!(error.contains("no claim matches") && error.contains("meter/pair-64"), "{error}");
    }

    #[test]
    fn what_is_unknown_is_answered_with_what_is_known() {
        let error = chosen("--case no/such").unwrap_err();
        assert!(error.contains("`no/such`") && error.contains("inline/vec-8"), "{error}");
        let error = chosen("--room attic").unwrap_err();
        assert!(
            error.contains("attic") && error.contains("inline, meter, report, share"),
            "{error}"
        );
        let error = chosen("--metric joules").unwrap_err();
        assert!(
            error.contains("joules") && error.contains("instructions, resident, time"),
            "{error}"
        );
    }

    #[test]
    fn usage_errors_exit_with_2() {
        let error = Args::try_parse_from(["versus", "--room", "attic"]).unwrap_err();
        assert_eq!((error.kind(), error.exit_code()), (ErrorKind::InvalidValue, 2));
        let error = Args::try_parse_from(["versus", "--case", "[oops"]).unwrap_err();
        assert_eq!((error.kind(), error.exit_code()), (ErrorKind::ValueValidation, 2));
    }
}
