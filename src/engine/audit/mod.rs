//! Audit: a dataset → findings with their rows, column profiles and dimension scores.
