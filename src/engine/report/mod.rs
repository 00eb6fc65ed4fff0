//! Report: self-contained HTML and JSON of an audit, an evaluation, an experiment.
