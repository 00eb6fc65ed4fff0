//! The feature set as data: `feature_set.json` beside its tables.
//!
//! Invariant: `text`, `numeric` and `categorical` name columns of every table; the tables' other columns are `label`, `group`, and
//! `__line`, `__user`, `__item`, `__time` that lead back to the log.

use super::candidates::FeatureGroup;
use super::config::{FeatureConfig, LabelRule, Strategy};
use super::error::FeatureError;
use super::label::Dropped;
use super::leakage::LeakCheck;
use super::select::{FeatureKind, Scores};
use crate::engine::artifact::{Bilingual, ContentHash, Provenance};
use crate::engine::run::config::TrainData;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Name of the JSON file in a feature set's folder.
pub const FEATURE_SET_FILE: &str = "feature_set.json";
/// Column of 0 and 1 in the tables.
pub const LABEL_COLUMN: &str = "label";
/// Column whose values form ranking groups.
pub const GROUP_COLUMN: &str = "group";

/// Columns of the tables that are no feature and no text.
pub(super) const RESERVED: [&str; 6] = [LABEL_COLUMN, GROUP_COLUMN, "__line", "__user", "__item", "__time"];

/// The name of a feature or text made of a column of the table; a mark is put on one that is taken.
pub(super) fn free_name(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut name = name.to_owned();
    while RESERVED.contains(&name.as_str()) || is_taken(&name) {
        name.push('_');
    }
    name
}

/// Features, label and split, built point-in-time correct.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeatureSet {
    pub version: u32,
    /// Over the configuration as resolved and the content of the tables.
    pub hash: ContentHash,
    /// Inputs: the log, then the item table if there is one.
    pub provenance: Provenance,
    pub name: String,
    pub label: LabelSummary,
    pub features: Vec<FeatureReport>,
    pub split: SplitReport,
    pub files: Files,
    /// One text column a model reads, or two for a pair.
    pub text: Vec<String>,
    /// Numeric columns a model reads.
    pub numeric: Vec<String>,
    /// Categorical columns a model reads.
    #[serde(default)]
    pub categorical: Vec<String>,
    pub label_column: String,
    /// What `group` holds: session, query or user; none if rows have none of them.
    pub group: Option<String>,
    pub group_column: Option<String>,
    /// Rows of the log that are no example, by reason.
    pub dropped: Dropped,
    /// The configuration with every default decided.
    pub config: FeatureConfig,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelSummary {
    pub rule: LabelRule,
    pub description: Bilingual,
    /// Before `max_rows` was applied.
    pub candidates: u64,
    pub rows: u64,
    pub positives: u64,
    pub positive_rate: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeatureReport {
    pub name: String,
    pub kind: FeatureKind,
    pub group: FeatureGroup,
    pub description: Bilingual,
    #[serde(flatten)]
    pub scores: Scores,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SplitReport {
    pub strategy: Strategy,
    pub ratios: [f64; 3],
    pub seed: u64,
    /// First microsecond (UTC) of valid and of test; time split only.
    pub boundaries: Option<[i64; 2]>,
    pub parts: Vec<PartReport>,
    pub leaks: Vec<LeakCheck>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartReport {
    /// `train`, `valid` or `test`.
    pub name: String,
    pub rows: u64,
    pub positives: u64,
    pub positive_rate: Option<f64>,
    /// Microseconds since the epoch, UTC.
    pub first_time: Option<i64>,
    pub last_time: Option<i64>,
    pub users: Option<u64>,
    pub items: Option<u64>,
    pub groups: Option<u64>,
}

/// File names inside the folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files {
    pub train: String,
    pub valid: Option<String>,
    pub test: String,
}

impl FeatureSet {
    /// Reads `feature_set.json` in `dir`.
    pub fn load(dir: &Path) -> Result<Self, FeatureError> {
        let path = dir.join(FEATURE_SET_FILE);
        let text = std::fs::read_to_string(&path).map_err(|source| FeatureError::Io {
            action: "read",
            path: path.clone(),
            source,
        })?;
        serde_json::from_str(&text).map_err(|error| FeatureError::NotAFeatureSet {
            path,
            reason: error.to_string(),
        })
    }

    /// What a training run needs to know, with paths under `dir`.
    pub fn train_data(&self, dir: &Path) -> TrainData {
        TrainData {
            train: dir.join(&self.files.train),
            valid: self.files.valid.as_ref().map(|file| dir.join(file)),
            test: Some(dir.join(&self.files.test)),
            valid_ratio: if self.files.valid.is_some() { 0.0 } else { 0.1 },
            text: self.text.clone(),
            numeric: self.numeric.clone(),
            categorical: self.categorical.clone(),
            label: self.label_column.clone(),
            group: self.group_column.clone(),
        }
    }

    /// Names of the numbers and categories a model reads.
    pub fn inputs(&self) -> Vec<String> {
        self.numeric.iter().chain(&self.categorical).cloned().collect()
    }

    /// The features in the order people want them: chosen first, then by rank, then by name.
    pub fn by_rank(&self) -> Vec<&FeatureReport> {
        let mut ordered: Vec<&FeatureReport> = self.features.iter().collect();
        ordered.sort_by(|a, b| {
            let key = |f: &FeatureReport| (!f.scores.selected, f.scores.mrmr_rank.unwrap_or(u32::MAX));
            key(a).cmp(&key(b)).then_with(|| a.name.cmp(&b.name))
        });
        ordered
    }
}
