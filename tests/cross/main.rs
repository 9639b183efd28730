//! The meter and dhat see the same: each generated program runs here under `Metered<System>`, and in
//! another process, which is this binary again, under `dhat::Alloc`. Blocks, bytes and peak must
//! be equal to the last byte.
//!
//! ```text
//!  cargo test --test cross
//!    trial "vec 3" --+-- measure(vec 3).as_dhat() -----------------------------+
//!                    |                                                         +-- equal
//!                    +-- starts itself for "vec 3" -- dhat::Profiler, vec 3 ---+
//! ```
//!
//! dhat as the inner allocator of the meter would not do: its own tables would be counted.
#![cfg(feature = "meter")]

mod allocator;
mod programs;

use std::env;
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Failed, Trial};
use programs::Program;
use thrifty::meter::{Usage, measure};

/// Names the program that a process is to run under dhat.
const PROGRAM: &str = "THRIFTY_CROSS_PROGRAM";

#[derive(Debug, PartialEq, Eq)]
struct Figures {
    blocks: u64,
    bytes: u64,
    peak: usize,
}

fn main() -> ExitCode {
    if let Ok(name) = env::var(PROGRAM) {
        let program = programs::all().into_iter().find(|program| program.name == name);
        let Figures { blocks, bytes, peak } = by_dhat(&program.expect("a program of this name"));
        println!("{blocks} {bytes} {peak}");
        return ExitCode::SUCCESS;
    }
    let trials = programs::all()
        .into_iter()
        .map(|program| Trial::test(program.name.clone(), move || compare(&program)))
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn compare(program: &Program) -> Result<(), Failed> {
    let ((), usage) = measure(|| program.run());
    let (metered, dhat) = (figures(&usage), in_another_process(&program.name)?);
    if metered.blocks < 10 {
        return Err(format!("a program that does next to nothing: {metered:?}").into());
    }
    if metered != dhat {
        return Err(format!("{usage}:\n  meter {metered:?}\n  dhat  {dhat:?}").into());
    }
    Ok(())
}

fn figures(usage: &Usage) -> Figures {
    let view = usage.as_dhat();
    Figures { blocks: view.total_blocks, bytes: view.total_bytes, peak: view.max_bytes }
}

fn by_dhat(program: &Program) -> Figures {
    allocator::use_dhat();
    let _profiler = dhat::Profiler::builder().testing().build();
    program.run();
    let stats = dhat::HeapStats::get();
    Figures { blocks: stats.total_blocks, bytes: stats.total_bytes, peak: stats.max_bytes }
}

fn in_another_process(name: &str) -> Result<Figures, Failed> {
    let output = Command::new(env::current_exe()?).env(PROGRAM, name).output()?;
    let text = String::from_utf8(output.stdout)?;
    let numbers: Vec<u64> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    match numbers[..] {
        [blocks, bytes, peak] if output.status.success() => {
            Ok(Figures { blocks, bytes, peak: peak.try_into()? })
        }
        _ => {
            let errors = String::from_utf8_lossy(&output.stderr);
            Err(format!("{}: {text}{errors}", output.status).into())
        }
    }
}
