//! The code that is measured panics or gets no memory: the figures stay right, and the next measure
//! begins from nothing.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use thrifty::fault::Fuse;
use thrifty::meter::{
    Budget, CloneProbe, LenHistogram, MeterFutureExt, Scope, allocs_per_run, assert_allocs,
    measure, no_alloc, pause,
};

use crate::tally::{self, each_panic_point};

/// A block of 100 bytes, with a point before it and one while it lives.
fn work(fuse: Fuse) {
    fuse.tick("before");
    let block = vec![0_u8; 100];
    fuse.tick("with a block");
    drop(block);
}

/// Nothing is left open: a measure sees its own block and no more.
fn check() {
    let ((), usage) = measure(|| drop(vec![0_u8; 40]));
    assert_eq!((usage.allocs, usage.frees, usage.bytes_allocated), (1, 1, 40), "{usage:?}");
    assert_eq!(usage.peak_bytes, 40);
}

macro_rules! panics {
    ($($name:ident($fuse:ident) $points:literal $act:block)*) => {$(
        #[test]
        fn $name() {
            assert!(thrifty::meter::is_installed());
            let panics = each_panic_point(|$fuse| {
                let _ = $fuse.catch(|| $act);
                check();
            });
            assert_eq!(panics.points, $points);
            panics.assert_clean();
        }
    )*};
}

panics! {
    measured_code(fuse) 4 {
        measure(|| work(fuse));
        let scope = Scope::enter();
        work(fuse);
        assert!(scope.so_far().allocs >= 1);
        assert!(scope.finish().allocs >= 1);
    }

    measured_many_times(fuse) 6 {
        assert!(allocs_per_run(2, || { work(fuse); vec![1_u8] }).allocs > 1);
    }

    paused_code(fuse) 4 {
        let scope = Scope::enter();
        pause(|| work(fuse));
        pause(|| pause(|| work(fuse)));
        assert_eq!(scope.finish().allocs, 0, "but for the panic's own");
    }

    asserted_code(fuse) 5 {
        assert_allocs!(<= 9, { work(fuse) });
        Budget::new().allocs(9).run(|| work(fuse));
        no_alloc(|| fuse.tick("alone"));
    }

    counted_clones(fuse) 4 {
        let probe = CloneProbe::new(fuse.bomb(1));
        let before = CloneProbe::clones(&probe);
        let copy = probe.clone();
        assert_eq!(CloneProbe::clones(&probe), before + 1);
        drop((copy, probe));
        fuse.tick("end");
    }

    metered_futures(fuse) 4 {
        let mut future = pin!(async { work(fuse); work(fuse); }.metered());
        let mut context = Context::from_waker(Waker::noop());
        let Poll::Ready(((), usage)) = future.as_mut().poll(&mut context) else { unreachable!() };
        assert!(usage.allocs >= 2);
    }
}

#[test]
fn a_request_that_fails_is_in_no_figure() {
    let sweep = tally::sweep(|| {
        let (list, usage) = measure(|| {
            let mut list: Vec<u8> = Vec::new();
            list.try_reserve_exact(100)?;
            list.try_reserve_exact(1000).map(|()| list)
        });
        let expected = if list.is_ok() { (1, 1, 0) } else { (usage.allocs, 0, usage.allocs) };
        assert_eq!((usage.allocs, usage.reallocs, usage.frees), expected);
        list
    });
    assert_eq!((sweep.points, sweep.refused), (2, 2));
    sweep.assert_clean();
}

/// A histogram has its place from the beginning.
#[test]
fn lengths_need_no_memory() {
    static LENGTHS: LenHistogram = LenHistogram::new();
    let run = tally::with(thrifty::fault::Fail::From(1), || {
        (0..1000).for_each(|len| LENGTHS.record(len));
    });
    assert_eq!(run.requests, 0);
}
