//! Where every public type may go: to other threads (`Send`), and be used there (`Sync`).
//!
//! Each generic type is asked with four kinds of content: one that goes anywhere (`u8`), one that may
//! be sent and not shared (`Cell`), one that may be shared and not sent ([`Stays`]), and one that may
//! neither (`Rc`). A bound that is missing in an `unsafe impl` is a `yes` where a `no` stands here.

use std::alloc::System;
use std::cell::Cell;
use std::collections::hash_map::RandomState;
use std::convert::Infallible;
use std::future::Ready;
use std::rc::Rc;
use std::sync::MutexGuard;

use thrifty::fault::{
    Blown, Bomb, Fail, Failing, Fuse, LayoutChecked, Leak, Misuse, Panics, Run, Stray, Sweep,
};
use thrifty::heap::{
    Applied, Backend, ByEnv, ByFeature, Knob, Outcome, Purged, Reason, ReturnMemory, Selection,
    Setting, Settings, Stats, Tuning, UnknownBackend, Version,
};
use thrifty::inline::small_map::{self, Entry, EntryRef};
use thrifty::inline::{ArrayString, ArrayVec, CapacityError, SmallMap, SmallSet, SmallString};
use thrifty::inline::{SmallVec, StringDrain, small_set};
use thrifty::meter::{
    Advice, Budget, CloneProbe, CountsOnly, DhatView, Full, HeapLine, InspectedFuture, Kind,
    LenHistogram, LenReport, Lengths, Lever, Metered, MeteredFuture, Scope, Site, SiteLengths,
    Sizes, Totals, Usage,
};
use thrifty::pool::{
    BufferPool, ConfigError, Lent, ObjectStats, Pool, PoolConfig, PoolError, PoolFull, PoolStats,
    Pooled, PooledBuf, PooledBytes, RecycleSlot, Scratch, StaticBufferPool,
};
use thrifty::share::{
    Fields, FieldsError, FieldsIter, FieldsPairs, Marks, NotUtf8, Rejected, Slicer, Str,
};

/// May be shared, must not be sent.
type Stays = MutexGuard<'static, u8>;

/// `yes` where the bound holds: the inherent constant, which shadows the trait's.
macro_rules! is {
    ($type:ty, $bound:ident) => {{
        #[allow(dead_code, reason = "not asked where the bound holds")]
        trait Fallback {
            const IS: &'static str = "no";
        }
        impl<T: ?Sized> Fallback for T {}
        struct Ask<T: ?Sized>(std::marker::PhantomData<T>);
        #[allow(dead_code, reason = "asked where the bound holds only")]
        impl<T: ?Sized + $bound> Ask<T> {
            const IS: &'static str = "yes";
        }
        <Ask<$type>>::IS
    }};
}

macro_rules! matrix {
    ($name:ident: $($type:ty: $send:ident $sync:ident;)*) => {
        #[test]
        fn $name() {
            let mut wrong = Vec::new();
            $(
                let found = [is!($type, Send), is!($type, Sync)];
                if found != [stringify!($send), stringify!($sync)] {
                    wrong.push(format!("{}: {}", stringify!($type), found.join(" ")));
                }
            )*
            assert!(wrong.is_empty(), "found instead:\n{}", wrong.join("\n"));
        }
    };
}

matrix! { maps:
    SmallMap<u8, u8, 4>: yes yes;
    SmallMap<u8, Cell<u8>, 4>: yes no;
    SmallMap<u8, Stays, 4>: no yes;
    SmallMap<Rc<u8>, u8, 4>: no no;
    SmallMap<u8, u8, 4, Cell<u8>>: yes no;
    SmallMap<u8, u8, 4, Rc<u8>>: no no;
    small_map::Iter<'static, u8, u8>: yes yes;
    small_map::Iter<'static, u8, Cell<u8>>: no no;
    small_map::Iter<'static, u8, Stays>: yes yes;
    small_map::Keys<'static, Cell<u8>, u8>: no no;
    small_map::Values<'static, u8, Cell<u8>>: no no;
    small_map::IterMut<'static, u8, u8>: yes yes;
    small_map::IterMut<'static, u8, Cell<u8>>: yes no;
    small_map::IterMut<'static, u8, Rc<u8>>: no no;
    small_map::ValuesMut<'static, u8, Cell<u8>>: yes no;
    small_map::IntoIter<u8, u8, 4>: yes yes;
    small_map::IntoIter<u8, Cell<u8>, 4>: yes no;
    small_map::IntoIter<u8, Stays, 4>: no yes;
    small_map::IntoKeys<Rc<u8>, u8, 4>: no no;
    small_map::IntoValues<u8, Rc<u8>, 4>: no no;
    small_map::Drain<'static, u8, u8, 4>: yes yes;
    small_map::Drain<'static, u8, Cell<u8>, 4>: yes no;
    small_map::Drain<'static, u8, Rc<u8>, 4>: no no;
    small_map::ExtractIf<'static, u8, u8, 4, u8>: yes yes;
    small_map::ExtractIf<'static, u8, u8, 4, Rc<u8>>: no no;
    small_map::ExtractIf<'static, u8, Rc<u8>, 4, u8>: no no;
    Entry<'static, u8, u8, 4, RandomState>: yes yes;
    Entry<'static, u8, Rc<u8>, 4, RandomState>: no no;
    EntryRef<'static, 'static, u8, u8, u8, 4, RandomState>: yes yes;
    EntryRef<'static, 'static, u8, Cell<u8>, u8, 4, RandomState>: no no;
    small_map::OccupiedEntry<'static, u8, Cell<u8>, 4>: yes no;
    small_map::OccupiedEntry<'static, u8, Rc<u8>, 4>: no no;
    small_map::VacantEntry<'static, u8, Rc<u8>, 4, RandomState>: no no;
    small_map::VacantEntryRef<'static, 'static, u8, u8, Rc<u8>, 4, RandomState>: no no;
    small_map::OccupiedError<'static, u8, u8, 4>: yes yes;
    small_map::OccupiedError<'static, u8, Rc<u8>, 4>: no no;
    small_map::TryReserveError: yes yes;
}

matrix! { sets:
    SmallSet<u8, 4>: yes yes;
    SmallSet<Cell<u8>, 4>: yes no;
    SmallSet<Stays, 4>: no yes;
    SmallSet<Rc<u8>, 4>: no no;
    SmallSet<u8, 4, Rc<u8>>: no no;
    small_set::Iter<'static, u8>: yes yes;
    small_set::Iter<'static, Cell<u8>>: no no;
    small_set::IntoIter<Cell<u8>, 4>: yes no;
    small_set::Drain<'static, Cell<u8>, 4>: yes no;
    small_set::Drain<'static, Rc<u8>, 4>: no no;
    small_set::ExtractIf<'static, u8, 4, u8>: yes yes;
    small_set::ExtractIf<'static, u8, 4, Rc<u8>>: no no;
    small_set::Union<'static, u8, 4, RandomState>: yes yes;
    small_set::Union<'static, Cell<u8>, 4, RandomState>: no no;
    small_set::Intersection<'static, u8, 4, RandomState>: yes yes;
    small_set::Intersection<'static, u8, 4, Cell<u8>>: no no;
    small_set::Difference<'static, u8, 4, RandomState>: yes yes;
    small_set::Difference<'static, Cell<u8>, 4, RandomState>: no no;
    small_set::SymmetricDifference<'static, u8, 4, RandomState>: yes yes;
    small_set::SymmetricDifference<'static, Cell<u8>, 4, RandomState>: no no;
}

matrix! { texts_and_vectors:
    SmallString<8>: yes yes;
    StringDrain<'static, 8>: yes yes;
    SmallVec<[u8; 4]>: yes yes;
    SmallVec<[Rc<u8>; 4]>: no no;
    ArrayVec<u8, 4>: yes yes;
    ArrayVec<Rc<u8>, 4>: no no;
    ArrayString<4>: yes yes;
    CapacityError<u8>: yes yes;
}

matrix! { shared:
    Str: yes yes;
    Slicer<'static>: yes yes;
    NotUtf8<Vec<u8>>: yes yes;
    NotUtf8<Rc<u8>>: no no;
    Fields<4>: yes yes;
    Fields<4, Str>: yes yes;
    Fields<4, Rc<str>>: no no;
    FieldsIter<'static>: yes yes;
    FieldsPairs<'static>: yes yes;
    Marks<'static, 4>: yes yes;
    FieldsError<Infallible>: yes yes;
    FieldsError<Rc<u8>>: no no;
    Rejected<String>: yes yes;
    Rejected<Rc<str>>: no no;
}

matrix! { pooled:
    BufferPool: yes yes;
    StaticBufferPool: yes yes;
    PooledBuf: yes yes;
    PooledBytes: yes yes;
    PoolConfig: yes yes;
    ConfigError: yes yes;
    PoolError: yes yes;
    PoolStats: yes yes;
    // A pool hands each object to one user at a time: shared, it only sends.
    Pool<Vec<u8>>: yes yes;
    Pool<Vec<Cell<u8>>>: yes yes;
    Pooled<Vec<u8>>: yes yes;
    Pooled<Vec<Cell<u8>>>: yes no;
    ObjectStats: yes yes;
    PoolFull: yes yes;
    // Only the memory is in it, never an item.
    RecycleSlot<u8>: yes yes;
    RecycleSlot<Cell<u8>>: yes no;
    RecycleSlot<Rc<u8>>: no no;
    Lent<'static, u8, u8>: yes yes;
    Lent<'static, u8, Cell<u8>>: yes no;
    Lent<'static, u8, Rc<u8>>: no no;
    Lent<'static, Rc<u8>, u8>: no no;
    // The values are per thread, and the name of them goes to all.
    Scratch<Vec<u8>>: yes yes;
    Scratch<Vec<Rc<u8>>>: yes yes;
    // Behind the name, and so never seen by another thread.
    thrifty::pool::__private::Slots<Vec<u8>>: yes no;
}

matrix! { metered:
    // A scope reads the counters of its thread.
    Scope: no no;
    Metered<System>: yes yes;
    Metered<System, CountsOnly>: yes yes;
    Metered<Cell<u8>>: yes no;
    Metered<Rc<u8>>: no no;
    Full: yes yes;
    CountsOnly: yes yes;
    // It follows its task between threads.
    MeteredFuture<Ready<u8>>: yes yes;
    MeteredFuture<Ready<Cell<u8>>>: yes no;
    MeteredFuture<Ready<Rc<u8>>>: no no;
    InspectedFuture<Ready<u8>, fn(&Usage)>: yes yes;
    InspectedFuture<Ready<Rc<u8>>, fn(&Usage)>: no no;
    CloneProbe<u8>: yes yes;
    CloneProbe<Cell<u8>>: yes no;
    CloneProbe<Rc<u8>>: no no;
    Usage: yes yes;
    Totals: yes yes;
    DhatView: yes yes;
    Budget: yes yes;
    HeapLine: yes yes;
    Advice: yes yes;
    Site: yes yes;
    Sizes: yes yes;
    Kind: yes yes;
    Lever: yes yes;
    LenHistogram: yes yes;
    LenReport: yes yes;
    Lengths: yes yes;
    SiteLengths: yes yes;
    thrifty::meter::__private::Mode: yes yes;
    thrifty::meter::__private::Field: yes yes;
    thrifty::meter::__private::Op: yes yes;
}

matrix! { allocators:
    ByFeature: yes yes;
    ByEnv: yes yes;
    Backend: yes yes;
    UnknownBackend: yes yes;
    Selection: yes yes;
    Reason: yes yes;
    Stats: yes yes;
    Purged: yes yes;
    Version: yes yes;
    Tuning: yes yes;
    ReturnMemory: yes yes;
    Applied: yes yes;
    Setting: yes yes;
    Settings<'static>: yes yes;
    Knob: yes yes;
    Outcome: yes yes;
}

#[cfg(feature = "http-body")]
matrix! { bodies: thrifty::pool::PooledBody: yes yes; }

#[cfg(feature = "arena")]
matrix! { arenas:
    thrifty::pool::ArenaPool: yes yes;
    thrifty::pool::PooledArena: yes no;
}

#[cfg(any(feature = "mimalloc", feature = "mimalloc-v3"))]
matrix! { mimalloc: thrifty::heap::Mimalloc: yes yes; }

#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
matrix! { jemalloc: thrifty::heap::Jemalloc: yes yes; }

matrix! { broken:
    Failing<System>: yes yes;
    Failing<Rc<u8>>: no no;
    Fail: yes yes;
    Run<u8>: yes yes;
    Run<Rc<u8>>: no no;
    Sweep: yes yes;
    Leak: yes yes;
    Panics: yes yes;
    Misuse: yes yes;
    Stray: yes yes;
    Fuse: yes yes;
    Blown: yes yes;
    Bomb<u8>: yes yes;
    Bomb<*const u8>: no no;
    LayoutChecked<System>: yes yes;
    LayoutChecked<Cell<u8>>: yes no;
    LayoutChecked<Rc<u8>>: no no;
}

#[cfg(unix)]
matrix! { ended:
    thrifty::fault::InfallibleSweep: yes yes;
    thrifty::fault::Ended: yes yes;
    thrifty::fault::How: yes yes;
}
