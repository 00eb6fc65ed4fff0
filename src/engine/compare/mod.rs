//! Comparison: two or more models on the same rows, with significance.
