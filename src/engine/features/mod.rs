//! Features: a clean log → a feature set, point-in-time correct: only what was known before the event.
