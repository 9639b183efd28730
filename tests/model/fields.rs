//! `Fields` against a list of `String`s.

use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use serde::Deserialize;
use thrifty::share::{Fields, FieldsError, Marks, Str};

#[derive(Clone, Debug, Deserialize)]
pub(crate) enum Op {
    /// New text in the same buffer, then fields.
    Refill(String, Vec<(Mark, usize, usize)>),
    Again(Vec<(Mark, usize, usize)>),
    Reset,
    Clone,
    CloneFrom,
    Detach,
    Share,
    FromElsewhere,
    ParserFails,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) enum Mark {
    Text,
    Bytes,
    Range,
}

fn marks() -> impl Strategy<Value = Vec<(Mark, usize, usize)>> {
    let kind = prop_oneof![Just(Mark::Text), Just(Mark::Bytes), Just(Mark::Range)];
    vec((kind, 0..40_usize, 0..40_usize), 0..10)
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        4 => ("[a-zäß東 ]{0,30}", marks()).prop_map(|(text, marks)| Op::Refill(text, marks)),
        4 => marks().prop_map(Op::Again),
        1 => Just(Op::Reset),
        1 => Just(Op::Clone),
        1 => Just(Op::CloneFrom),
        2 => Just(Op::Detach),
        1 => Just(Op::Share),
        1 => Just(Op::FromElsewhere),
        1 => Just(Op::ParserFails),
    ]
}

/// A range of `text` for any two numbers, between characters.
fn range(text: &str, a: usize, b: usize) -> Range<usize> {
    let bound = |at: usize| text.floor_char_boundary(at.min(text.len()));
    bound(a.min(b))..bound(a.max(b))
}

fn mark_all<'t, const N: usize>(
    text: &'t str,
    into: &mut Marks<'t, N>,
    marks: &[(Mark, usize, usize)],
) {
    for &(kind, a, b) in marks {
        let range = range(text, a, b);
        match kind {
            Mark::Text => into.mark(&text[range]),
            Mark::Bytes => into.mark_bytes(&text.as_bytes()[range]),
            Mark::Range => into.mark_range(range),
        }
    }
}

fn listed(text: &str, marks: &[(Mark, usize, usize)]) -> Vec<String> {
    marks.iter().map(|&(_, a, b)| text[range(text, a, b)].to_owned()).collect()
}

fn check<const N: usize, B: AsRef<str>>(fields: &Fields<N, B>, model: &[String]) {
    assert_eq!((fields.len(), fields.is_empty()), (model.len(), model.is_empty()));
    assert!(fields.iter().eq(model));
    assert!(fields.iter().rev().eq(model.iter().rev()));
    assert_eq!(fields.iter().len(), model.len());
    let pairs: Vec<_> = fields.pairs().map(|(name, value)| [name, value]).collect();
    assert_eq!(pairs, model.as_chunks().0);
    for (at, field) in model.iter().enumerate() {
        assert_eq!((fields.get(at), &fields[at]), (Some(&**field), &**field));
        assert_eq!(fields.iter().nth(at), Some(&**field));
    }
    assert_eq!(fields.get(model.len()), None);
    assert_eq!(format!("{fields:?}"), format!("{model:?}"));
}

pub(crate) fn run<const N: usize>(ops: Vec<Op>) {
    let mut fields = Fields::<N>::default();
    let mut text = String::new();
    let mut model: Vec<String> = Vec::new();
    for op in ops {
        match op {
            Op::Refill(new, marks) => {
                let buf = fields.reset();
                buf.clear();
                buf.push_str(&new);
                text = new;
                assert!(fields.is_empty());
                fields.mark(|text, into| mark_all(text, into, &marks)).unwrap();
                model = listed(&text, &marks);
            }
            Op::Again(marks) => {
                fields.mark(|text, into| mark_all(text, into, &marks)).unwrap();
                model = listed(&text, &marks);
            }
            Op::Reset => {
                assert_eq!(*fields.reset(), text);
                model.clear();
            }
            Op::Clone => {
                let copy = fields.clone();
                drop(std::mem::replace(&mut fields, copy));
            }
            Op::CloneFrom => {
                let mut other = Fields::<N>::default();
                other.mark(|text, into| into.extend([text; 5])).unwrap();
                other.clone_from(&fields);
                fields = other;
            }
            Op::Detach => {
                let kept = fields.detach();
                assert_eq!(kept, fields);
                assert!(kept.text().len() <= text.len());
                kept.text().clone_into(&mut text);
                fields = kept;
            }
            Op::Share => {
                let shared: Fields<N, Str> = fields.into();
                check(&shared, &model);
                for (at, field) in model.iter().enumerate() {
                    assert_eq!(shared.get_str(at).unwrap(), **field);
                }
                assert_eq!(shared.get_str(model.len()), None);
                assert_eq!(shared.detach(), shared);
                shared.text().clone_into(&mut text);
                let ranges: Vec<_> =
                    shared.iter().map(|field| offset(shared.text(), field)).collect();
                let buf = shared.into_buf().into_string();
                fields = Fields::parse(buf, |_, into| {
                    for range in &ranges {
                        into.mark_range(range.clone());
                    }
                })
                .unwrap();
            }
            Op::FromElsewhere => {
                let at = model.len();
                let refused = fields.mark(|text, into| {
                    into.extend(std::iter::repeat_n(text, at));
                    into.mark("from elsewhere");
                    into.mark(text);
                });
                assert_eq!(refused, Err(FieldsError::Outside(at)));
                model.clear();
            }
            Op::ParserFails => {
                let refused = fields.try_mark(|text, into| {
                    into.mark(text);
                    Err(7)
                });
                assert_eq!(refused, Err(FieldsError::Parser(7)));
                model.clear();
            }
        }
        assert_eq!(fields.text(), text);
        check(&fields, &model);
    }
}

/// The range of `field` in `text`, by addresses.
fn offset(text: &str, field: &str) -> Range<usize> {
    if field.is_empty() {
        return 0..0;
    }
    let start = field.as_ptr().addr() - text.as_ptr().addr();
    start..start + field.len()
}

proptest! {
    #[test]
    fn like_a_list_of_strings(ops in vec(op(), 0..20)) {
        run::<0>(ops.clone());
        run::<1>(ops.clone());
        run::<4>(ops.clone());
        run::<16>(ops);
    }
}

#[test]
fn around_the_capacity() {
    for n in 0..20 {
        let text = vec!["field"; n].join(",");
        let model: Vec<String> = text.split(',').map(String::from).collect();
        let parsed = Fields::<4>::parse(text, |text, marks| marks.extend(text.split(',')));
        check(&parsed.unwrap(), &model);
    }
}

#[test]
fn what_lies_outside_is_refused_and_the_buffer_comes_back() {
    type Wrong = for<'t> fn(&'t str, &mut Marks<'t, 4>);
    let around = String::from("before|the text|after");
    let inside = &around[7..15];
    let wrong: [Wrong; 7] = [
        |_, marks| marks.mark("static"),
        |_, marks| marks.mark_range(0..9),
        |_, marks| marks.mark_range(9..9),
        #[expect(clippy::reversed_empty_ranges, reason = "that is the case")]
        |_, marks| marks.mark_range(5..4),
        |_, marks| marks.mark_range(usize::MAX..usize::MAX),
        |_, marks| marks.mark_bytes(b"static"),
        |text, marks| {
            marks.mark(text);
            marks.mark("late");
        },
    ];
    for (case, f) in wrong.into_iter().enumerate() {
        let refused = Fields::<4, &str>::parse(inside, f).unwrap_err();
        assert_eq!(refused.buf, "the text");
        assert_eq!(refused.error, FieldsError::Outside(usize::from(case == 6)));
        assert!(refused.to_string().contains("does not lie in the text"), "{refused}");
        assert!(!format!("{refused:?}").contains("the text"), "{refused:?}");
    }
}

/// The neighbours of the buffer belong to the same object: only the addresses tell.
#[test]
fn one_byte_too_far_on_either_side_is_refused() {
    static AROUND: &str = "before|the text|after";
    for (start, end) in [(6, 10), (0, 7), (10, 16), (15, 16), (6, 16), (6, 7)] {
        let refused = Fields::<4, _>::parse(&AROUND[7..15], |_, marks| {
            marks.mark(&AROUND[start..end]);
        });
        assert_eq!(refused.unwrap_err().error, FieldsError::Outside(0), "{start}..{end}");
    }
    let taken = Fields::<4, _>::parse(&AROUND[7..15], |_, marks| marks.mark(&AROUND[7..15]));
    assert_eq!(taken.unwrap(), ["the text"]);
}

#[test]
fn empty_fields_may_come_from_anywhere() {
    let fields = Fields::<8>::parse(String::from("aé"), |text, marks| {
        marks.extend(["", &text[..0], &text[1..1], &text[3..]]);
        marks.mark_bytes(&text.as_bytes()[2..2]);
    });
    check(&fields.unwrap(), &vec![String::new(); 5]);
}

/// What a parser of bytes calls text may be empty between two bytes of a character.
#[test]
fn an_empty_field_inside_of_a_character() {
    let fields = Fields::<1, _>::parse(Str::from("é"), |text, marks| {
        let inside = &text.as_bytes()[1..1];
        marks.mark(std::str::from_utf8(inside).unwrap());
    });
    let fields = fields.unwrap();
    check(&fields, &[String::new()]);
    assert_eq!(fields.get_str(0).unwrap(), "");
}

#[test]
fn detach_leaves_out_what_has_no_field() {
    let read = String::from("front|a|b|c|behind");
    let fields = Fields::<2>::parse(read, |text, marks| {
        marks.extend(["", &text[10..11], &text[6..7], &text[0..0]]);
    });
    let kept = fields.unwrap().detach();
    assert_eq!(kept, ["", "c", "a", ""]);
    assert_eq!(kept.into_buf(), "a|b|c");
}

#[test]
fn a_part_of_a_character_is_refused() {
    for range in [0..1, 1..3, 2..3, 1..2] {
        let by_bytes = Fields::<4>::parse("éa".to_owned(), |text, marks| {
            marks.mark_bytes(&text.as_bytes()[range.clone()]);
        });
        let by_range =
            Fields::<4>::parse("éa".to_owned(), |_, marks| marks.mark_range(range.clone()));
        let fine = range == (2..3);
        assert_eq!((by_bytes.is_ok(), by_range.is_ok()), (fine, fine), "{range:?}");
    }
}

/// Another text each time it is asked: fields of it are text or nothing, never a panic.
#[test]
fn a_buffer_that_changes_behind_our_back() {
    struct Liar(Cell<usize>);
    impl AsRef<str> for Liar {
        fn as_ref(&self) -> &str {
            self.0.set(self.0.get() + 1);
            ["a text of some length", "éééééééééé", "x", ""][self.0.get() % 4]
        }
    }
    let mut fields = Fields::<4, Liar>::new(Liar(Cell::new(3)));
    for _ in 0..8 {
        let _ = fields.mark(|text, marks| marks.extend([text, text]));
        for at in 0..3 {
            let _ = fields.get(at);
        }
        assert!(fields.iter().count() <= 2 && fields.pairs().count() <= 1);
        let _ = (fields.detach(), format!("{fields:?}"));
    }
}

#[test]
fn any_text_can_be_the_buffer() {
    fn parsed<B: AsRef<str>>(buf: B) -> Fields<2, B> {
        Fields::parse(buf, |text, marks| marks.extend(text.split(' '))).unwrap()
    }
    let expected = ["two", "words"];
    assert_eq!(parsed("two words"), expected);
    assert_eq!(parsed(Box::<str>::from("two words")), expected);
    assert_eq!(parsed(Arc::<str>::from("two words")), expected);
    assert_eq!(parsed(Str::from("two words")), parsed(String::from("two words")));
}

#[test]
#[should_panic(expected = "no field 2 among 2 fields: ask `get`")]
fn an_index_too_far() {
    let fields = Fields::<2, _>::parse("two words", |text, marks| marks.extend(text.split(' ')));
    let _ = &fields.unwrap()[2];
}

/// Pages that nobody writes to cost no memory here.
#[cfg(all(target_os = "linux", target_pointer_width = "64", not(miri)))]
#[test]
fn four_gibibytes_are_too_many() {
    let most = u32::MAX as usize;
    let text = String::from_utf8(vec![0; most + 1]).unwrap();
    let refused = Fields::<2>::parse(text, |text, marks| marks.mark(text)).unwrap_err();
    assert_eq!(refused.error, FieldsError::TooLong(most + 1));
    assert!(refused.to_string().contains("4294967296 bytes"), "{refused}");

    let mut text = refused.buf;
    text.pop();
    let fields = Fields::<2>::parse(text, |text, marks| marks.mark(&text[1..])).unwrap();
    assert_eq!(fields[0].len(), most - 1);
}
