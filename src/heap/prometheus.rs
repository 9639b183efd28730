//! [`Stats`] as text for Prometheus.

use core::fmt;

use super::Stats;

impl Stats {
    /// Writes the figures in Prometheus' text format, one family each.
    ///
    /// A figure that is `None` has no line. What client libraries export under a name of their own
    /// has that name (`process_resident_memory_bytes`, `process_virtual_memory_bytes`,
    /// `process_threads`); the backend's figures begin with `thrifty_heap_` and are labelled with it.
    ///
    /// A scrape must not have a family twice. If a process collector exports some already, set
    /// their fields to `None` first.
    ///
    /// # Allocation
    ///
    /// Never allocates. What `w` allocates is its own.
    ///
    /// # Errors
    ///
    /// Those of `w`; the text is cut off at that place.
    ///
    /// # Examples
    ///
    /// ```
    /// use thrifty::heap::Stats;
    ///
    /// let mut stats = Stats::default();
    /// stats.rss = Some(4096);
    /// let mut text = String::new();
    /// stats.write_prometheus(&mut text)?;
    /// assert_eq!(
    ///     text,
    ///     "# HELP process_resident_memory_bytes Resident memory size in bytes.\n\
    ///      # TYPE process_resident_memory_bytes gauge\n\
    ///      process_resident_memory_bytes 4096\n"
    /// );
    /// # Ok::<(), std::fmt::Error>(())
    /// ```
    pub fn write_prometheus(&self, w: &mut impl fmt::Write) -> fmt::Result {
        for family in &FAMILIES {
            let Some(value) = (family.value)(self) else { continue };
            let name = family.name;
            writeln!(w, "# HELP {name} {}", family.help)?;
            writeln!(w, "# TYPE {name} {}", family.kind)?;
            match self.backend.filter(|_| family.of_backend) {
                Some(backend) => writeln!(w, "{name}{{backend=\"{backend}\"}} {value}")?,
                None => writeln!(w, "{name} {value}")?,
            }
        }
        Ok(())
    }
}

struct Family {
    name: &'static str,
    kind: &'static str,
    of_backend: bool,
    help: &'static str,
    value: fn(&Stats) -> Option<u64>,
}

const fn process(
    name: &'static str,
    kind: &'static str,
    help: &'static str,
    value: fn(&Stats) -> Option<u64>,
) -> Family {
    Family { name, kind, of_backend: false, help, value }
}

const fn heap(name: &'static str, help: &'static str, value: fn(&Stats) -> Option<u64>) -> Family {
    Family { name, kind: "gauge", of_backend: true, help, value }
}

static FAMILIES: [Family; 12] = [
    process("process_resident_memory_bytes", "gauge", "Resident memory size in bytes.", |stats| {
        stats.rss
    }),
    process(
        "process_resident_memory_peak_bytes",
        "gauge",
        "Highest resident memory size so far in bytes.",
        |stats| stats.peak_rss,
    ),
    process("process_virtual_memory_bytes", "gauge", "Virtual memory size in bytes.", |stats| {
        stats.virtual_mem
    }),
    process(
        "process_minor_pagefaults_total",
        "counter",
        "Page faults that needed no disk.",
        |stats| stats.minor_faults,
    ),
    process(
        "process_major_pagefaults_total",
        "counter",
        "Page faults that read from a disk.",
        |stats| stats.major_faults,
    ),
    process("process_threads", "gauge", "Number of OS threads in the process.", |stats| {
        stats.threads.map(u64::from)
    }),
    heap("thrifty_heap_allocated_bytes", "Live blocks of the allocator in bytes.", |stats| {
        stats.allocated
    }),
    heap("thrifty_heap_active_bytes", "Pages that hold live blocks in bytes.", |stats| {
        stats.active
    }),
    heap("thrifty_heap_committed_bytes", "Memory that the allocator has in bytes.", |stats| {
        stats.committed
    }),
    heap(
        "thrifty_heap_retained_bytes",
        "Address space that the allocator keeps without memory in bytes.",
        |stats| stats.retained,
    ),
    heap("thrifty_heap_metadata_bytes", "Book-keeping of the allocator in bytes.", |stats| {
        stats.metadata
    }),
    heap("thrifty_heap_arenas", "Arenas of the allocator.", |stats| stats.arenas.map(u64::from)),
];
