//! Features: point-in-time correct features, labels and splits. CleanDataset → FeatureSet.

pub mod binning;
mod candidates;
mod config;
mod error;
mod events;
mod history;
mod label;
mod mrmr;
pub mod score;
pub mod select;
pub mod split;

pub use candidates::FeatureGroup;
pub use config::{DEFAULT_MAX_ROWS, FeatureConfig, GroupBy, LabelRule, Scope, SplitConfig, Strategy};
pub use error::FeatureError;
pub use label::Dropped;
