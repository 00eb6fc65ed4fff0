//! Features: point-in-time correct features, labels and splits. CleanDataset → FeatureSet.
//!
//! Flow: `events` (the log in codes) → `label` (examples) → `split` → `history`, `categorical` and `texts` (what was
//! known before each example) → `select` (scores on the training rows) → `write`.

pub mod binning;
mod build;
mod candidates;
mod categorical;
mod config;
mod error;
mod events;
mod funnel;
mod history;
mod keep;
mod label;
pub mod leakage;
mod mrmr;
mod outline;
mod parts;
pub mod score;
pub mod select;
mod set;
pub mod split;
mod table_select;
mod texts;
mod write;

pub use build::{FEATURE_SET_VERSION, FeatureInput, build};
pub use candidates::FeatureGroup;
pub use config::{DEFAULT_MAX_ROWS, FeatureConfig, GroupBy, LabelRule, Scope, SplitConfig, Strategy};
pub use error::FeatureError;
pub use label::Dropped;
pub use leakage::LeakCheck;
pub use outline::{LogOutline, OutlinedFeature, outline};
pub use select::{FeatureKind, HistogramBin, Scores, SelectConfig, ValueCount};
pub use set::{
    FEATURE_SET_FILE, FeatureReport, FeatureSet, Files, GROUP_COLUMN, LABEL_COLUMN, LabelSummary, PartReport,
    SplitReport,
};
pub use split::Part;
pub use table_select::{ColumnScores, TableSelection, select_columns};

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod tests_support;
