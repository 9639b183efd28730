//! `SmallString` against `String`: the same operations, the same text, room and errors.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt::Write;
use std::hash::{BuildHasher, RandomState};
use std::mem::ManuallyDrop;
use std::ops::Bound;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use proptest::collection::vec;
use proptest::prelude::*;
use serde::Deserialize;
use thrifty::inline::{Piece, SmallString, small_concat, small_format};

/// 1 to 4 bytes a char.
fn text(most: usize) -> impl Strategy<Value = String> {
    vec(prop::sample::select(&['a', 'b', '7', 'ß', 'é', '€', '語', '𝄞'][..]), 0..=most)
        .prop_map(|chars| chars.into_iter().collect())
}

/// Both ends as drawn: half of them are beyond the text or inside a char.
type Range = (Bound<usize>, Bound<usize>);

fn range() -> impl Strategy<Value = Range> {
    let bound = || {
        prop_oneof![
            4 => (0..20_usize).prop_map(Bound::Included),
            4 => (0..20_usize).prop_map(Bound::Excluded),
            2 => Just(Bound::Unbounded),
            1 => Just(Bound::Included(usize::MAX)),
        ]
    };
    (bound(), bound())
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) enum Op {
    Push(char),
    PushStr(String),
    Pop,
    Insert(usize, char),
    InsertStr(usize, String),
    Remove(usize),
    Truncate(usize),
    Clear,
    Retain(char),
    RetainUntilPanic(usize),
    Drain(Range, usize, usize),
    DrainLeaked(Range),
    ReplaceRange(Range, String),
    ExtendFromWithin(Range),
    SplitOff(usize),
    Reserve(usize),
    ReserveExact(usize),
    TryReserve(usize),
    TryReserveExact(usize),
    ShrinkTo(usize),
    ShrinkToFit,
    Extend(String),
    ExtendTexts(Vec<String>),
    Add(String),
    Write(u64, String),
    CloneFrom(String),
    Uppercase,
    ThroughString,
    ThroughBox,
}

fn op() -> impl Strategy<Value = Op> {
    let at = || 0..20_usize;
    let room = || prop_oneof![0..40_usize, Just(usize::MAX), Just(isize::MAX.unsigned_abs())];
    prop_oneof![
        4 => any::<char>().prop_map(Op::Push),
        4 => text(12).prop_map(Op::PushStr),
        2 => Just(Op::Pop),
        2 => (at(), any::<char>()).prop_map(|(at, ch)| Op::Insert(at, ch)),
        2 => (at(), text(6)).prop_map(|(at, text)| Op::InsertStr(at, text)),
        2 => at().prop_map(Op::Remove),
        2 => at().prop_map(Op::Truncate),
        1 => Just(Op::Clear),
        1 => prop::sample::select(&['a', 'ß', '語'][..]).prop_map(Op::Retain),
        1 => at().prop_map(Op::RetainUntilPanic),
        2 => (range(), 0..4_usize, 0..4_usize).prop_map(|(r, n, m)| Op::Drain(r, n, m)),
        1 => range().prop_map(Op::DrainLeaked),
        2 => (range(), text(6)).prop_map(|(range, text)| Op::ReplaceRange(range, text)),
        2 => range().prop_map(Op::ExtendFromWithin),
        1 => at().prop_map(Op::SplitOff),
        1 => (0..40_usize).prop_map(Op::Reserve),
        1 => (0..40_usize).prop_map(Op::ReserveExact),
        1 => room().prop_map(Op::TryReserve),
        1 => room().prop_map(Op::TryReserveExact),
        1 => at().prop_map(Op::ShrinkTo),
        2 => Just(Op::ShrinkToFit),
        1 => text(6).prop_map(Op::Extend),
        1 => vec(text(3), 0..4).prop_map(Op::ExtendTexts),
        1 => text(6).prop_map(Op::Add),
        1 => (any::<u64>(), text(3)).prop_map(|(n, text)| Op::Write(n, text)),
        1 => text(12).prop_map(Op::CloneFrom),
        1 => Just(Op::Uppercase),
        1 => Just(Op::ThroughString),
        1 => Just(Op::ThroughBox),
    ]
}

/// What an operation returned, or that it panicked.
type Said = Result<String, ()>;

fn said(op: impl FnOnce() -> String) -> Said {
    thread_local!(static EXPECTED: Cell<bool> = const { Cell::new(false) });
    static QUIET: Once = Once::new();
    // Thousands of panics are compared here, and none of them is news.
    QUIET.call_once(|| {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !EXPECTED.get() {
                hook(info);
            }
        }));
    });
    EXPECTED.set(true);
    let said = catch_unwind(AssertUnwindSafe(op)).map_err(drop);
    EXPECTED.set(false);
    said
}

/// The operation, for either type.
macro_rules! apply {
    ($op:expr, $text:expr, $type:ty) => {{
        let text = $text;
        said(|| {
            match $op.clone() {
                Op::Push(ch) => text.push(ch),
                Op::PushStr(other) => text.push_str(&other),
                Op::Pop => return format!("{:?}", text.pop()),
                Op::Insert(at, ch) => text.insert(at, ch),
                Op::InsertStr(at, other) => text.insert_str(at, &other),
                Op::Remove(at) => return text.remove(at).to_string(),
                Op::Truncate(len) => text.truncate(len),
                Op::Clear => text.clear(),
                Op::Retain(ch) => text.retain(|other| other != ch),
                Op::RetainUntilPanic(mut left) => text.retain(|ch| {
                    left = left.checked_sub(1).expect("the predicate panics");
                    ch.is_ascii()
                }),
                Op::Drain(range, front, back) => {
                    let mut drained = text.drain(range);
                    let front: String = drained.by_ref().take(front).collect();
                    let back: String = drained.by_ref().rev().take(back).collect();
                    return format!(
                        "{front} {back} {:?} {:?}",
                        drained.as_str(),
                        drained.size_hint()
                    );
                }
                Op::DrainLeaked(range) => _ = ManuallyDrop::new(text.drain(range)),
                Op::ReplaceRange(range, other) => text.replace_range(range, &other),
                Op::ExtendFromWithin(range) => text.extend_from_within(range),
                Op::SplitOff(at) => return text.split_off(at).to_string(),
                Op::Reserve(more) => {
                    text.reserve(more);
                    assert!(text.capacity() - text.len() >= more);
                }
                Op::ReserveExact(more) => {
                    text.reserve_exact(more);
                    assert!(text.capacity() - text.len() >= more);
                }
                // Within the inline room the larger requests differ: only the error is compared.
                Op::TryReserve(more) => return text.try_reserve(more).is_ok().to_string(),
                Op::TryReserveExact(more) => {
                    return text.try_reserve_exact(more).is_ok().to_string();
                }
                Op::ShrinkTo(room) => text.shrink_to(room),
                Op::ShrinkToFit => text.shrink_to_fit(),
                Op::Extend(other) => text.extend(other.chars()),
                Op::ExtendTexts(others) => text.extend(others),
                Op::Add(other) => *text += &other,
                Op::Write(n, other) => write!(text, "{n:>5}{other}{}", 'x').unwrap(),
                Op::CloneFrom(other) => text.clone_from(&<$type>::from(&*other)),
                Op::Uppercase => text.make_ascii_uppercase(),
                Op::ThroughString => *text = <$type>::from(String::from(std::mem::take(text))),
                Op::ThroughBox => *text = <$type>::from(Box::<str>::from(std::mem::take(text))),
            }
            String::new()
        })
    }};
}

pub(crate) fn check<const N: usize>(ops: &[Op]) -> Result<(), TestCaseError> {
    let (mut small, mut std) = (SmallString::<N>::new(), String::new());
    for op in ops {
        // std's `try_reserve` may be granted what no machine has; both must refuse `usize::MAX`.
        let (ours, theirs) = (apply!(op, &mut small, SmallString<N>), apply!(op, &mut std, String));
        prop_assert_eq!(&ours, &theirs, "{:?}", op);
        prop_assert_eq!(small.as_str(), std.as_str(), "{:?}", op);
        alike(&small, &std)?;
        if small.capacity() > 1 << 20 {
            small.shrink_to_fit();
        }
        match op {
            Op::ShrinkToFit if ours.is_ok() => {
                prop_assert_eq!(small.spilled(), small.len() > N);
                prop_assert!(!small.spilled() || small.capacity() == small.len());
            }
            Op::ShrinkTo(room) => {
                prop_assert_eq!(small.spilled(), small.len().max(*room.min(&small.capacity())) > N);
            }
            _ => {}
        }
    }
    Ok(())
}

fn alike<const N: usize>(small: &SmallString<N>, std: &String) -> Result<(), TestCaseError> {
    prop_assert_eq!(small.len(), std.len());
    prop_assert_eq!(small.is_empty(), std.is_empty());
    prop_assert_eq!(small.as_bytes(), std.as_bytes());
    prop_assert_eq!(small.spilled(), small.capacity() > N);
    prop_assert!(small.capacity() >= N.max(small.len()));
    prop_assert_eq!(format!("{small:?} {small:>9}"), format!("{std:?} {std:>9}"));
    let hasher = RandomState::new();
    prop_assert_eq!(hasher.hash_one(small), hasher.hash_one(std.as_str()));
    prop_assert_eq!(small, std);
    prop_assert_eq!(std, small);
    prop_assert_eq!(small, std.as_str());
    prop_assert_eq!(std.as_str(), small);
    prop_assert!(*small == std.as_str() && *small == Cow::Borrowed(&**std));
    let copy = small.clone();
    prop_assert!(copy == *small && copy.spilled() == (copy.len() > N));
    Ok(())
}

proptest! {
    #[test]
    fn does_as_string_does(ops in vec(op(), 0..30)) {
        check::<0>(&ops)?;
        check::<1>(&ops)?;
        check::<8>(&ops)?;
        check::<23>(&ops)?;
        check::<64>(&ops)?;
    }

    #[test]
    fn decodes_as_string_does(bytes in vec(any::<u8>(), 0..24), units in vec(0xD7F0_u16..0xE010, 0..9)) {
        type Small = SmallString<8>;
        prop_assert_eq!(Small::from_utf8_lossy(&bytes), String::from_utf8_lossy(&bytes));
        prop_assert_eq!(Small::from_utf16_lossy(&units), String::from_utf16_lossy(&units));
        match (Small::from_utf16(&units), String::from_utf16(&units)) {
            (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs),
            (ours, theirs) => prop_assert!(ours.is_err() && theirs.is_err()),
        }
        match (Small::from_utf8(bytes.clone()), String::from_utf8(bytes)) {
            (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs),
            (ours, theirs) => prop_assert_eq!(ours.unwrap_err(), theirs.unwrap_err()),
        }
    }

    #[test]
    fn orders_as_str_does(one in text(6), two in text(6)) {
        let (small, smaller) = (SmallString::<8>::from(&*one), SmallString::<2>::from(&*two));
        prop_assert_eq!(small.partial_cmp(&smaller), Some(one.cmp(&two)));
        prop_assert_eq!(small == smaller, one == two);
    }

    /// Every length on both sides of `N`, with one allocation of the right size beyond it.
    #[test]
    fn macros_say_what_format_says(
        name in text(20), ch in any::<char>(), yes in any::<bool>(),
        a in number(), b in number(), c in any::<i64>(), d in any::<i8>(), e in any::<i128>(),
    ) {
        let a = u64::try_from(a).unwrap_or(u64::MAX);
        let expected = format!("{name}{a}{ch}{b}{yes}{c}{d}{e}");
        macro_rules! both {
            ($($n:literal)*) => {$(
                let joined = small_concat!($n; name, a, ch, b, yes, c, d, e);
                prop_assert_eq!(&joined, &expected);
                prop_assert_eq!(joined.spilled(), expected.len() > $n);
                prop_assert!(!joined.spilled() || joined.capacity() == expected.len());
                let written = small_format!($n; "{name}{a}{ch}{b}{yes}{c}{d}{e}");
                prop_assert_eq!(&written, &expected);
            )*};
        }
        both!(0 1 8 24 32 64 128 256);
    }

    #[test]
    #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, trivial_numeric_casts, reason = "wanted")]
    fn every_integer_is_written_as_display_writes_it(n in number()) {
        macro_rules! each {
            ($($integer:ty)*) => {$(
                // Cut to the type, so that half of the signed ones are negative.
                let n = n as $integer;
                prop_assert_eq!(small_concat!(40; n), n.to_string());
                // Where it fits exactly, and where it just does not.
                prop_assert_eq!(small_concat!(8; n, "|"), format!("{n}|"));
                prop_assert_eq!(small_concat!(40; "...", n, '.'), format!("...{n}."));
            )*};
        }
        each!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
    }
}

/// All lengths alike, and what is around a power of ten.
fn number() -> impl Strategy<Value = u128> {
    prop_oneof![
        (any::<u128>(), 0..128_u32).prop_map(|(n, shift)| n >> shift),
        (0..39_u32, 0..3_u128).prop_map(|(power, more)| 10_u128.pow(power) - 1 + more),
        Just(u128::MAX),
    ]
}

/// The last byte that fits, and the first that does not.
#[test]
fn the_boundary_is_n() {
    fn around<const N: usize>() {
        for wide in ['x', 'ß', '€', '𝄞'] {
            for len in [N.saturating_sub(1), N, N + 1] {
                let mut small = SmallString::<N>::new();
                let mut std = String::new();
                while std.len() + wide.len_utf8() <= len {
                    std.push(wide);
                    small.push(wide);
                }
                std.extend(std::iter::repeat_n('.', len - std.len()));
                small.extend(std[small.len()..].to_owned().chars());
                assert_eq!(small, std);
                assert_eq!((small.len(), small.spilled()), (len, len > N), "N = {N}");
                assert_eq!(SmallString::<N>::from(&*std).spilled(), len > N);
                assert_eq!(small_concat!(N; std).spilled(), len > N);
                assert_eq!(small_format!(N; "{std}").spilled(), len > N);
            }
        }
    }
    around::<0>();
    around::<1>();
    around::<2>();
    around::<7>();
    around::<8>();
    around::<23>();
    around::<32>();
}

#[test]
fn digits_around_every_power_of_ten_and_every_end() {
    for power in 0..39 {
        for n in [10_u128.pow(power) - 1, 10_u128.pow(power), 10_u128.pow(power) + 1] {
            assert_eq!(small_concat!(40; n), n.to_string());
        }
    }
    for n in (0..100_000).chain((0..u32::MAX).step_by(99_991)).chain([u32::MAX]) {
        assert_eq!(small_concat!(10; n), n.to_string());
    }
    macro_rules! ends {
        ($($integer:ty)*) => {$(
            assert_eq!(small_concat!(40; <$integer>::MIN, <$integer>::MAX),
                format!("{}{}", <$integer>::MIN, <$integer>::MAX));
        )*};
    }
    ends!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
}

#[test]
fn pieces_of_every_kind() {
    let owned = String::from("owned");
    let small = SmallString::<2>::from("small");
    let (rc, arc) = (std::rc::Rc::<str>::from("rc"), std::sync::Arc::new(7_u8));
    let array = thrifty::inline::ArrayString::<8>::from("array").unwrap();
    let text = small_concat!(64; "&str ", owned, &&small, ' ', Cow::Borrowed("cow"), rc, arc,
        Box::<str>::from("box"), array, std::num::NonZeroI16::MIN, true, &mut 5_usize, 5,);
    assert_eq!(text, "&str ownedsmall cowrc7boxarray-32768true55");
    assert_eq!(owned.len() + small.len(), 10, "the pieces are only borrowed");
    assert_eq!(small_concat!(4;), "");
}

/// A block with room for more than `N` is taken over and handed on, however short the text is.
#[test]
fn a_block_goes_in_and_out_as_it_is() {
    let mut given = String::with_capacity(9);
    given.push_str("short");
    let (block, room) = (given.as_ptr(), given.capacity());
    let small = SmallString::<8>::from(given);
    assert_eq!((small.as_ptr(), small.capacity(), small.spilled()), (block, room, true));
    let taken = small.into_string();
    assert_eq!((taken.as_ptr(), taken.capacity(), &*taken), (block, room, "short"));
    // One without has nothing that would be worth it.
    let mut given = String::with_capacity(8);
    given.push_str("short");
    assert!(given.capacity() > 8 || !SmallString::<8>::from(given).spilled());
}

/// `N` may be a constant or a parameter.
#[test]
fn n_is_any_constant_expression() {
    const TEN: usize = 10;
    fn with<const N: usize>(name: &impl Piece) -> SmallString<N> {
        small_concat!(N; "<", name, ">")
    }
    assert_eq!(with::<5>(&"a"), small_format!(TEN; "<{}>", 'a'));
    assert_eq!(small_concat!(TEN + 1; 'a').capacity(), 11);
}

/// The rest of `String`'s conversions and traits.
#[test]
fn goes_where_a_string_goes() {
    use std::collections::{BTreeSet, HashMap};

    type Small = SmallString<4>;
    static EMPTY: Small = Small::new();
    let long = || Small::from("a longer text");
    assert_eq!(String::from(long()), "a longer text");
    assert_eq!(Box::<str>::from(long()).as_ref(), "a longer text");
    assert_eq!(Vec::<u8>::from(long()), b"a longer text");
    assert_eq!(Cow::<str>::from(long()), "a longer text");
    assert!(matches!(Cow::<str>::from(&long()), Cow::Borrowed("a longer text")));
    assert_eq!(&*std::rc::Rc::<str>::from(long()), "a longer text");
    assert_eq!(&*std::sync::Arc::<str>::from(long()), "a longer text");
    assert_eq!(Box::<dyn std::error::Error>::from(long()).to_string(), "a longer text");
    assert_eq!(long().leak(), "a longer text");
    assert_eq!(long().into_bytes(), b"a longer text");
    assert_eq!(Small::try_from(b"a longer text".to_vec()).unwrap(), long());
    assert_eq!(AsRef::<[u8]>::as_ref(&long()), b"a longer text");
    assert_eq!(&long()[2..8], "longer");
    assert_eq!("äb".parse::<Small>().unwrap(), Small::from('ä') + "b");
    assert_eq!(["a", "b"].into_iter().collect::<Small>(), ['a', 'b'].iter().collect::<Small>());
    assert_eq!([long(), long()].into_iter().collect::<String>().len(), 26);
    assert_eq!(HashMap::from([(long(), 1)]).get("a longer text"), Some(&1));
    assert!(BTreeSet::from([long()]).contains("a longer text"));
    assert_eq!((EMPTY.len(), EMPTY.capacity(), Small::INLINE), (0, 4, 4));
}

/// Those of std.
#[cfg(feature = "std")]
#[test]
fn goes_where_a_path_goes() {
    use std::ffi::{OsStr, OsString};
    use std::path::{Path, PathBuf};

    let long = || SmallString::<4>::from("a longer text");
    assert_eq!(OsString::from(long()), "a longer text");
    assert_eq!(PathBuf::from(long()), Path::new("a longer text"));
    assert_eq!(AsRef::<OsStr>::as_ref(&long()), "a longer text");
    assert_eq!(AsRef::<Path>::as_ref(&long()), Path::new("a longer text"));
}

/// As `String` does, in both directions, from borrowed and from owned input.
#[cfg(feature = "serde")]
#[test]
fn serde_sees_a_string() {
    use serde::Deserialize;
    use serde::de::IntoDeserializer;
    use serde::de::value::{BytesDeserializer, Error, StringDeserializer};

    type Small = SmallString<8>;
    for text in ["", "short", "a \"long\" line\n"] {
        let json = serde_json::to_string(text).unwrap();
        assert_eq!(serde_json::to_string(&Small::from(text)).unwrap(), json);
        let read: Small = serde_json::from_str(&json).unwrap();
        assert_eq!((read.as_str(), read.spilled()), (text, text.len() > 8));
        let read: Small = serde_json::from_reader(json.as_bytes()).unwrap();
        assert_eq!(read, text);
        let owned: StringDeserializer<Error> = text.to_owned().into_deserializer();
        assert_eq!(Small::deserialize(owned).unwrap(), text);
        let bytes = BytesDeserializer::<Error>::new(text.as_bytes());
        assert_eq!(Small::deserialize(bytes).unwrap(), text);
    }
    let broken = BytesDeserializer::<Error>::new(b"\xff");
    assert!(Small::deserialize(broken).is_err());
    let whole: Small = Deserialize::deserialize(OwnedBytes(b"a longer text".to_vec())).unwrap();
    assert_eq!(whole, "a longer text");
    assert!(Small::deserialize(OwnedBytes(vec![0xff])).is_err());
    let number = serde_json::from_str::<Small>("7").unwrap_err().to_string();
    assert!(number.contains("expected a string"), "{number}");
}

/// A format that hands out the vector it has.
#[cfg(feature = "serde")]
struct OwnedBytes(Vec<u8>);

#[cfg(feature = "serde")]
impl<'de> serde::Deserializer<'de> for OwnedBytes {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: serde::de::Visitor<'de>>(self, to: V) -> Result<V::Value, Self::Error> {
        to.visit_byte_buf(self.0)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

/// Compile-time: the types are what a `String` is, and no larger than the docs say.
const _: () = {
    const fn is<T: Send + Sync + Unpin + panic::UnwindSafe + panic::RefUnwindSafe>() {}
    const fn drain<T: Send + Sync + Unpin>() {}
    is::<SmallString<32>>();
    is::<SmallString<0>>();
    drain::<thrifty::inline::StringDrain<'static, 8>>();
    if cfg!(target_pointer_width = "64") {
        assert!(size_of::<SmallString<12>>() == 24);
        assert!(size_of::<SmallString<32>>() == 40);
        assert!(size_of::<SmallString<56>>() == 64);
        assert!(size_of::<Option<SmallString<32>>>() == 40);
    }
};

/// What was read of it goes as well, wherever the drain is dropped.
#[test]
fn a_drain_that_is_dropped_half_way_removes_all_of_its_range() {
    for (front, back) in (0..4).flat_map(|front| (0..4).map(move |back| (front, back))) {
        let mut std = String::from("a-\u{e9}\u{4e00}b-c");
        let mut small = SmallString::<4>::from(&*std);
        let mut drained = std.drain(1..8);
        let mut ours = small.drain(1..8);
        for _ in 0..front {
            assert_eq!(drained.next(), ours.next());
        }
        for _ in 0..back {
            assert_eq!(drained.next_back(), ours.next_back());
        }
        drop((drained, ours));
        assert_eq!(small, std, "{front} from the front, {back} from the back");
    }
}
