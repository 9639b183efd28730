//! What changed since a baseline.

use core::fmt;
use std::path::Path;

use super::super::usage::Usage;
use super::json::Figures;

/// What the comparison with a baseline has found; displays as the lines that are printed.
pub(super) struct Verdict<'a> {
    file: &'a Path,
    compared: usize,
    changed: Vec<Changed<'a>>,
    unknown: Vec<&'a str>,
}

struct Changed<'a> {
    id: &'a str,
    /// Not empty.
    differences: Vec<Difference>,
}

struct Difference {
    field: &'static str,
    before: i128,
    now: i128,
}

impl<'a> Verdict<'a> {
    /// Compares what is known under the same id.
    pub(super) fn new(file: &'a Path, before: &Figures, now: &'a Figures) -> Self {
        let mut verdict = Self { file, compared: 0, changed: Vec::new(), unknown: Vec::new() };
        for (id, now) in now {
            let Some(before) = before.get(id) else {
                verdict.unknown.push(id);
                continue;
            };
            verdict.compared += 1;
            let differences: Vec<_> = costs(before)
                .into_iter()
                .zip(costs(now))
                .filter(|(before, now)| before != now)
                .map(|((field, before), (_, now))| Difference { field, before, now })
                .collect();
            if !differences.is_empty() {
                verdict.changed.push(Changed { id, differences });
            }
        }
        verdict
    }

    /// The number of ids with at least one figure that got worse.
    pub(super) fn worse(&self) -> usize {
        self.changed.iter().filter(|changed| changed.is_worse()).count()
    }
}

impl Changed<'_> {
    fn is_worse(&self) -> bool {
        self.differences.iter().any(|difference| difference.now > difference.before)
    }
}

impl fmt::Display for Verdict<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Changed { id, differences } in &self.changed {
            for Difference { field, before, now } in differences {
                let word = if now > before { "worse: " } else { "better:" };
                writeln!(f, "{word} {id}: {field} {before} -> {now}")?;
            }
        }
        for id in &self.unknown {
            writeln!(f, "note:   {id}: not in the baseline")?;
        }
        let (worse, file) = (self.worse(), self.file.display());
        writeln!(
            f,
            "heap baseline {file}: {} compared, {worse} worse, {} better, {} not in it",
            self.compared,
            self.changed.len() - worse,
            self.unknown.len(),
        )?;
        if worse > 0 {
            writeln!(f, "to accept: the same command with THRIFTY_SAVE_BASELINE={file}")?;
        }
        Ok(())
    }
}

/// What less of is better. Freed bytes are not: freeing less than before is how a leak shows.
fn costs(usage: &Usage) -> [(&'static str, i128); 7] {
    [
        ("allocs", usage.allocs.into()),
        ("reallocs", usage.reallocs.into()),
        ("frees", usage.frees.into()),
        ("bytes_allocated", usage.bytes_allocated.into()),
        ("bytes_kept", usage.bytes_kept.into()),
        ("peak_bytes", usage.peak_bytes.into()),
        ("net_bytes", usage.net_bytes().into()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(allocs: u64, bytes: u64) -> Usage {
        Usage {
            allocs,
            frees: allocs,
            bytes_allocated: bytes,
            bytes_freed: bytes,
            peak_bytes: bytes,
            ..Usage::default()
        }
    }

    fn under(id: &str, usage: Usage) -> Figures {
        Figures::from([(String::from(id), usage)])
    }

    fn verdict(before: Usage, now: Usage) -> (usize, String) {
        let (before, now) = (under("x", before), under("x", now));
        let verdict = Verdict::new(Path::new("b"), &before, &now);
        (verdict.worse(), verdict.to_string())
    }

    #[test]
    fn equal_figures_print_only_the_sum() {
        let (worse, text) = verdict(usage(3, 30), usage(3, 30));
        assert_eq!(
            (worse, &*text),
            (0, "heap baseline b: 1 compared, 0 worse, 0 better, 0 not in it\n")
        );
    }

    #[test]
    fn each_difference_is_a_line() {
        let (worse, text) = verdict(usage(1, 30), usage(2, 20));
        assert_eq!(worse, 1);
        assert_eq!(
            text,
            "worse:  x: allocs 1 -> 2\n\
             worse:  x: frees 1 -> 2\n\
             better: x: bytes_allocated 30 -> 20\n\
             better: x: peak_bytes 30 -> 20\n\
             heap baseline b: 1 compared, 1 worse, 0 better, 0 not in it\n\
             to accept: the same command with THRIFTY_SAVE_BASELINE=b\n"
        );
        let (worse, text) = verdict(usage(1, 1), usage(0, 0));
        assert_eq!(worse, 0);
        assert!(text.ends_with("b: 1 compared, 0 worse, 1 better, 0 not in it\n"), "{text}");
    }

    #[test]
    fn every_field_is_compared() {
        let before = usage(5, 50);
        let more: [fn(&mut Usage); 6] = [
            |usage| usage.allocs += 1,
            |usage| usage.reallocs += 1,
            |usage| usage.frees += 1,
            |usage| usage.bytes_allocated += 1,
            |usage| usage.bytes_kept += 1,
            |usage| usage.peak_bytes += 1,
        ];
        for change in more {
            let mut now = before;
            change(&mut now);
            assert_eq!(verdict(before, now).0, 1, "{now:?}");
            assert_eq!(verdict(now, before).0, 0, "{now:?}");
        }
        // Freed less: a leak.
        let (worse, text) = verdict(before, Usage { frees: 4, bytes_freed: 40, ..before });
        assert_eq!(worse, 1);
        assert!(text.contains("better: x: frees 5 -> 4\nworse:  x: net_bytes 0 -> 10\n"), "{text}");
    }

    #[test]
    fn what_the_baseline_does_not_know_is_a_note() {
        let (before, now) = (under("gone", usage(1, 1)), under("new", usage(9, 9)));
        let verdict = Verdict::new(Path::new("b"), &before, &now);
        assert_eq!(verdict.worse(), 0);
        assert_eq!(
            verdict.to_string(),
            "note:   new: not in the baseline\n\
             heap baseline b: 0 compared, 0 worse, 0 better, 1 not in it\n"
        );
    }
}
