use std::hint::black_box;

use thrifty::share::{CowExt, Fields, NotUtf8, Str, bytes::Bytes};

use crate::Calls;

pub(crate) fn check(calls: &mut Calls) {
    texts(calls);
    fields(calls);
    cow(calls);
}

fn texts(calls: &mut Calls) {
    let text =
        Str::from(String::from("a text that is long enough to be shared by all who have it"));
    // The first clone may allocate the count.
    let first = text.clone();
    let clone = calls.never("share/str::clone", || text.clone());
    calls.never("share/str::as_str", || text.as_str().len());
    calls.never("share/str::retained", || text.retained());
    calls.never("share/str::is_inline", || text.is_inline());
    assert!(!calls.never("share/str::is_unique", || text.is_unique()));
    assert!(calls.never("share/str::ptr_eq", || text.ptr_eq(&clone)));
    calls.never("share/str/slices::slice", || text.slice(2..40).len());
    calls.never("share/str/cuts::trim", || text.trim().len());
    calls.never("share/str/cuts::split_once", || text.split_once(' ').is_some());
    calls.never("share/str/cuts::split", || text.split(' ').count());
    let mut slicer = calls.never("share/str/slices::slicer", || text.slicer(2));
    calls.never("share/str/slicer::slice", || slicer.slice(0..30).len());
    calls.never("share/str/slicer::drop", || drop(slicer));
    calls.never("share/str::drop", || drop((first, clone)));
    let mut alone = text;
    calls.never("share/str::make_mut", || alone.make_mut().make_ascii_uppercase());
    calls.never("share/str::from", || Str::from(black_box("23 bytes lie inline ...")).len());
    let refused = Str::try_from(Bytes::from_static(b"\xFF")).expect_err("not UTF-8");
    let refused: NotUtf8<Bytes> = refused;
    calls.never("share/str/error::into_bytes", || refused.into_bytes());
}

fn fields(calls: &mut Calls) {
    let mut line = Fields::<4>::new(String::from("id=7,name=Ann"));
    let marked = calls.never("share/fields::mark", || {
        line.mark(|text, marks| marks.extend(text.split([',', '=']))).is_ok()
    });
    assert!(marked);
    calls.never("share/fields::get", || line.get(1).map(str::len));
    calls.never("share/fields::iter", || line.iter().count());
    calls.never("share/fields::pairs", || line.pairs().count());
    calls.never("share/fields::reset", || line.reset().clear());
}

fn cow(calls: &mut Calls) {
    let text = String::from("as it should be");
    calls.never("share/cow::cow_to_lowercase", || text.cow_to_lowercase().len());
    calls.never("share/cow::cow_to_ascii_lowercase", || text.cow_to_ascii_lowercase().len());
    calls.never("share/cow::cow_replace", || text.cow_replace('x', "y").len());
}
