//! `LenHistogram` and `sized!`: against a sorted list, over threads, without the heap.

use std::thread;

use proptest::collection::vec;
use proptest::prelude::*;
use thrifty::meter::{LenHistogram, SiteLengths, lengths, no_alloc};
use thrifty::sized;

/// The nearest rank, by its definition.
fn nearest_rank(sorted: &[usize], percent: usize) -> usize {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or(0)
}

/// What the histogram makes of an exact answer.
fn rounded(exact: usize, max: usize) -> usize {
    if exact <= 64 { exact } else { exact.checked_next_power_of_two().unwrap_or(max).min(max) }
}

fn length() -> impl Strategy<Value = usize> {
    prop_oneof![
        8 => 0..8_usize,
        4 => 0..70_usize,
        1 => 60..1100_usize,
        1 => (0..usize::BITS).prop_map(|shift| 1 << shift),
        1 => any::<usize>(),
    ]
}

proptest! {
    #[test]
    fn a_histogram_answers_as_a_sorted_list(mut all in vec(length(), 0..300)) {
        let histogram = histogram_of(&all);
        all.sort_unstable();
        let max = all.last().copied().unwrap_or(0);

        prop_assert_eq!(histogram.count(), all.len() as u64);
        prop_assert_eq!(histogram.max(), max);
        for percent in [0, 1, 10, 33, 50, 90, 99, 100] {
            let exact = nearest_rank(&all, percent);
            let given = histogram.percentile(u32::try_from(percent).unwrap());
            prop_assert_eq!(given, rounded(exact, max), "{} % of {:?}", percent, &all);
            prop_assert!(given >= exact && given / 2 < exact.max(1), "{given} for {exact}");
        }
        let report = histogram.advice::<[u8; 3]>();
        prop_assert_eq!(report, LenHistogram::advice::<[i8; 3]>(&histogram));
        prop_assert_eq!((report.count, report.max), (all.len() as u64, max));
        prop_assert_eq!(report.p50, histogram.percentile(50));
        prop_assert_eq!(report.p90, histogram.percentile(90));
    }

    /// The shares that the text gives, counted in the list itself.
    #[test]
    fn the_shares_are_those_of_the_list(mut all in vec(0..64_usize, 1..200)) {
        let histogram = histogram_of(&all);
        all.sort_unstable();
        let report = histogram.advice::<u64>();
        let fits = (64 - size_of::<usize>()) / 8;
        prop_assert_eq!(report.fits, Some(fits));
        let share = |most: usize| {
            let held = all.iter().filter(|&&len| len <= most).count();
            format!("{}.{} %", held * 100 / all.len(), held * 1000 / all.len() % 10)
        };
        let text = report.to_string();
        if report.max > fits {
            let end = format!("hold {fits} of 8 B, enough for {}", share(fits));
            prop_assert!(text.ends_with(&end), "{}", text);
        }
        match report.capacity() {
            Some(most) if most < report.max => {
                prop_assert_eq!(most, nearest_rank(&all, 90));
                let part = format!("an inline capacity of {most} holds {};", share(most));
                prop_assert!(text.contains(&part), "{}", text);
            }
            Some(most) => prop_assert!(most == report.max && most <= fits),
            None => prop_assert!(report.p90 == 0 || report.p90 > fits),
        }
    }
}

#[test]
fn each_boundary_has_its_bucket() {
    for (len, given) in [
        (0, 0),
        (1, 1),
        (63, 63),
        (64, 64),
        (65, 128),
        (128, 128),
        (129, 256),
        (256, 256),
        (1 << 20, 1 << 20),
        ((1 << 20) + 1, 1 << 21),
        (usize::MAX / 2 + 1, usize::MAX / 2 + 1),
        (usize::MAX / 2 + 2, usize::MAX),
        (usize::MAX, usize::MAX),
    ] {
        let histogram = LenHistogram::new();
        histogram.record(len);
        // Alone, its own maximum bounds it.
        assert_eq!((histogram.percentile(0), histogram.max()), (len, len));
        histogram.record(usize::MAX);
        assert_eq!(histogram.percentile(50), given, "of {len}");
    }
}

fn histogram_of(lengths: &[usize]) -> LenHistogram {
    let histogram = LenHistogram::default();
    for &len in lengths {
        histogram.record(len);
    }
    histogram
}

#[test]
fn the_text_says_what_to_take() {
    let fits_u64 = (64 - size_of::<usize>()) / 8;
    assert_eq!(histogram_of(&[]).report().to_string(), "no lengths");
    assert_eq!(histogram_of(&[]).report().capacity(), None);

    let some = histogram_of(&[1, 2, 2, 2, 3, 3, 3, 4, 4, 31]);
    assert_eq!(
        some.report().to_string(),
        "10 lengths: p50 3, p90 4, max 31; an inline capacity of 4 holds 90.0 %"
    );
    assert_eq!(
        some.advice::<u64>().to_string(),
        format!(
            "10 lengths: p50 3, p90 4, max 31; an inline capacity of 4 holds 90.0 %; \
             64 bytes hold {fits_u64} of 8 B, enough for 90.0 %"
        )
    );
    // All of them fit: nothing is left for the heap.
    assert_eq!(some.advice::<u8>().capacity(), Some(31));
    assert!(some.advice::<u8>().to_string().contains("an inline capacity of 31 holds all of them"));

    let large = some.advice::<[u64; 5]>();
    assert_eq!((large.capacity(), large.fits), (None, Some(1)));
    assert!(large.to_string().contains("too long to keep inline"), "{large}");
    assert!(large.to_string().ends_with("64 bytes hold 1 of 40 B, enough for 10.0 %"), "{large}");

    let empty = histogram_of(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 9]).advice::<u64>();
    assert_eq!(empty.capacity(), None);
    assert!(empty.to_string().contains("mostly empty"), "{empty}");
    let units = some.advice::<()>();
    assert_eq!((units.capacity(), units.fits, units.item_bytes), (None, None, Some(0)));
    assert!(units.to_string().ends_with("a Vec of them never allocates"), "{units}");
    // 999 of 1000 are not all of them.
    let mut almost = [1; 1000];
    almost[0] = 60;
    let almost = histogram_of(&almost).advice::<u64>().to_string();
    assert!(almost.contains("holds 99.9 %"), "{almost}");
    assert!(histogram_of(&[500]).report().capacity().is_none());
}

#[cfg(feature = "inline")]
#[test]
fn what_is_said_to_fit_fits() {
    use thrifty::inline::SmallVec;

    fn fits<T>() -> usize {
        LenHistogram::new().advice::<T>().fits.unwrap()
    }
    if size_of::<usize>() == 8 {
        assert_eq!((fits::<u64>(), size_of::<SmallVec<[u64; 7]>>()), (7, 64));
        assert_eq!((fits::<u8>(), size_of::<SmallVec<[u8; 56]>>()), (56, 64));
        assert_eq!((fits::<u128>(), size_of::<SmallVec<[u128; 3]>>()), (3, 64));
        assert!(size_of::<SmallVec<[u64; 8]>>() > 64);
    }
}

#[test]
#[should_panic(expected = "percentile(101): pass at most 100")]
fn there_is_no_percentile_above_100() {
    let _ = LenHistogram::new().percentile(101);
}

#[test]
fn recording_never_allocates() {
    static LENGTHS: LenHistogram = LenHistogram::new();
    no_alloc(|| {
        LENGTHS.record(7);
        LENGTHS.record(7000);
        // The first run of a site lists it.
        sized!("listed without the heap", 3, u32);
        assert_eq!(LENGTHS.advice::<u32>().count, 2);
        assert!(lengths().sites().count() >= 1);
    });
}

#[test]
fn threads_lose_no_length() {
    static LENGTHS: LenHistogram = LenHistogram::new();
    thread::scope(|scope| {
        for thread in 0..4 {
            let record = move || (0..10_000).for_each(|n| LENGTHS.record((n + thread) % 100));
            scope.spawn(record);
        }
    });
    assert_eq!(LENGTHS.count(), 40_000);
    assert_eq!((LENGTHS.percentile(50), LENGTHS.percentile(100)), (49, 99));
}

fn site(name: &str) -> Option<SiteLengths> {
    lengths().sites().find(|site| site.name == name)
}

#[test]
fn a_site_that_has_not_run_is_not_listed() {
    let run = |twice: bool| {
        if twice {
            sized!("second", 1);
        }
        sized!("always", 4_usize)
    };
    assert_eq!(run(false), 4);
    assert_eq!(site("second"), None);
    run(true);
    let (always, second) = (site("always").unwrap(), site("second").unwrap());
    assert_eq!((always.lengths.count, second.lengths.count), (2, 1));
    assert_eq!(always.file, file!());
    assert_eq!(always.line, second.line + 2);
    let text = format!("second ({}:{})\n    1 lengths: p50 1, p90 1, max 1", file!(), second.line);
    assert!(lengths().to_string().contains(&text), "{}", lengths());
}

#[test]
fn a_generic_site_knows_its_largest_item() {
    fn generic<T>(items: &[T]) -> usize {
        sized!("generic", items.len(), T)
    }
    assert_eq!(generic(&[1_u8, 2]) + generic(&[1_u64]) + generic(&[1_u16; 3]), 6);
    let generic = site("generic").unwrap().lengths;
    assert_eq!((generic.count, generic.max, generic.item_bytes), (3, 3, Some(8)));
}

#[test]
fn the_names_at_a_site_are_the_callers_own() {
    const SITE: usize = 5;
    let len = 6;
    assert_eq!(sized!("hygiene", SITE + len), 11);
    assert_eq!(site("hygiene").unwrap().lengths.max, 11);
}

/// Many threads meet at the end of the list, each with a site of its own.
#[test]
fn sites_that_are_listed_at_once_are_all_there() {
    macro_rules! sites {
        ($($name:literal)*) => {
            [$(|| { sized!(concat!("race ", $name), 1); } ,)*]
        };
    }
    let sites: [fn(); 16] = sites!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    let barrier = std::sync::Barrier::new(sites.len());
    thread::scope(|scope| {
        for run in sites {
            let barrier = &barrier;
            scope.spawn(move || {
                barrier.wait();
                run();
            });
        }
    });
    let listed: Vec<_> =
        lengths().sites().map(|site| site.name).filter(|name| name.starts_with("race ")).collect();
    assert_eq!(listed.len(), 16, "{listed:?}");
}
