//! Which line of the reader's own code made a request.

use std::path::Path;

use super::kind::{self, Kind};
use crate::meter::trace::{Frame, is_harness};

/// Where a request comes from, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// File, line and column, where the build has them.
    pub(super) place: Option<(String, u32, u32)>,
    pub(super) function: String,
    pub(super) kind: Kind,
    /// The function of another crate that the line called, if it did.
    pub(super) via: Option<String>,
}

/// Code that std or a serializer calls back, with a sink or a copy that belongs to who called those:
/// the trait, its method, and what such an implementation is passed through with.
const CALLED_BACK: [(&str, &str, &[Kind]); 3] = [
    ("core::clone::Clone", "clone", &[Kind::StringClone, Kind::Clone]),
    ("core::fmt::", "fmt", &[Kind::GrowingString, Kind::GrowingVec]),
    ("ser::Serialize", "serialize", &[Kind::GrowingString, Kind::GrowingVec]),
];

impl Origin {
    /// For requests made while a panic or another backtrace was under way.
    pub(super) fn unseen(is_realloc: bool) -> Self {
        let kind = kind::of(&[], is_realloc);
        let function = "code that panics, or takes or prints a backtrace".to_owned();
        Self { place: None, function, kind, via: None }
    }

    /// Finds the innermost line of the reader's own packages; `own` is the folder of the meter.
    pub(super) fn of(frames: &[Frame<'_>], own: &Path, is_realloc: bool) -> Self {
        let within = within(frames, own);
        let heads: Vec<String> = within.iter().map(full_head).collect();
        // Where the reader's own code has lines, what has none is a dependency built without them.
        let has_lines = within.iter().any(|frame| frame.place.is_some() && is_readers(frame));
        let is_readers =
            |frame: &Frame<'_>| is_readers(frame) && !(has_lines && frame.place.is_none());
        let mut found = None;
        for at in (0..within.len()).filter(|&at| is_readers(&within[at])) {
            let kind = kind::of(&heads[..at], is_realloc);
            // The outermost is taken even if somebody outside the recording called it back.
            found = Some((at, kind));
            if !is_called_back(&heads[at], kind) {
                break;
            }
        }
        let Some((at, _)) = found else {
            let function =
                within.last().map_or("code without a frame of its own", |last| last.name);
            return Self {
                place: None,
                function: short(function),
                kind: kind::of(&heads, is_realloc),
                via: None,
            };
        };
        // Once more: the frames that were passed through say what it was.
        let kind = kind::of(&heads[..at], is_realloc);
        let via = (0..at).rev().find(|&inner| {
            let frame = &within[inner];
            !is_std(frame) && !is_readers(frame)
        });
        Self {
            place: within[at].place.and_then(split),
            function: short(within[at].name),
            kind,
            via: via.map(|inner| heads[inner].clone()),
        }
    }
}

/// The frames between the allocator and the recording.
fn within<'a, 'b>(frames: &'a [Frame<'b>], own: &Path) -> &'a [Frame<'b>] {
    let is_own = |frame: &Frame<'b>| frame.is_entry(own);
    let outer = frames.iter().position(is_harness).unwrap_or(frames.len());
    let frames = &frames[..outer];
    let other = frames.iter().position(|frame| !is_own(frame) && !is_std(frame));
    let start = frames[..other.unwrap_or(outer)].iter().rposition(is_own).map_or(0, |at| at + 1);
    let frames = &frames[start..];
    let end = frames.iter().position(is_own).unwrap_or(frames.len());
    &frames[..end]
}

fn is_called_back(head: &str, kind: Kind) -> bool {
    let is_implementation = head.contains(" as ") || head.contains("<impl ");
    CALLED_BACK.iter().any(|(part, method, kinds)| {
        let is_it = head == *method || is_implementation && head.contains(part);
        is_it && kinds.contains(&kind)
    })
}

fn is_readers(frame: &Frame<'_>) -> bool {
    !is_std(frame) && !is_dependency(frame)
}

/// By file where there is one: the reader may implement a trait for a type of std.
fn is_std(frame: &Frame<'_>) -> bool {
    match frame.place {
        Some(place) => lies_in(place, &["/rustc/", "/lib/rustlib/src/", "/rust/deps/"]),
        None => frame.is_std(),
    }
}

/// Our own blocks count as one: the line that uses them is the reader's.
fn is_dependency(frame: &Frame<'_>) -> bool {
    let folders = ["/registry/src/", "/git/checkouts/", "/vendor/"];
    frame.name.trim_start_matches('<').starts_with("thrifty::")
        || frame.place.is_some_and(|place| lies_in(place, &folders))
}

fn lies_in(place: &str, folders: &[&str]) -> bool {
    let place = place.replace('\\', "/");
    folders.iter().any(|folder| place.contains(folder))
}

/// `./tests/../src/a.rs:7:9` in its parts, with the way back out of a folder removed.
fn split(place: &str) -> Option<(String, u32, u32)> {
    let mut parts = place.rsplitn(3, ':');
    let column = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    let mut folders: Vec<&str> = Vec::new();
    for part in parts.next()?.split('/').filter(|part| *part != ".") {
        if part == ".." && folders.last().is_some_and(|last| !matches!(*last, "" | "..")) {
            folders.pop();
        } else {
            folders.push(part);
        }
    }
    Some((folders.join("/"), line, column))
}

/// A function's name without generic arguments, alike for both ways to mangle names.
///
/// `<alloc::vec::Vec<u8>>::push` and `alloc::vec::Vec<T,A>::push` give `alloc::vec::Vec::push`.
fn head(name: &str) -> String {
    let mut head = String::with_capacity(name.len());
    // For each open bracket, whether what it holds is kept.
    let mut kept = Vec::new();
    let mut before = ' ';
    for (at, char) in name.char_indices() {
        match char {
            '<' => {
                let shown = kept.iter().all(|&kept| kept);
                let keep = at == 0 || name[at..].starts_with("<impl ");
                kept.push(keep);
                if shown && keep {
                    head.push('<');
                }
            }
            '>' if before != '-' => {
                let shown = kept.iter().all(|&kept| kept);
                kept.pop();
                if shown {
                    head.push('>');
                }
            }
            _ if kept.iter().all(|&kept| kept) => head.push(char),
            _ => {}
        }
        before = char;
    }
    let head = head.trim_end_matches("::");
    // `<path>::method`, but not `<str>` or `<[u8]>`.
    if let Some((path, rest)) = head.strip_prefix('<').and_then(|head| head.split_once('>'))
        && path.contains("::")
        && !path.contains([' ', '<'])
    {
        return [path, rest].concat();
    }
    head.to_owned()
}

/// The head of a frame. Line tables alone give an inlined function no path: its file has one.
fn full_head(frame: &Frame<'_>) -> String {
    let head = head(frame.name);
    if head.contains("::") || head.starts_with('<') {
        return head;
    }
    match frame.place.and_then(module) {
        Some(module) => [&module, "::", &head].concat(),
        None => head,
    }
}

/// `.../library/alloc/src/vec/mod.rs:7:9` and `.../serde_json-1.0.2/src/ser.rs:7:9` give
/// `alloc::vec` and `serde_json::ser`; the reader's own files, nothing.
fn module(place: &str) -> Option<String> {
    let place = place.replace('\\', "/");
    let (package, file) = place.rsplit_once("/src/")?;
    let (outer, package) = package.rsplit_once('/')?;
    let is_library = outer.ends_with("/library");
    let name = match package.rsplit_once('-') {
        Some((name, version)) if version.starts_with(|char: char| char.is_ascii_digit()) => name,
        _ if is_library => package,
        _ => return None,
    };
    let (file, _) = file.split_once(".rs:")?;
    let file = file.strip_suffix("/mod").unwrap_or(file);
    let package = name.replace('-', "_");
    Some(if file == "lib" { package } else { [&package, "::", &*file.replace('/', "::")].concat() })
}

/// A function's name for people: the last two parts of its path, or `Trait for Type`.
fn short(name: &str) -> String {
    let head = head(name);
    if let Some((_, implementation)) = head.rsplit_once("<impl ")
        && let Some((implementation, _)) = implementation.split_once('>')
    {
        return last_parts(implementation, 1);
    }
    let function = head.trim_end_matches("::{{closure}}");
    let function = function.split_once("::{closure").map_or(function, |(function, _)| function);
    if function.starts_with("{closure") {
        return "a closure".to_owned();
    }
    match function.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        Some((implementation, method)) => {
            let owner = implementation.split(" as ").next().unwrap_or(implementation);
            [&last_parts(owner, 1), method].concat()
        }
        None => last_parts(function, 2),
    }
}

/// Keeps the last parts of each path in the text.
fn last_parts(text: &str, keep: usize) -> String {
    let words = text.split(' ').map(|word| {
        let parts: Vec<&str> = word.split("::").collect();
        parts[parts.len().saturating_sub(keep)..].join("::")
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meter::trace::frames;

    #[test]
    fn both_manglings_have_one_head() {
        for (name, expected) in [
            ("alloc::vec::Vec<T,A>::push", "alloc::vec::Vec::push"),
            ("<alloc::vec::Vec<alloc::sync::Arc<u8>>>::push", "alloc::vec::Vec::push"),
            ("<u8 as core::convert::From<&str>>::from::<A>", "<u8 as core::convert::From>::from"),
            ("alloc::str::<impl alloc::borrow::ToOwned for str>::to_owned", ""),
            ("<[u8]>::to_vec_in::<alloc::alloc::Global>", "<[u8]>::to_vec_in"),
            ("<str>::to_lowercase", ""),
            ("a::f::<fn(u8) -> u8>::g", "a::f::::g"),
        ] {
            assert_eq!(head(name), if expected.is_empty() { name } else { expected });
        }
    }

    #[test]
    fn an_inlined_function_has_its_files_path() {
        for (name, place, expected) in [
            ("push<u8>", "/rustc/5980/library/alloc/src/vec/mod.rs:7:9", "alloc::vec::push"),
            ("clone", "/rustc/5980/library/alloc/src/string.rs:7:9", "alloc::string::clone"),
            ("f", "/h/.cargo/registry/src/i/a-b-1.0.2/src/lib.rs:7:9", "a_b::f"),
            ("f", "/home/me/shop/src/orders.rs:7:9", "f"),
            ("a::f", "/rustc/5980/library/alloc/src/string.rs:7:9", "a::f"),
        ] {
            assert_eq!(full_head(&Frame { name, place: Some(place) }), expected);
        }
    }

    #[test]
    fn names_are_shortened_for_people() {
        for (name, expected) in [
            ("shop::orders::Request::parse", "Request::parse"),
            ("<shop::Api as shop::Handler>::call::{{closure}}", "Api::call"),
            ("shop::orders::list::{closure#0}", "orders::list"),
            ("{closure#0}", "a closure"),
            (
                "<shop::_::<impl serde::de::Deserialize for shop::Item>::deserialize::V as X>::visit",
                "Deserialize for Item",
            ),
        ] {
            assert_eq!(short(name), expected);
        }
    }

    #[test]
    fn places_lose_their_detours() {
        let place = |file: &str| Some((file.to_owned(), 7, 9));
        assert_eq!(split("./tests/../src/a.rs:7:9"), place("src/a.rs"));
        assert_eq!(split("/home/a.rs:7:9"), place("/home/a.rs"));
        assert_eq!(split("../other/a.rs:7:9"), place("../other/a.rs"));
        assert_eq!(split("C:/a.rs:7:9"), place("C:/a.rs"));
        assert_eq!(split("a.rs"), None);
    }

    const DERIVED_CLONE: &str = "   0: thrifty::meter::local::tripped
             at /home/me/thrifty/src/meter/local.rs:9:5
   1: __rustc::__rust_alloc
             at ./src/main.rs:7:1
   2: alloc::alloc::alloc
             at /rustc/59807616e1fa/library/alloc/src/alloc.rs:95:9
   3: <alloc::string::String as core::clone::Clone>::clone
             at /rustc/59807616e1fa/library/alloc/src/string.rs:2352:32
   4: <shop::State as core::clone::Clone>::clone
             at ./src/state.rs:30:5
   5: <alloc::string::String as shop::Handler>::call
             at ./src/main.rs:41:17
   6: thrifty::meter::advise::advise
             at /home/me/thrifty/src/meter/advise.rs:40:18
   7: shop::main
             at ./src/main.rs:50:5";

    #[test]
    fn a_derived_clone_is_its_callers() {
        let origin = Origin::of(&frames(DERIVED_CLONE), Path::new("/nowhere"), false);
        assert_eq!(origin.place, Some(("src/main.rs".to_owned(), 41, 17)));
        assert_eq!((origin.kind, origin.via), (Kind::Clone, None));
        assert_eq!(origin.function, "String::call");
    }

    #[test]
    fn a_dependency_is_a_detail_of_the_line_that_called_it() {
        let text = "   0: __rustc::__rust_alloc
   1: alloc::vec::Vec<T>::with_capacity
             at /rustc/59807616e1fa/library/alloc/src/vec/mod.rs:524:9
   2: dep::inner
             at /home/me/.cargo/registry/src/index/dep-1.0.0/src/lib.rs:3:1
   3: dep::outer
             at /home/me/.cargo/registry/src/index/dep-1.0.0/src/lib.rs:9:1
   4: shop::main
             at ./src/main.rs:50:5";
        let bare = text.replace("             at /home/me/.cargo/registry/src/index/dep", "no");
        for text in [text, &bare] {
            let origin = Origin::of(&frames(text), Path::new("/nowhere"), false);
            assert_eq!(origin.place, Some(("src/main.rs".to_owned(), 50, 5)));
            assert_eq!(origin.via.as_deref(), Some("dep::outer"));
            assert_eq!(origin.kind, Kind::Reserved);
        }
    }

    #[test]
    fn without_a_frame_of_the_reader_nothing_is_invented() {
        let text = "   0: __rustc::__rust_alloc\n   1: alloc::fmt::format::format_inner\n";
        let origin = Origin::of(&frames(text), Path::new("/nowhere"), false);
        assert_eq!((origin.place, origin.kind), (None, Kind::Format));
    }
}
