//! What every driver program does with its cases.
//!
//! ```text
//! driver count CASE IMPLEMENTATION OPS    runs it, for a program that watches from outside
//! driver verify CASE                      prints the result, if all implementations yield the same
//! driver time CASE IMPLEMENTATION...      prints one line a round: nanoseconds for each operation
//! driver threads CASE IMPLEMENTATION      likewise: on each of two threads, on one alone
//! driver heap CASE IMPLEMENTATION         prints requests and bytes of each operation, if it counts
//! driver resident CASE IMPLEMENTATION     prints one figure of its resident memory
//! ```

use core::hint::black_box;
use std::env;
use std::process::ExitCode;

use crate::cases::{Entry, Resident};
#[cfg(feature = "pinned")]
use crate::cores;
#[cfg(feature = "pinned")]
use crate::threads::{self, Pin};
use crate::time::{ROUNDS, sample};

/// Runs the command of the command line on these cases.
#[must_use]
pub fn main(entries: &[Entry]) -> ExitCode {
    main_with(entries, &[])
}

/// The same, and on those that look at resident memory.
#[must_use]
pub fn main_with(entries: &[Entry], residents: &[Resident]) -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["count", case, name, ops] => count(entries, case, name, ops),
        ["verify", case] => verify(entries, case).map(|result| println!("{result:?}")),
        #[cfg(feature = "metered")]
        ["heap", case, name] => heap(entries, case, name),
        ["resident", case, name] => resident(residents, case, name),
        #[cfg(feature = "pinned")]
        ["threads", case, name] => two_threads(entries, case, name),
        ["time", case, names @ ..] if !names.is_empty() => time(entries, case, names),
        _ => Err("usage: count CASE IMPLEMENTATION OPS | verify CASE | time CASE IMPL...".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn count(entries: &[Entry], case: &str, name: &str, ops: &str) -> Result<(), String> {
    let entry = find(entries, case, name)?;
    let ops = ops.parse().map_err(|error| format!("`{ops}`: {error}"))?;
    (entry.run)(black_box(ops));
    Ok(())
}

/// As instructions are counted: what happens once in a run is in both runs and cancels out. What
/// happens once in the process is over by then.
#[cfg(feature = "metered")]
#[expect(clippy::cast_precision_loss, reason = "the counts are far below 2^52")]
fn heap(entries: &[Entry], case: &str, name: &str) -> Result<(), String> {
    const OPS: u64 = 1_000;
    let entry = find(entries, case, name)?;
    (entry.run)(black_box(OPS / 10));
    let usage = |ops| thrifty::meter::measure(|| (entry.run)(black_box(ops))).1;
    let (low, high) = (usage(OPS / 10), usage(OPS / 10 + OPS));
    let each = |low: u64, high: u64| (high - low) as f64 / OPS as f64;
    println!(
        "{} {}",
        each(low.requests(), high.requests()),
        each(low.bytes_allocated, high.bytes_allocated)
    );
    Ok(())
}

fn resident(residents: &[Resident], case: &str, name: &str) -> Result<(), String> {
    let entry = residents.iter().find(|entry| entry.case == case && entry.name == name);
    let entry = entry.ok_or_else(|| unknown(case, name))?;
    println!("{}", (entry.figure)()?);
    Ok(())
}

fn verify(entries: &[Entry], case: &str) -> Result<Vec<u64>, String> {
    let mut same_case = entries.iter().filter(|entry| entry.case == case);
    let first = same_case.next().ok_or_else(|| format!("no case `{case}` in this driver"))?;
    let expected = (first.result)();
    for entry in same_case {
        let result = (entry.result)();
        if result != expected {
            return Err(format!(
                "case `{case}`: `{}` yields {expected:?}, `{}` yields {result:?}",
                first.name, entry.name
            ));
        }
    }
    Ok(expected)
}

fn time(entries: &[Entry], case: &str, names: &[&str]) -> Result<(), String> {
    let chosen: Vec<Entry> =
        names.iter().map(|name| find(entries, case, name).copied()).collect::<Result<_, _>>()?;
    print(&sample(&chosen, ROUNDS));
    Ok(())
}

#[cfg(feature = "pinned")]
fn two_threads(entries: &[Entry], case: &str, name: &str) -> Result<(), String> {
    let entry = find(entries, case, name)?;
    let [one, other] = cores::two()?;
    let pins: [Pin<'_>; 2] = [&|| cores::pin(one), &|| cores::pin(other)];
    print(&threads::sample(entry, ROUNDS, pins)?);
    Ok(())
}

fn print<Row: AsRef<[f64]>>(rows: &[Row]) {
    for row in rows {
        let row: Vec<String> = row.as_ref().iter().map(ToString::to_string).collect();
        println!("{}", row.join(" "));
    }
}

fn find<'a>(entries: &'a [Entry], case: &str, name: &str) -> Result<&'a Entry, String> {
    entries
        .iter()
        .find(|entry| entry.case == case && entry.name == name)
        .ok_or_else(|| unknown(case, name))
}

fn unknown(case: &str, name: &str) -> String {
    format!("no implementation `{name}` of a case `{case}` in this driver")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &'static str, result: fn() -> Vec<u64>) -> Entry {
        Entry { case: "case", name, run: |_| (), result }
    }

    #[test]
    fn verify_accepts_equal_results() {
        let entries = [entry("a", || vec![1, 2]), entry("b", || vec![1, 2])];
        assert_eq!(verify(&entries, "case"), Ok(vec![1, 2]));
    }

    #[test]
    fn verify_names_the_two_that_differ() {
        let entries = [entry("a", || vec![1]), entry("b", || vec![1]), entry("c", || vec![2])];
        let error = verify(&entries, "case").unwrap_err();
        assert_eq!(error, "case `case`: `a` yields [1], `c` yields [2]");
    }

    #[test]
    fn an_unknown_name_is_an_error() {
        let entries = [entry("a", Vec::new)];
        assert!(verify(&entries, "other").is_err());
        assert!(count(&entries, "case", "b", "1").is_err());
        assert!(count(&entries, "case", "a", "one").is_err());
        assert!(time(&entries, "case", &["a", "b"]).is_err());
        assert!(resident(&[], "case", "a").is_err());
        #[cfg(feature = "pinned")]
        assert!(two_threads(&entries, "case", "b").is_err());
    }
}
