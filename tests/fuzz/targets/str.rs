#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| thrifty_fuzz::str(data));
