//! The files of the model tests, compiled here as they are.

#[path = "../../model/buffer_pool.rs"]
pub(crate) mod buffer_pool;
#[path = "../../model/cow.rs"]
pub(crate) mod cow;
#[path = "../../model/fields.rs"]
pub(crate) mod fields;
#[path = "../../model/objects.rs"]
pub(crate) mod objects;
#[path = "../../model/scratch.rs"]
pub(crate) mod scratch;
#[path = "../../model/small_map.rs"]
pub(crate) mod small_map;
#[path = "../../model/small_set.rs"]
pub(crate) mod small_set;
#[path = "../../model/small_string.rs"]
pub(crate) mod small_string;
#[path = "../../model/str.rs"]
pub(crate) mod str;
