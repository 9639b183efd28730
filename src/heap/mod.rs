//! Room `heap`.
