//! Infer: a checkpoint and rows → scores.
