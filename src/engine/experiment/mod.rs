//! Experiment: a randomised test read from a log.
