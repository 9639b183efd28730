//! Cuts a backtrace down to the reader's own frames.

use core::fmt;

/// One frame of a backtrace as `std` prints it: `  7: name`, then `at file:line:column` or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Frame<'a> {
    name: &'a str,
    place: Option<&'a str>,
}

impl Frame<'_> {
    /// The allocator's entry, our own code and what `std` calls on the way from the reader's line.
    fn is_library(&self) -> bool {
        let from_std = self.place.is_some_and(|place| {
            place.starts_with("/rustc/") || place.contains("/lib/rustlib/src/rust/library/")
        });
        let name = self.name.trim_start_matches('<');
        let ours = name.starts_with("thrifty::meter::") || name.starts_with("thrifty[");
        let std_names = ["std::", "core::", "alloc::", "backtrace::", "__rust", "__rg_", "_R"];
        from_std || ours || std_names.iter().any(|prefix| name.starts_with(prefix))
    }
}

/// Writes where the request was made: the reader's innermost line, then the frames around it.
pub(super) fn write_trimmed(f: &mut fmt::Formatter<'_>, backtrace: &str) -> fmt::Result {
    let frames = frames(backtrace);
    let Some(first) = frames.iter().position(|frame| !frame.is_library()) else {
        return write!(f, " in a frame without a name; the whole backtrace:\n{backtrace}");
    };
    let end = frames.iter().position(is_harness).filter(|&end| end > first).unwrap_or(frames.len());
    match frames[first].place {
        Some(place) => writeln!(f, " at {place}")?,
        None => writeln!(f, " in {} (build with debug information for the line)", frames[first].name)?,
    }
    // The library's function that the reader's line called says what allocated.
    for (index, frame) in frames[first.saturating_sub(1)..end].iter().enumerate() {
        if index > 0 && frame.is_library() {
            continue;
        }
        write!(f, "    {}", frame.name)?;
        match frame.place {
            Some(place) if !frame.is_library() => writeln!(f, "\n        at {place}")?,
            _ => writeln!(f)?,
        }
    }
    Ok(())
}

/// Where the test harness or the runtime calls the reader's code.
fn is_harness(frame: &Frame<'_>) -> bool {
    frame.name.contains("__rust_begin_short_backtrace")
        || frame.name.starts_with("test::")
        || frame.name.starts_with("std::rt::")
}

fn frames(backtrace: &str) -> Vec<Frame<'_>> {
    let mut frames: Vec<Frame<'_>> = Vec::new();
    for line in backtrace.lines().map(str::trim_start) {
        if let Some(place) = line.strip_prefix("at ") {
            if let Some(last) = frames.last_mut() {
                last.place = Some(place);
            }
        } else if let Some((number, name)) = line.split_once(": ")
            && number.parse::<u32>().is_ok()
        {
            frames.push(Frame { name, place: None });
        }
    }
    frames
}
