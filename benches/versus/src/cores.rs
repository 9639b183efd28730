//! Two cores that share nothing but memory, and threads that stay on them.

use std::fs;

use core_affinity::CoreId;

/// Two cores that this process may use.
///
/// # Errors
///
/// If there is only one, or only what the machine makes look like several.
pub(crate) fn two() -> Result<[usize; 2], String> {
    let cores = core_affinity::get_core_ids().unwrap_or_default();
    let cores: Vec<usize> = cores.iter().map(|core| core.id).collect();
    apart(&cores, siblings).ok_or_else(|| {
        format!("two threads need two cores, and this process has {}: {cores:?}", cores.len())
    })
}

/// Keeps this thread on that core; false if the system refuses.
pub(crate) fn pin(core: usize) -> bool {
    core_affinity::set_for_current(CoreId { id: core })
}

/// The first of them, and the first of the others that is no sibling of it.
fn apart(cores: &[usize], siblings: impl Fn(usize) -> Vec<usize>) -> Option<[usize; 2]> {
    let (&one, others) = cores.split_first()?;
    let siblings = siblings(one);
    others.iter().find(|other| !siblings.contains(other)).map(|&other| [one, other])
}

/// The hardware threads of the same core, where Linux says so.
fn siblings(core: usize) -> Vec<usize> {
    let file = format!("/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list");
    fs::read_to_string(file).map(|text| list(text.trim())).unwrap_or_default()
}

/// What `0-1,64` means.
fn list(text: &str) -> Vec<usize> {
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.parse().ok()?..=last.parse().ok()?)
    };
    text.split(',').filter_map(range).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn siblings_are_one_core() {
        assert_eq!(list("0-1,64"), [0, 1, 64]);
        assert_eq!(list("5"), [5]);
        assert_eq!(list(""), [0; 0]);
        assert_eq!(apart(&[0, 1, 2], |_| vec![0, 1]), Some([0, 2]));
        assert_eq!(apart(&[3, 4], |_| vec![]), Some([3, 4]));
        assert_eq!(apart(&[0, 1], |_| vec![0, 1]), None);
        assert_eq!(apart(&[0], |_| vec![]), None);
    }
}
