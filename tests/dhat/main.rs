//! dhat tests.
fn main() {}
