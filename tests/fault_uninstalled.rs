//! Without `Failing` as the global allocator the tools must not report a clean result.

use std::panic::catch_unwind;

use thrifty::fault::{self, Fail, Failing};

/// An allocator of this type somewhere in the program is not enough.
static LOOKS_INSTALLED: Failing = Failing::new(std::alloc::System);

fn text_of(f: fn()) -> String {
    let payload = catch_unwind(f).expect_err("it must panic");
    *payload.downcast::<String>().expect("the panic has a text")
}

#[test]
fn a_sweep_says_how_to_install_the_allocator() {
    assert_eq!(size_of_val(&LOOKS_INSTALLED), 0);
    let text = text_of(|| {
        let _ = fault::sweep(|| Vec::<u8>::new().try_reserve(1));
    });
    assert!(text.contains("`Failing` is not this program's global allocator"), "{text}");
    assert!(text.contains("#[global_allocator]\n    static ALLOC"), "{text}");
}

#[test]
fn a_sweep_without_requests_is_refused_too() {
    let text = text_of(|| {
        let _ = fault::sweep(|| Ok::<_, ()>(()));
    });
    assert!(text.contains("#[global_allocator]"), "{text}");
}

#[test]
fn every_kind_of_sweep_is_refused() {
    let text = text_of(|| {
        let _ = fault::sweep_async(async || Ok::<_, ()>(()));
    });
    assert!(text.contains("#[global_allocator]"), "{text}");
    #[cfg(unix)]
    {
        let text = text_of(|| {
            let _ = fault::sweep_infallible(|| Box::new(1));
        });
        assert!(text.contains("#[global_allocator]"), "{text}");
    }
}

#[test]
fn a_plan_says_how_to_install_the_allocator() {
    let text = text_of(|| {
        let _ = fault::with(Fail::Nth(1), || ());
    });
    assert!(text.contains("#[global_allocator]"), "{text}");
}

/// A refused watch must not leave the thread armed.
#[test]
fn the_second_try_gets_the_same_answer() {
    let try_it = || {
        let _ = fault::with(Fail::From(1), || ());
    };
    assert_eq!(text_of(try_it), text_of(try_it));
}

/// Bombs need no allocator of ours.
#[test]
fn panics_are_swept_all_the_same() {
    let panics = fault::each_panic_point(|fuse| drop(vec![fuse.bomb(1), fuse.bomb(2)]));
    assert_eq!(panics.points, 2);
    panics.assert_clean();
}
