//! Two threads make the first request at once, and a third asks what was chosen.

use std::panic::{AssertUnwindSafe, catch_unwind};

use loom::sync::Arc;
use loom::thread;

use super::choice::{Answer, Choice, KEPT};

/// A proposal that can be told from the others in each of its parts.
fn proposal(number: u8) -> Answer {
    Answer { backend: number, why: number, len: 4, text: [number; KEPT] }
}

/// What is seen of an answer, which by then has been made; its text only as far as it is kept.
fn seen(choice: &Choice) -> Answer {
    choice.answer().expect("a thread that was served sees the choice")
}

/// The second thread reads another value: between the two the environment was changed.
fn two_first_requests(serve: fn(&Choice, u8) -> u8) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(move || {
        let choice = Arc::new(Choice::default());
        let thread = {
            let choice = Arc::clone(&choice);
            thread::spawn(move || (serve(&choice, 1), seen(&choice)))
        };
        // Whoever asks in between sees nothing, or all of it.
        if let Some(answer) = choice.answer() {
            assert_eq!(answer, proposal(answer.backend));
        }
        let mine = (serve(&choice, 2), seen(&choice));
        let theirs = thread.join().unwrap();
        assert_eq!(mine, theirs);
        assert_eq!(mine.1, proposal(mine.0));
        assert_eq!(choice.backend(), Some(mine.0));
    });
}

#[test]
fn all_are_served_by_the_backend_that_was_chosen() {
    two_first_requests(|choice, number| choice.backend_or_decide(|| proposal(number)));
}

/// The seeded bug: a thread takes what it proposed instead of what was chosen.
#[test]
fn the_model_sees_a_thread_that_insists() {
    let insist = |choice: &Choice, number| {
        let _ = choice.backend_or_decide(|| proposal(number));
        number
    };
    let failed = catch_unwind(AssertUnwindSafe(|| two_first_requests(insist)));
    assert!(failed.is_err(), "the seeded bug was not found");
}
