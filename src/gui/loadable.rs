//! Anything that takes time: nothing yet, on its way, there, or failed.

use crate::engine::progress::Progress;
use std::sync::Arc;

/// `previous` keeps the page full while a new result is on its way, so that nothing flickers.
#[derive(Debug, Default)]
pub enum Loadable<T> {
    #[default]
    Empty,
    Loading {
        previous: Option<Arc<T>>,
        progress: Progress,
    },
    Ready(Arc<T>),
    Failed {
        error: String,
        previous: Option<Arc<T>>,
    },
}

impl<T> Loadable<T> {
    /// The value to draw: the current one, or the one before while loading or after a failure.
    pub fn value(&self) -> Option<&Arc<T>> {
        match self {
            Self::Empty => None,
            Self::Ready(value) => Some(value),
            Self::Loading { previous, .. } | Self::Failed { previous, .. } => previous.as_ref(),
        }
    }

    /// The value only if it is current.
    pub fn ready(&self) -> Option<&Arc<T>> {
        match self {
            Self::Ready(value) => Some(value),
            _ => None,
        }
    }

    pub fn is_loading(&self) -> bool {
        matches!(self, Self::Loading { .. })
    }

    pub fn error(&self) -> Option<&str> {
        match self {
            Self::Failed { error, .. } => Some(error),
            _ => None,
        }
    }

    /// Turns to Loading, keeping what was there.
    pub fn start(&mut self, progress: Progress) {
        let previous = self.take_value();
        *self = Self::Loading { previous, progress };
    }

    /// Turns to Ready or Failed; a cancelled job puts back what was there before.
    pub fn finish(&mut self, outcome: Result<T, super::jobs::JobFailure>) {
        let previous = self.take_value();
        *self = match outcome {
            Ok(value) => Self::Ready(Arc::new(value)),
            Err(super::jobs::JobFailure::Cancelled) => previous.map_or(Self::Empty, Self::Ready),
            Err(super::jobs::JobFailure::Failed(error)) => Self::Failed { error, previous },
        };
    }

    /// Puts an earlier result where there is none yet; one that is on its way replaces it.
    pub fn offer(&mut self, value: T) {
        match self {
            Self::Empty => *self = Self::Ready(Arc::new(value)),
            Self::Loading { previous, .. } if previous.is_none() => *previous = Some(Arc::new(value)),
            Self::Loading { .. } | Self::Ready(_) | Self::Failed { .. } => {}
        }
    }

    fn take_value(&mut self) -> Option<Arc<T>> {
        match std::mem::take(self) {
            Self::Empty => None,
            Self::Ready(value) => Some(value),
            Self::Loading { previous, .. } | Self::Failed { previous, .. } => previous,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::jobs::JobFailure;
    use super::*;

    #[test]
    fn a_cancelled_job_puts_back_what_was_there() {
        let mut value = Loadable::Ready(Arc::new(1));
        value.start(Progress::new());
        assert!(value.is_loading());
        assert_eq!(value.value().map(|v| **v), Some(1));
        value.finish(Err(JobFailure::Cancelled));
        assert_eq!(value.ready().map(|v| **v), Some(1));
    }

    #[test]
    fn an_earlier_result_is_shown_only_where_there_is_none() {
        let mut value = Loadable::Empty;
        value.offer(1);
        assert_eq!(value.ready().map(|v| **v), Some(1));
        value.offer(2);
        assert_eq!(value.ready().map(|v| **v), Some(1), "what is there stays");
        let mut value = Loadable::Empty;
        value.start(Progress::new());
        value.offer(3);
        assert_eq!((value.value().map(|v| **v), value.is_loading()), (Some(3), true));
    }

    #[test]
    fn a_failure_keeps_the_previous_value_and_the_reason() {
        let mut value = Loadable::Ready(Arc::new(1));
        value.start(Progress::new());
        value.finish(Err(JobFailure::Failed("no".into())));
        assert_eq!(value.error(), Some("no"));
        assert_eq!(value.value().map(|v| **v), Some(1));
        assert!(value.ready().is_none());
    }
}
