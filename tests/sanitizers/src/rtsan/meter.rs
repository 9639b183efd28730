use std::alloc::System;
use std::future::ready;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use thrifty::heap::{self, Backend, ByEnv, Knob, Stats, Tuning, Version};
use thrifty::meter::{
    self, CloneProbe, LenHistogram, MeterFutureExt, Metered, Scope, lengths, sized,
};

use crate::Calls;

pub(crate) fn check(calls: &mut Calls) {
    let scope = calls.never("meter/scope::enter", Scope::enter);
    calls.never("meter/scope::so_far", || scope.so_far());
    let usage = calls.never("meter/scope::finish", || scope.finish());
    calls.never("meter/usage::as_dhat", || usage.as_dhat());
    calls.never("meter/usage::thread", meter::thread);
    calls.never("meter/usage::process", meter::process);
    calls.never("meter/scope::pause", || meter::pause(|| 1));

    let probe = CloneProbe::new(7_u8);
    calls.never("meter/clones::clones", || CloneProbe::clones(&probe));

    lengths_of(calls);
    future(calls);
    allocator(calls);
}

fn lengths_of(calls: &mut Calls) {
    let histogram = LenHistogram::new();
    calls.never("meter/lengths::record", || (0..100).for_each(|len| histogram.record(len)));
    calls.never("meter/lengths::count", || histogram.count());
    calls.never("meter/lengths::percentile", || histogram.percentile(90));
    let report = calls.never("meter/lengths::report", || histogram.report());
    calls.never("meter/lengths::advice", || histogram.advice::<u64>());
    calls.never("meter/lengths::capacity", || report.capacity());
    let items = [1_u8; 7];
    calls.never("meter/lengths::record", || sized!("a list", items.len()));
    calls.never("meter/lengths::lengths", lengths);
}

fn future(calls: &mut Calls) {
    let metered = ready(7).metered();
    calls.never("meter/future::so_far", || metered.so_far());
    let inspected = calls.never("meter/future::inspect", || metered.inspect(|_| ()));
    let mut inspected = pin!(inspected);
    let mut context = Context::from_waker(Waker::noop());
    let polled = calls.never("meter/future::poll", || inspected.as_mut().poll(&mut context));
    assert_eq!(polled, Poll::Ready(7));
}

fn allocator(calls: &mut Calls) {
    static METERED: Metered<ByEnv> = Metered::new(ByEnv::new("THRIFTY_SANITIZERS_ALLOC"));
    calls.never("meter/metered::inner", || std::ptr::from_ref(METERED.inner()).addr());
    drop(Box::new(System));
    let selection = calls.never("heap/selection::selection", heap::selection);
    calls.never("heap/selection::asked", || {
        selection.as_ref().map(|selection| selection.asked().is_some())
    });
    let version = calls.never("heap/version::version", || Backend::System.version());
    calls.never("heap/version::major", || version.map(Version::major));
    let stats = heap::stats();
    calls.never("heap/stats::fragmentation", || stats.fragmentation());
    let mut text = String::with_capacity(16 << 10);
    calls.never("heap/prometheus::write_prometheus", || {
        Stats::write_prometheus(&stats, &mut text).is_ok()
    });
    let purged = heap::purge();
    calls.never("heap/purge::freed", || purged.freed());
    let applied = Tuning::new().apply();
    calls.never("heap/tuning/applied::iter", || applied.iter().count());
    calls.never("heap/tuning/applied::get", || applied.get(Knob::MaxArenas, Backend::System));
}
