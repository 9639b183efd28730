//! What to take instead, and what that saves.

use core::fmt;

use super::Kind;
use super::site::Counts;

/// Which of the three ways takes an allocation away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Lever {
    /// Keep what is on the heap, and use it again.
    Buffers,
    /// Borrow or share what is there already.
    ZeroCopy,
    /// Hold it on the stack.
    Inline,
}

impl fmt::Display for Lever {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Buffers => "buffers",
            Self::ZeroCopy => "zero_copy",
            Self::Inline => "inline",
        })
    }
}

/// What to take in place of the requests of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Remedy {
    pub(super) lever: Option<Lever>,
    pub(super) instead: &'static str,
    /// Allocations and reallocations that are gone then, in the steady state.
    pub(super) saves: u64,
}

/// The most bytes that a value on the stack should have: a cache line.
const INLINE: usize = 64;
/// A hash table of up to 28 entries of two strings each has less.
const SMALL_TABLE: usize = 2048;
/// A tree of more nodes is not small.
const FEW_NODES: u64 = 8;

pub(super) fn remedy(kind: Kind, counts: &Counts) -> Remedy {
    let (lever, instead) = advice(kind, counts);
    let all = counts.allocs + counts.reallocs;
    let saves = match kind {
        _ if lever.is_none() => 0,
        // A reserved capacity still allocates once.
        Kind::GrowingString | Kind::GrowingVec if instead.starts_with("reserve") => counts.reallocs,
        // A table that grows is a new one each time.
        Kind::HashTable if lever == Some(Lever::Buffers) => {
            all - all.div_ceil(counts.distinct.max(1))
        }
        _ => all,
    };
    Remedy { lever, instead, saves }
}

fn advice(kind: Kind, counts: &Counts) -> (Option<Lever>, &'static str) {
    use Lever::{Buffers, Inline, ZeroCopy};

    let is_small = counts.sizes.max <= INLINE;
    let (lever, instead) = match kind {
        Kind::StringClone => {
            (ZeroCopy, "borrow it as `&str` or move it; `share::Str` where several must own it")
        }
        Kind::Clone => (ZeroCopy, "borrow it or move it; `Arc` where several must own it"),
        Kind::OwnedString => (
            ZeroCopy,
            "keep the `&str`; `inline::SmallString` if it must be owned, `share::Fields` for a head or line",
        ),
        Kind::ChangedString => (
            ZeroCopy,
            "compare without a copy (`eq_ignore_ascii_case`); `share::CowExt` if it seldom changes",
        ),
        Kind::SerdeString => (
            ZeroCopy,
            "a field of `&'a str` with `#[serde(borrow)]`, or of `share::Str`: no lifetime",
        ),
        Kind::SerdeVec => {
            (Inline, "a field of `inline::SmallVec`, with room for the usual number of elements")
        }
        Kind::SerdeOutput => {
            (Buffers, "`serde_json::to_writer` into a `Vec` that is kept and cleared")
        }
        Kind::Format if is_small => (
            Inline,
            "`inline::small_format!`; `inline::small_concat!` if all pieces are texts and integers",
        ),
        Kind::Display if is_small => {
            (Inline, "`inline::small_format!`, or pass the value on as `impl Display`")
        }
        Kind::Format | Kind::Display => {
            (Buffers, "`write!` into a `String` that is kept and cleared")
        }
        Kind::Joined if is_small => {
            (Inline, "`inline::small_concat!`, or `push_str` into an `inline::SmallString`")
        }
        Kind::Joined => (Buffers, "`push_str` into a `String` that is kept and cleared"),
        Kind::GrowingString if is_small => {
            (Inline, "`inline::SmallString`, or a `String` that is kept and cleared")
        }
        Kind::GrowingVec if is_small => {
            (Inline, "`inline::SmallVec`, or a `Vec` that is kept and cleared")
        }
        Kind::GrowingString if counts.reallocs > 0 => (
            Buffers,
            "reserve once with `String::with_capacity`; keep and clear it, and it never allocates",
        ),
        Kind::GrowingVec if counts.reallocs > 0 => (
            Buffers,
            "reserve once with `Vec::with_capacity`; keep and clear it, and it never allocates",
        ),
        Kind::GrowingString | Kind::GrowingVec | Kind::Reserved => {
            (Buffers, "keep it between calls: `clear()`, then fill it again")
        }
        Kind::HashTable if counts.sizes.max <= SMALL_TABLE => {
            (Inline, "few entries: an `inline::SmallMap` or `inline::SmallSet`; or `with_capacity`")
        }
        Kind::HashTable => (Buffers, "`HashMap::with_capacity`, or keep it and `clear()`"),
        Kind::TreeNode if counts.allocs <= FEW_NODES => (
            Inline,
            "few entries: an `inline::SmallMap`, or an `inline::SmallVec` of pairs that is kept sorted",
        ),
        Kind::TreeNode => (Buffers, "a sorted `Vec` that is kept, with `binary_search`"),
        Kind::Collect if is_small => {
            (Inline, "collect into an `inline::SmallVec`, or use the iterator itself")
        }
        Kind::Collect => {
            (Buffers, "use the iterator itself, or `extend` a `Vec` that is kept and cleared")
        }
        Kind::CopiedSlice => (ZeroCopy, "borrow the slice"),
        Kind::Listed => (Inline, "an array, or `inline::ArrayVec`"),
        Kind::Boxed => (Inline, "hold the value itself; an `enum` or a generic in place of `dyn`"),
        Kind::Shared => (ZeroCopy, "make it once outside, and clone that"),
        Kind::SerdeScratch => {
            return (None, "nothing: the parser needs it, once, when a string has escapes");
        }
        Kind::Other => return (None, "look at the line: no rule knows it"),
    };
    (Some(lever), instead)
}
