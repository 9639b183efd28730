//! What a request is, by the functions between the reader's line and the allocator.

use core::fmt;

/// What allocated, as far as the functions of std say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The clone of a `String`.
    StringClone,
    /// The clone of anything else.
    Clone,
    /// A `String` made from a `&str`: `to_string`, `to_owned`, `String::from`.
    OwnedString,
    /// A changed copy of a string: `to_lowercase`, `replace`.
    ChangedString,
    /// A `String` that a deserializer hands out.
    SerdeString,
    /// A `Vec` that a deserializer fills.
    SerdeVec,
    /// What a serializer writes into.
    SerdeOutput,
    /// The parser's own space for strings with escapes.
    SerdeScratch,
    /// `format!`.
    Format,
    /// `to_string` of something that is not a string.
    Display,
    /// Strings or slices joined into one.
    Joined,
    /// A `String` that grows.
    GrowingString,
    /// A `Vec` or `VecDeque` that grows.
    GrowingVec,
    /// The table of a `HashMap` or `HashSet`.
    HashTable,
    /// A node of a `BTreeMap` or `BTreeSet`.
    TreeNode,
    /// An iterator collected.
    Collect,
    /// A slice copied into a `Vec`.
    CopiedSlice,
    /// A `vec![..]` with its elements listed.
    Listed,
    /// A `Vec` or `String` with a size known at the start.
    Reserved,
    /// A `Box`.
    Boxed,
    /// An `Arc` or `Rc`.
    Shared,
    /// Nothing that the table knows.
    Other,
}

/// If one function's name contains a text of the first list, and one a text of the second unless
/// that is empty, it is that kind. `$` stands for the name's end. Texts such as `alloc::string::from$`
/// are for inlined functions in a build with line tables only, where the type is not known. The first
/// row that fits counts, so what says most comes first.
type Rule = (&'static [&'static str], &'static [&'static str], Kind);

const RULES: &[Rule] = &[
    (&["serde_json::ser::to_"], &[], Kind::SerdeOutput),
    (
        &[
            "as core::clone::Clone>::clone",
            "alloc::string::clone$",
            "alloc::vec::clone$",
            "alloc::boxed::clone$",
        ],
        &[],
        Kind::Clone,
    ),
    (&["alloc::fmt::format"], &[], Kind::Format),
    (
        &[
            "str>::to_lowercase",
            "str>::to_uppercase",
            "str>::to_ascii_lowercase",
            "str>::to_ascii_uppercase",
            "str>::replace",
            "str>::repeat",
            "alloc::str::to_lowercase$",
            "alloc::str::to_uppercase$",
            "alloc::str::replace$",
            "alloc::str::repeat$",
        ],
        &[],
        Kind::ChangedString,
    ),
    (TO_STRING, &["core::fmt::"], Kind::Display),
    (TO_STRING, &["<str as ", "::to_owned"], Kind::OwnedString),
    (TO_STRING, &[], Kind::Display),
    (&["serde_json::read::"], &[], Kind::SerdeScratch),
    (
        &[
            "de::Deserialize for alloc::string::String>",
            "<alloc::string::String as serde",
            "StringVisitor",
            "de::impls::visit_str$",
        ],
        &[],
        Kind::SerdeString,
    ),
    (&["alloc::collections::btree"], &[], Kind::TreeNode),
    (&["hashbrown::"], &[], Kind::HashTable),
    (&["::VecVisitor", "::VecInPlaceVisitor", "de::impls::visit_seq$"], &[], Kind::SerdeVec),
    (
        &[
            "ToOwned for str>::to_owned",
            "<str as alloc::borrow::ToOwned>::to_owned",
            "<alloc::string::String as core::convert::From>::from",
            "alloc::string::String::from_utf8_lossy",
            "alloc::str::to_owned$",
            "alloc::string::from$",
            "alloc::string::from_utf8_lossy$",
        ],
        &[],
        Kind::OwnedString,
    ),
    (
        &[
            "]>::join$",
            "]>::concat$",
            "alloc::slice::join$",
            "alloc::slice::concat$",
            "Join<",
            "Concat<",
        ],
        &[],
        Kind::Joined,
    ),
    (&["alloc::sync::", "alloc::rc::"], &[], Kind::Shared),
    (
        &[
            "alloc::boxed::Box::new$",
            "alloc::boxed::new$",
            "alloc::boxed::convert::from$",
            "<alloc::boxed::Box as core::convert::From>::from",
            "::into_boxed_slice",
            "::into_boxed_str",
        ],
        &[],
        Kind::Boxed,
    ),
    (&["Iterator::collect", "iterator::collect$", "::from_iter$"], &[], Kind::Collect),
    (&["]>::to_vec", "]>::to_owned", "alloc::slice::to_vec"], &[], Kind::CopiedSlice),
    (
        &["alloc::boxed::Box::new_uninit", "alloc::boxed::new_uninit", "alloc::boxed::box_new"],
        &[],
        Kind::Listed,
    ),
    (GROWTH, &["alloc::string::"], Kind::GrowingString),
    (GROWTH, &[], Kind::GrowingVec),
    (&["alloc::vec::from_elem", "::with_capacity"], &[], Kind::Reserved),
    (&["alloc::alloc::exchange_malloc"], &[], Kind::Boxed),
];

const TO_STRING: &[&str] =
    &["ToString>::to_string", "SpecToString>::spec_to_string", "alloc::string::to_string$"];

const GROWTH: &[&str] =
    &["::grow_one", "::grow_amortized", "::grow_exact", "::finish_grow", "::do_reserve_and_handle"];

/// What the request is that came through these functions, the innermost first.
pub(super) fn of(heads: &[String], is_realloc: bool) -> Kind {
    let found = RULES.iter().find(|(first, second, _)| {
        contains_any(heads, first) && (second.is_empty() || contains_any(heads, second))
    });
    match found {
        // A type of the reader's own that has a `String` in it is no `String`.
        Some((_, _, Kind::Clone)) if is_string_clone(heads) => Kind::StringClone,
        Some(&(_, _, kind)) => kind,
        None if is_realloc => Kind::GrowingVec,
        None => Kind::Other,
    }
}

/// Whether the outermost clone is that of a `String`.
fn is_string_clone(heads: &[String]) -> bool {
    let mut clones = heads.iter().filter(|head| head.ends_with("clone"));
    clones.next_back().is_some_and(|head| {
        head.starts_with("<alloc::string::String as ") || head == "alloc::string::clone"
    })
}

fn contains_any(heads: &[String], texts: &[&str]) -> bool {
    heads.iter().any(|head| {
        texts.iter().any(|text| match text.strip_suffix('$') {
            Some(end) => head.ends_with(end),
            None => head.contains(text),
        })
    })
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StringClone => "a `String` clone",
            Self::Clone => "a clone",
            Self::OwnedString => "a `String` made from a `&str`",
            Self::ChangedString => "a changed copy of a string",
            Self::SerdeString => "an owned `String` from serde",
            Self::SerdeVec => "a `Vec` that serde fills",
            Self::SerdeOutput => "what a serializer writes into",
            Self::SerdeScratch => "the JSON parser's space for strings with escapes",
            Self::Format => "`format!`",
            Self::Display => "`to_string` of a value",
            Self::Joined => "a join",
            Self::GrowingString => "a growing `String`",
            Self::GrowingVec => "a growing `Vec`",
            Self::HashTable => "the table of a `HashMap`",
            Self::TreeNode => "a node of a `BTreeMap`",
            Self::Collect => "a collected iterator",
            Self::CopiedSlice => "a slice copied into a `Vec`",
            Self::Listed => "a `vec![..]` of listed elements",
            Self::Reserved => "a `Vec` or `String` of known size",
            Self::Boxed => "a `Box`",
            Self::Shared => "a new `Arc` or `Rc`",
            Self::Other => "an allocation",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(heads: &[&str]) -> Kind {
        of(&heads.iter().map(|&head| head.to_owned()).collect::<Vec<_>>(), false)
    }

    #[test]
    fn what_says_most_wins() {
        let clone = "<alloc::string::String as core::clone::Clone>::clone";
        assert_eq!(kind(&[clone]), Kind::StringClone);
        assert_eq!(kind(&[clone, "<shop::State as core::clone::Clone>::clone"]), Kind::Clone);
        let owned = "<alloc::string::String as core::convert::From>::from";
        let to_string = "<T as alloc::string::ToString>::to_string";
        let through_str =
            [owned, "<str as alloc::string::SpecToString>::spec_to_string", to_string];
        assert_eq!(kind(&through_str), Kind::OwnedString);
        assert_eq!(kind(&["core::fmt::write", to_string]), Kind::Display);
        assert_eq!(kind(&[owned, "core::iter::Iterator::collect"]), Kind::OwnedString);
        assert_eq!(kind(&["alloc::boxed::Box::new", "alloc::sync::Arc::new"]), Kind::Shared);
        assert_eq!(kind(&["alloc::boxed::Box::new"]), Kind::Boxed);
        assert_eq!(kind(&["alloc::boxed::Box::new_uninit"]), Kind::Listed);
    }

    #[test]
    fn a_reallocation_without_names_is_a_growth() {
        assert_eq!(of(&[], true), Kind::GrowingVec);
        assert_eq!(of(&[], false), Kind::Other);
    }
}
