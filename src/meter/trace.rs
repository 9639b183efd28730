//! Cuts a backtrace down to the reader's own frames.

use core::fmt;
use std::path::{Path, PathBuf};

/// How many of the reader's frames are shown: a recursion may have thousands.
const MAX_FRAMES: usize = 30;

/// One frame of a backtrace as `std` prints it: `  7: name`, then `at file:line:column` or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    pub(super) name: &'a str,
    pub(super) place: Option<&'a str>,
}

impl Frame<'_> {
    fn is_closure_of(&self, function: &Self) -> bool {
        let rest = self.name.strip_prefix(function.name);
        matches!(rest, Some("::{{closure}}" | "::{closure#0}"))
    }

    /// What lies between the reader's line and the allocator, or around the reader's code.
    fn is_library(&self, own: &Path) -> bool {
        self.is_std() || self.is_entry(own)
    }

    /// By the file, where it is known: a trait that the reader implements for `Vec` has std's name.
    pub(super) fn is_std(&self) -> bool {
        if let Some(place) = self.place {
            return place.starts_with("/rustc/")
                || place.contains("/lib/rustlib/src/rust/library/");
        }
        let name = self.name.trim_start_matches('<');
        ["std::", "core::", "alloc::"].iter().any(|prefix| name.starts_with(prefix))
    }

    /// The allocator's entry and our own code: by file too, an inlined frame may have no path.
    pub(super) fn is_entry(&self, own: &Path) -> bool {
        let name = self.name.trim_start_matches('<');
        ["thrifty::meter::", "__rust", "__rg_"].iter().any(|prefix| name.starts_with(prefix))
            || self.place.is_some_and(|place| absolute(place).starts_with(own))
    }
}

/// The folder of this room's sources, as backtraces name it.
pub(super) fn own_folder() -> PathBuf {
    let mut folder = absolute(file!());
    folder.pop();
    folder
}

/// Paths of this very package are relative to the folder that the compiler ran in.
fn absolute(path: &str) -> PathBuf {
    let path = path.strip_prefix("./").unwrap_or(path);
    std::env::current_dir().unwrap_or_default().join(path)
}

/// Writes where the request was made: the reader's innermost line, then the frames around it.
pub(super) fn write_trimmed(f: &mut fmt::Formatter<'_>, backtrace: &str) -> fmt::Result {
    let own = &own_folder();
    let mut frames = frames(backtrace);
    if frames.is_empty() {
        return write!(f, " in a frame without a name; the whole backtrace:\n{backtrace}");
    }
    frames.truncate(frames.iter().position(is_harness).unwrap_or(frames.len()));
    let end = frames.iter().rposition(|frame| !frame.is_library(own)).map_or(0, |last| last + 1);
    frames.truncate(end);
    if let [.., test, closure] = &frames[..]
        && closure.is_closure_of(test)
    {
        // The harness calls a test through a closure of its own.
        frames.pop();
    }
    let Some(first) = frames.iter().position(|frame| !frame.is_library(own)) else {
        return f.write_str(
            " in code whose lines the optimizer merged away: \
             set `debug = \"line-tables-only\"` in the profile to see them",
        );
    };
    let innermost = frames[first];
    if let Some(place) = innermost.place {
        writeln!(f, " at {place}")?;
    } else {
        writeln!(f, " in {} (build with debug information for the line)", innermost.name)?;
    }
    // The function of std that the reader's line called says what allocated.
    if let Some(called) = frames[..first].last().filter(|frame| !frame.is_entry(own)) {
        writeln!(f, "    {}", called.name)?;
    }
    let mut shown = frames[first..].iter().filter(|frame| !frame.is_library(own));
    for frame in shown.by_ref().take(MAX_FRAMES) {
        writeln!(f, "    {}", frame.name)?;
        if let Some(place) = frame.place {
            writeln!(f, "        at {place}")?;
        }
    }
    match shown.count() {
        0 => Ok(()),
        more => writeln!(f, "    ... and {more} more frames"),
    }
}

/// Where the test harness or the runtime calls the reader's code.
pub(super) fn is_harness(frame: &Frame<'_>) -> bool {
    // Not all of `test::`: a reader's own test program may have that name.
    ["test::run_test", "test::types::", "std::rt::"].iter().any(|name| frame.name.starts_with(name))
        || frame.name.contains("__rust_begin_short_backtrace")
}

pub(super) fn frames(backtrace: &str) -> Vec<Frame<'_>> {
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

#[cfg(test)]
mod tests {
    use super::*;

    struct Trimmed(&'static str);

    impl fmt::Display for Trimmed {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write_trimmed(f, self.0)
        }
    }

    #[test]
    fn the_readers_frames_are_kept_with_the_call_that_allocated() {
        let text = Trimmed(
            "   0: thrifty::meter::local::tripped
             at ./src/meter/local.rs:9:5
   1: __rustc::__rust_alloc
             at ./tests/a.rs:7:1
   2: alloc::vec::from_elem
             at /rustc/59807616e1fa/library/alloc/src/vec/mod.rs:3441:5
   3: orders::label
             at ./src/orders.rs:41:17
   4: core::iter::adapters::map
             at /rustc/59807616e1fa/library/core/src/iter/adapters/map.rs:88:28
   5: orders::labels
             at ./src/orders.rs:30:9
   6: thrifty::meter::assert::no_alloc
             at /home/me/thrifty/src/meter/assert.rs:40:18
   7: a::test
             at ./tests/a.rs:12:5
   8: a::test::{{closure}}
             at ./tests/a.rs:11:10
   9: core::ops::function::FnOnce::call_once
             at /rustc/59807616e1fa/library/core/src/ops/function.rs:250:5
  10: std::sys::backtrace::__rust_begin_short_backtrace
             at /rustc/59807616e1fa/library/std/src/sys/backtrace.rs:166:18
  11: start_thread",
        );
        assert_eq!(
            text.to_string(),
            " at ./src/orders.rs:41:17
    alloc::vec::from_elem
    orders::label
        at ./src/orders.rs:41:17
    orders::labels
        at ./src/orders.rs:30:9
    a::test
        at ./tests/a.rs:12:5
"
        );
    }

    #[test]
    fn without_debug_information_the_function_is_named() {
        let text = Trimmed("   0: __rustc::__rust_alloc\n   1: orders::label\n   2: a::test\n");
        let expected = " in orders::label (build with debug information for the line)\n    \
                        orders::label\n    a::test\n";
        assert_eq!(text.to_string(), expected);
    }

    #[test]
    fn a_test_program_named_test_and_a_trait_on_a_std_type_are_the_readers() {
        let text = Trimmed(
            "   0: alloc::vec::Vec<u8>::push
             at /rustc/59807616e1fa/library/alloc/src/vec/mod.rs:9:1
   1: <alloc::vec::Vec<u8> as orders::Ext>::push_all
             at ./src/ext.rs:4:9
   2: test::direct
             at ./tests/test.rs:8:5
   3: test::run_test::{{closure}}
             at /rustc/59807616e1fa/library/test/src/lib.rs:1:1",
        );
        let expected = " at ./src/ext.rs:4:9
    alloc::vec::Vec<u8>::push
    <alloc::vec::Vec<u8> as orders::Ext>::push_all
        at ./src/ext.rs:4:9
    test::direct
        at ./tests/test.rs:8:5
";
        assert_eq!(text.to_string(), expected);
    }

    #[test]
    fn a_deep_recursion_is_cut() {
        struct Deep;

        impl fmt::Display for Deep {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_trimmed(f, &"   0: orders::walk\n".repeat(1000))
            }
        }

        let text = Deep.to_string();
        assert_eq!(text.matches("    orders::walk\n").count(), 30);
        assert!(text.ends_with("    ... and 970 more frames\n"), "{text}");
    }

    #[test]
    fn a_backtrace_without_names_is_shown_whole() {
        let text = Trimmed("disabled backtrace").to_string();
        assert!(text.ends_with("the whole backtrace:\ndisabled backtrace"), "{text}");
    }

    #[test]
    fn code_without_lines_says_how_to_get_them() {
        let text = Trimmed(
            "   0: __rustc::__rust_alloc\n   1: core::ops::function::FnOnce::call_once\n   \
             2: test::__rust_begin_short_backtrace::<fn()>\n   3: start_thread\n",
        );
        assert!(text.to_string().contains("line-tables-only"), "{text}");
    }
}
