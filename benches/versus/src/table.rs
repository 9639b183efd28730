//! A claim's row, and how it is printed: as JSON, or in the table.

use core::fmt::Write as _;

use serde::Serialize;

use crate::claim::{Claim, Goal, Metric};

/// One implementation of ours beside one peer.
///
/// Its JSON has the fields in this order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Row {
    pub(crate) room: &'static str,
    pub(crate) case: &'static str,
    pub(crate) metric: Metric,
    pub(crate) allocator: &'static str,
    /// `null` if it could not be measured.
    pub(crate) thrifty: Option<f64>,
    /// Name and version.
    pub(crate) peer: Option<String>,
    pub(crate) theirs: Option<f64>,
    /// `thrifty / theirs`; for times the median of the ratios of each round, but above a floor the
    /// ratio of the medians.
    pub(crate) ratio: Option<f64>,
    /// The upper limit that is claimed; `null` in the further rows of `--all`.
    pub(crate) goal: Option<f64>,
    /// Whether the goal is met, which it is not if it could not be measured; `null` with `goal`.
    pub(crate) met: Option<bool>,
    /// The 95 % confidence interval of `ratio`, or of `thrifty` where the goal is on two threads;
    /// `null` for exact figures.
    pub(crate) spread: Option<[f64; 2]>,
    /// What the goal limits: `ratio` (the upper end of its spread for times) or `figure`, which is
    /// `thrifty`.
    pub(crate) goal_on: Option<&'static str>,
    pub(crate) unit: &'static str,
    /// Whether `spread` is that of `thrifty`.
    #[serde(skip)]
    of_thrifty: bool,
}

impl Row {
    /// A row without figures.
    pub(crate) fn new(claim: &'static Claim, allocator: &'static str) -> Self {
        Self {
            room: claim.room(),
            case: claim.case,
            metric: claim.metric,
            allocator,
            thrifty: None,
            peer: None,
            theirs: None,
            ratio: None,
            goal: None,
            met: None,
            spread: None,
            goal_on: None,
            unit: claim.unit(),
            of_thrifty: matches!(claim.goal, Goal::Threads(_)),
        }
    }

    /// Makes it the claim's row: judges its figures.
    pub(crate) fn judge(&mut self, goal: Goal) {
        let (limit, on) = match goal {
            Goal::Ratio(limit) => (limit, "ratio"),
            Goal::Figure(limit) | Goal::Threads(limit) | Goal::Stays(limit) => (limit, "figure"),
        };
        self.goal = Some(limit);
        self.goal_on = Some(on);
        self.met = Some(self.judged().is_some_and(|figure| figure <= limit));
    }

    /// The figure that the goal limits.
    fn judged(&self) -> Option<f64> {
        let figure = match self.goal_on? {
            "figure" => self.thrifty,
            _ => self.ratio,
        };
        // There is a spread only of what the goal limits.
        self.spread.map(|[_, high]| high).or(figure)
    }

    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).expect("a row has only numbers, texts and nulls")
    }

    fn cells(&self) -> [String; 10] {
        let goal = self.goal.map(|goal| match self.goal_on {
            Some("figure") => format!("thrifty <= {goal}"),
            _ => format!("ratio <= {goal}"),
        });
        let spread = self
            .spread
            .map_or_else(String::new, |[low, high]| format!(" [{}, {}]", short(low), short(high)));
        let (thrifty, ratio) =
            if self.of_thrifty { (spread, String::new()) } else { (String::new(), spread) };
        let result = match self.met {
            None => "",
            Some(true) => "met",
            Some(false) if self.judged().is_none() => "not measured",
            Some(false) => "MISSED",
        };
        [
            self.room.to_owned(),
            self.case.to_owned(),
            self.metric.name().to_owned(),
            self.allocator.to_owned(),
            shown(self.thrifty) + &thrifty,
            self.peer.clone().unwrap_or_else(|| "-".to_owned()),
            shown(self.theirs),
            self.ratio.map_or_else(|| "-".to_owned(), short) + &ratio,
            goal.unwrap_or_default(),
            result.to_owned(),
        ]
    }
}

/// All rows below a header, in columns.
pub(crate) fn table(rows: &[Row]) -> String {
    const HEADER: [&str; 10] = [
        "room",
        "case",
        "metric",
        "allocator",
        "thrifty",
        "peer",
        "theirs",
        "ratio",
        "goal",
        "result",
    ];
    let header = HEADER.map(str::to_owned);
    let cells: Vec<[String; 10]> = rows.iter().map(Row::cells).collect();
    let mut widths = HEADER.map(str::len);
    for row in &cells {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.len());
        }
    }
    let rule = widths.map(|width| "-".repeat(width));
    let mut text = String::new();
    for row in [&header, &rule].into_iter().chain(&cells) {
        let start = text.len();
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            // Numbers to the right.
            let _ = match column {
                4 | 6 => write!(text, "{cell:>width$}  "),
                _ => write!(text, "{cell:<width$}  "),
            };
        }
        let end = text.trim_end().len().max(start);
        text.truncate(end);
        text.push('\n');
    }
    text
}

fn shown(figure: Option<f64>) -> String {
    match figure {
        None => "-".to_owned(),
        Some(figure) if figure.fract() == 0.0 || figure.abs() >= 10_000.0 => format!("{figure:.0}"),
        Some(figure) => format!("{figure:.2}"),
    }
}

fn short(ratio: f64) -> String {
    let tiny = ratio != 0.0 && ratio.abs() < 0.001;
    if tiny { format!("{ratio:.2e}") } else { format!("{ratio:.3}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::Against;

    static CLAIM: Claim = Claim {
        case: "inline/vec-4",
        metric: Metric::Instructions,
        goal: Goal::Ratio(0.35),
        against: Against::Best,
        text: "",
    };

    fn exact(thrifty: f64, theirs: f64) -> Row {
        let mut row = Row::new(&CLAIM, "System");
        row.thrifty = Some(thrifty);
        row.peer = Some("peer 1.2.3".to_owned());
        row.theirs = Some(theirs);
        row.ratio = Some(thrifty / theirs);
        row
    }

    #[test]
    fn json_has_the_documented_shape() {
        let mut row = exact(25.0, 100.0);
        row.judge(Goal::Ratio(0.35));
        let expected = concat!(
            r#"{"room":"inline","case":"inline/vec-4","metric":"instructions","#,
            r#""allocator":"System","thrifty":25.0,"peer":"peer 1.2.3","theirs":100.0,"#,
            r#""ratio":0.25,"goal":0.35,"met":true,"spread":null,"goal_on":"ratio","#,
            r#""unit":"instructions"}"#,
        );
        assert_eq!(row.json(), expected);
        row.spread = Some([0.2, 0.5]);
        assert!(row.json().contains(r#""spread":[0.2,0.5],"#));
    }

    #[test]
    fn a_goal_is_an_upper_limit_and_may_be_reached() {
        let judged = |thrifty, theirs, goal| {
            let mut row = exact(thrifty, theirs);
            row.judge(goal);
            row.met
        };
        assert_eq!(judged(35.0, 100.0, Goal::Ratio(0.35)), Some(true));
        assert_eq!(judged(36.0, 100.0, Goal::Ratio(0.35)), Some(false));
        assert_eq!(judged(16.0, 5.0, Goal::Figure(16.0)), Some(true));
        assert_eq!(judged(16.5, 500.0, Goal::Figure(16.0)), Some(false));
    }

    #[test]
    fn the_upper_end_of_a_spread_has_to_be_within_the_goal() {
        let mut row = exact(100.0, 100.0);
        row.spread = Some([0.9, 1.11]);
        row.judge(Goal::Ratio(1.1));
        assert_eq!(row.met, Some(false));
        row.judge(Goal::Ratio(1.11));
        assert_eq!(row.met, Some(true));
    }

    #[test]
    fn on_two_threads_the_spread_is_that_of_our_figure() {
        static THREADS: Claim = Claim { metric: Metric::Time, goal: Goal::Threads(1.1), ..CLAIM };
        let mut row = Row::new(&THREADS, "System");
        (row.thrifty, row.theirs, row.ratio) = (Some(1.05), Some(3.0), Some(0.35));
        row.spread = Some([1.01, 1.11]);
        row.judge(THREADS.goal);
        assert_eq!((row.goal_on, row.met, row.unit), (Some("figure"), Some(false), "times"));
        assert!(table(&[row.clone()]).contains("1.05 [1.010, 1.110]"));
        row.spread = Some([1.01, 1.1]);
        row.judge(THREADS.goal);
        assert_eq!(row.met, Some(true));
        assert!(table(&[row]).ends_with("0.350  thrifty <= 1.1  met\n"));
    }

    #[test]
    fn what_is_not_measured_is_not_met() {
        let mut row = Row::new(&CLAIM, "System");
        row.judge(Goal::Ratio(0.35));
        assert_eq!(row.met, Some(false));
        assert!(row.json().contains(r#""thrifty":null"#));
        assert!(table(&[row]).contains("not measured"));
    }

    #[test]
    fn columns_line_up_and_losses_stand_out() {
        let mut met = exact(25.0, 100.0);
        met.judge(Goal::Ratio(0.35));
        let mut missed = exact(250.5, 100.0);
        missed.judge(Goal::Ratio(0.35));
        let table = table(&[met, exact(25.0, 80.0), missed]);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines.len(), 5);
        let column = lines[0].find("peer").unwrap();
        assert!(lines[2..].iter().all(|line| line[column..].starts_with("peer 1.2.3")), "{table}");
        assert!(lines[2].ends_with("ratio <= 0.35  met"), "{table}");
        assert!(lines[3].ends_with("0.312"), "{table}");
        assert_eq!([short(0.312_5), short(0.000_052_9)], ["0.312", "5.29e-5"]);
        assert!(lines[4].contains("250.50") && lines[4].ends_with("MISSED"), "{table}");
    }
}
