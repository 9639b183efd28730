//! A field's `Clone` panics: fields before it are new, the others as they were.

use thrifty::fault::{Bomb, Fuse};
use thrifty::share::clone_from;

use crate::tally::each_panic_point;

struct Three {
    first: Bomb,
    list: Vec<Bomb>,
    last: Bomb,
}
clone_from! { impl Clone for Three { first, list, last } }

impl Three {
    fn new(fuse: Fuse, value: u32) -> Self {
        Self {
            first: fuse.bomb(value),
            list: vec![fuse.bomb(value), fuse.bomb(value)],
            last: fuse.bomb(value),
        }
    }

    fn values(&self) -> Vec<u32> {
        [&self.first].into_iter().chain(&self.list).chain([&self.last]).map(Bomb::get).collect()
    }
}

#[test]
fn clone() {
    let panics = each_panic_point(|fuse| {
        let source = Three::new(fuse, 1);
        let copy = fuse.catch(|| source.clone());
        assert_eq!(source.values(), [1; 4]);
        assert!(copy.is_err() || copy.unwrap().values() == [1; 4]);
    });
    assert_eq!(panics.points, 4 + 2 * 4, "four clones, eight drops");
    panics.assert_clean();
}

#[test]
fn clone_from() {
    let panics = each_panic_point(|fuse| {
        let (source, mut target) = (Three::new(fuse, 2), Three::new(fuse, 1));
        let copied = fuse.catch(|| target.clone_from(&source));
        assert_eq!(source.values(), [2; 4]);
        let values = target.values();
        assert!(values.is_sorted_by(|before, after| before >= after), "new, then old: {values:?}");
        assert!(copied.is_err() || values == [2; 4]);
        // Still a value to work with.
        let _ = fuse.catch(|| target.clone_from(&source));
    });
    assert!(panics.points > 8);
    panics.assert_clean();
}
