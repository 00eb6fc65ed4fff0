//! What the audit page works out about the finding that is open: its rows as they are asked for, and what its repair
//! does.

use crate::engine::audit::row_view::RowQuery;
use crate::engine::progress::Progress;
use crate::engine::recipe::Preview;
use crate::gui::jobs::JobFailure;
use crate::gui::loadable::Loadable;

/// An answer and what it answers, so that an answer that comes late is dropped.
pub struct Asked<Q, T> {
    question: Option<Q>,
    answer: Loadable<T>,
}

/// The rows behind a finding (index into the report), chosen and ordered.
pub type ArrangedRows = Asked<(usize, RowQuery), Vec<u32>>;

/// What the repair of a finding (index into the report) does to the log.
pub type RepairPreview = Asked<usize, Preview>;

/// Work on the index of a log; it ends with its owner.
pub struct Indexing(Progress);

impl Indexing {
    pub fn new(progress: Progress) -> Self {
        Self(progress)
    }
}

impl Drop for Indexing {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

impl<Q, T> Default for Asked<Q, T> {
    fn default() -> Self {
        Self {
            question: None,
            answer: Loadable::Empty,
        }
    }
}

impl<Q: PartialEq, T> Asked<Q, T> {
    /// Puts a new question; work on the one before is told to stop.
    pub fn ask(&mut self, question: Q, progress: Progress) {
        self.stop();
        self.question = Some(question);
        self.answer.start(progress);
    }

    /// Takes the answer if the question still stands.
    pub fn answer(&mut self, question: &Q, outcome: Result<T, JobFailure>) {
        if self.is_asked(question) {
            self.answer.finish(outcome);
        }
    }

    pub fn is_asked(&self, question: &Q) -> bool {
        self.question.as_ref() == Some(question)
    }

    pub fn question(&self) -> Option<&Q> {
        self.question.as_ref()
    }

    /// The answer, or the one before while this is worked out.
    pub fn value(&self) -> &Loadable<T> {
        &self.answer
    }

    /// Forgets question and answer.
    pub fn clear(&mut self) {
        self.stop();
        *self = Self::default();
    }

    fn stop(&self) {
        if let Loadable::Loading { progress, .. } = &self.answer {
            progress.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_to_an_earlier_question_is_dropped() {
        let mut asked: Asked<u32, &str> = Asked::default();
        let first = Progress::new();
        asked.ask(1, first.clone());
        asked.ask(2, Progress::new());
        assert!(first.is_cancelled());
        asked.answer(&1, Ok("late"));
        assert!(asked.value().is_loading());
        asked.answer(&2, Ok("right"));
        assert_eq!(asked.value().ready().map(|value| **value), Some("right"));
        asked.clear();
        assert!(asked.question().is_none() && asked.value().value().is_none());
    }
}
