//! Every input of the corpus, and of what a fuzzer once found, as an ordinary test.

use std::fs;
use std::path::Path;

use thrifty_fuzz::TARGETS;

#[test]
fn every_input_of_the_corpus_passes() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for &(name, target) in TARGETS {
        let inputs: Vec<_> = fs::read_dir(corpus.join(name))
            .unwrap_or_else(|error| panic!("{name} has no corpus: {error}"))
            .map(|entry| entry.expect("readable").path())
            .collect();
        assert!(!inputs.is_empty(), "the corpus of {name} is empty");
        for input in inputs {
            let data = fs::read(&input).expect("readable");
            // What fails is on the screen before it does.
            print!("{name} {}", input.file_name().unwrap_or_default().display());
            target(&data);
            println!(": passed");
        }
    }
}

/// A program of its own for each target, or `cargo fuzz` would not find it.
#[test]
fn every_target_has_its_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("targets");
    let files = fs::read_dir(folder).expect("readable").count();
    assert_eq!(files, TARGETS.len());
}
