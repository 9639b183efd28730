//! The engine of the pools, without what is bound to real threads and to the table of the process.

#[path = "../../src/pool/engine/budget.rs"]
pub(crate) mod budget;
#[path = "../../src/pool/engine/core.rs"]
pub(crate) mod core;
#[path = "../../src/pool/engine/depot.rs"]
pub(crate) mod depot;
#[path = "../../src/pool/engine/lock.rs"]
pub(crate) mod lock;
#[path = "../../src/pool/engine/slot.rs"]
pub(crate) mod slot;
#[path = "../../src/pool/engine/tag.rs"]
pub(crate) mod tag;
#[path = "../../src/pool/engine/waiting.rs"]
pub(crate) mod waiting;
#[path = "../../src/pool/engine/wanted.rs"]
pub(crate) mod wanted;
