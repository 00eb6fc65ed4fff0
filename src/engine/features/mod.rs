//! Features: point-in-time correct features, labels and splits. CleanDataset → FeatureSet.

pub mod binning;
mod error;
mod mrmr;
pub mod score;
pub mod select;

pub use error::FeatureError;
