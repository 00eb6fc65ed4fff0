//! Comparison: two or more models on the same rows, with significance.
//!
//! In: scores of the models beside the labels (`CompareInput`). Out: `Comparison`: for each pair and metric the
//! difference, its interval, a paired test, Holm's adjustment, and a verdict in one sentence.
//!
//! Which test: AUC DeLong (Obuchowski's version where groups are drawn); accuracy exact McNemar; ranking metrics
//! a randomisation test over groups with Student's t beside it; every other metric the paired bootstrap.
//!
//! Invariant: all models see the same rows and the same resamples; swapping two models flips the sign and nothing else.

mod comparison;
mod difference;
mod judge;
mod multiplicity;
mod paired;
mod prepare;
mod rows;
mod verdict;

pub use comparison::{
    CompareConfig, CompareInput, ComparedModel, Comparison, CrossCheck, EffectSize, GroupChange, PairResult,
    ScoredModel, SegmentComparison, Test, WinTieLoss,
};
pub use judge::compare;
pub use multiplicity::holm;
pub use rows::{compare_rows, default_models};

#[cfg(test)]
mod reference_tests;
