//! Evaluation: scores and labels → metrics with intervals, curves and slices.
