//! Which backend serves the process: decided once, by whoever asks first.
//!
//! ```text
//!  thread 1   read variable -> fill slot 0 --+
//!                                             +-- compare and exchange on one word: one wins,
//!  thread 2   read variable -> fill slot 1 --+    both go on with the winner's answer
//! ```
//!
//! Nobody waits: a thread that is stopped in the middle, by the scheduler, a signal or a `fork`,
//! holds up no other. Nothing here allocates, and no lock is taken.
//!
//! # Invariants
//!
//! - C1: `word` changes once, from 0 to an answer, and never again.
//! - C2: a slot is written by the one thread that drew its number, before that thread offers its
//!   answer, and never again.

use core::sync::atomic::Ordering;

use crate::sync::AtomicU32;

/// Bytes of the variable's text that are kept.
pub(super) const KEPT: usize = 40;

const WORDS: usize = KEPT / 4;

/// First requests at the same moment that can keep a text each. Beyond, an answer goes without one.
const SLOTS: usize = 4;

/// What [`Answer::slot`] holds when there is no text.
const NO_SLOT: u32 = 0xFF;

/// What was decided, and the text that it was decided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// A number of the caller's own, up to 255.
    pub(super) backend: u8,
    /// A number of the caller's own, up to 127.
    pub(super) why: u8,
    /// Length of the text, at most `KEPT`; one more if it was longer.
    pub(super) len: u8,
    pub(super) text: [u8; KEPT],
}

/// The one decision.
#[derive(Debug)]
#[cfg_attr(all(test, thrifty_loom), derive(Default))]
pub(super) struct Choice {
    /// 0, or an answer without its text: `1 << 31 | why << 24 | slot << 16 | len << 8 | backend`.
    word: AtomicU32,
    drawn: AtomicU32,
    slots: [[AtomicU32; WORDS]; SLOTS],
}

impl Choice {
    /// Nothing is decided yet.
    // Loom's atomics cannot be made in a constant: its models take `default`.
    #[cfg(not(all(test, thrifty_loom)))]
    pub(super) const fn new() -> Self {
        Self {
            word: AtomicU32::new(0),
            drawn: AtomicU32::new(0),
            slots: [const { [const { AtomicU32::new(0) }; WORDS] }; SLOTS],
        }
    }

    /// Returns the backend that was decided on, or makes the decision that `read` proposes.
    pub(super) fn backend_or_decide(&self, read: impl FnOnce() -> Answer) -> u8 {
        // Relaxed: only the number is used, which the word holds itself.
        let word = self.word.load(Ordering::Relaxed);
        if word != 0 {
            return backend(word);
        }
        let answer = read();
        let offered = self.write(&answer);
        let release = seeded!(Ordering::Release, "choice-text-unpublished" => Ordering::Relaxed);
        // Release: whoever reads the word sees the slot (C2). A failure yields the one answer that
        // there is (C1): a read-modify-write never reads an old value.
        match self.word.compare_exchange(0, offered, release, Ordering::Relaxed) {
            Ok(_) => answer.backend,
            Err(earlier) => seeded!(backend(earlier), "choice-own-proposal" => answer.backend),
        }
    }

    /// Returns the backend that was decided on.
    pub(super) fn backend(&self) -> Option<u8> {
        let word = self.word.load(Ordering::Relaxed);
        (word != 0).then(|| backend(word))
    }

    /// Returns all that was decided.
    pub(super) fn answer(&self) -> Option<Answer> {
        // Acquire: the slot was written before the word (C2).
        let word = self.word.load(Ordering::Acquire);
        if word == 0 {
            return None;
        }
        let [backend, len, slot, why] = word.to_le_bytes();
        let mut text = [0; KEPT];
        if let Some(slot) = self.slots.get(usize::from(slot)) {
            for (bytes, word) in text.chunks_exact_mut(4).zip(slot) {
                bytes.copy_from_slice(&word.load(Ordering::Relaxed).to_le_bytes());
            }
        }
        Some(Answer { backend, why: why & 0x7F, len, text })
    }

    /// Puts the text into a slot of its own and returns the word to offer.
    fn write(&self, answer: &Answer) -> u32 {
        let mut drawn = NO_SLOT;
        let mut len = 0;
        if answer.len > 0 {
            let number = self.drawn.fetch_add(1, Ordering::Relaxed);
            if let Some(slot) = self.slots.get(number as usize) {
                for (word, bytes) in slot.iter().zip(answer.text.chunks_exact(4)) {
                    let mut copy = [0; 4];
                    copy.copy_from_slice(bytes);
                    word.store(u32::from_le_bytes(copy), Ordering::Relaxed);
                }
                drawn = number;
                len = answer.len;
            }
        }
        let why = u32::from(answer.why & 0x7F);
        1 << 31 | why << 24 | drawn << 16 | u32::from(len) << 8 | u32::from(answer.backend)
    }
}

const fn backend(word: u32) -> u8 {
    word.to_le_bytes()[0]
}
