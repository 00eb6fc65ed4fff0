//! What an analyst chose for each stage, as the project's settings keep it; read by the window, the flow and the
//! command line alike.
//!
//! Invariant: every choice has a default, and a project of an older version reads as the defaults.

use crate::engine::compare::CompareConfig;
use crate::engine::eval::EvalConfig;
use crate::engine::eval::suite::{ScoredRows, SuiteChoice};
use crate::engine::experiment::ExperimentConfig;
use crate::engine::features::FeatureConfig;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Names of the settings in the project.
pub mod key {
    pub const READ_OPTIONS: &str = "read_options";
    pub const RECIPE: &str = "recipe";
    pub const FEATURES: &str = "features";
    pub const TRAIN: &str = "train";
    pub const EVALUATE: &str = "evaluate";
    pub const COMPARE: &str = "compare";
    pub const EXPERIMENTS: &str = "experiments";
    /// Findings that may stay, with the reason.
    pub const ACCEPTED: &str = "accepted_findings";
}

/// Which models are evaluated on what, and how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EvaluateChoice {
    pub suite: SuiteChoice,
    pub config: EvalConfig,
}

impl EvaluateChoice {
    /// False where these rows were scored by another choice, as far as the rows tell.
    pub fn fits(&self, rows: &ScoredRows) -> bool {
        let group = rows.group.as_ref().map(|group| group.name.as_str());
        let has = |name: &String| rows.segments.iter().any(|segment| segment.name == *name);
        (self.suite.group.is_none() || self.suite.group.as_deref() == group) && self.suite.segments.iter().all(has)
    }
}

/// Which models are compared, and how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CompareChoice {
    /// Model names, the reference first; empty = baselines and newest models, at most four.
    pub models: Vec<String>,
    pub config: CompareConfig,
}

/// Which experiment log is read, and how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExperimentChoice {
    /// Empty = the project's experiment log.
    pub files: Vec<PathBuf>,
    /// `None` = as the columns look.
    pub config: Option<ExperimentConfig>,
}

/// True if a feature set built with `built` (every default decided) is what `wanted` asks for: what is left to decide
/// agrees with whatever was decided.
pub fn features_agree(wanted: &FeatureConfig, built: &FeatureConfig) -> bool {
    fn open_or<T: PartialEq>(wanted: &Option<T>, built: &Option<T>) -> bool {
        wanted.is_none() || wanted == built
    }
    open_or(&wanted.label, &built.label)
        && open_or(&wanted.text, &built.text)
        && open_or(&wanted.group, &built.group)
        && open_or(&wanted.split.strategy, &built.split.strategy)
        && wanted.split.ratios == built.split.ratios
        && wanted.split.embargo_secs == built.split.embargo_secs
        && wanted.features == built.features
        && (wanted.select == built.select || wanted.features.is_some())
        && wanted.max_rows == built.max_rows
        && wanted.seed == built.seed
}

/// The choice behind a set that was built without one: its sizes and seed, with everything the log decides left open.
pub fn undecided(built: &FeatureConfig) -> FeatureConfig {
    let mut config = built.clone();
    (config.label, config.text, config.group, config.features) = (None, None, None, built.features.clone());
    config.split.strategy = None;
    config
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_built_without_a_choice_agrees_with_the_choice_read_from_it() {
        let mut built = FeatureConfig {
            text: Some(vec!["query".to_owned()]),
            max_rows: Some(12_000),
            ..FeatureConfig::default()
        };
        built.split.ratios = [0.6, 0.2, 0.2];
        assert!(
            !features_agree(&FeatureConfig::default(), &built),
            "other sizes than today's defaults"
        );
        let choice = undecided(&built);
        assert!(features_agree(&choice, &built));
        assert_eq!((choice.text, choice.max_rows), (None, Some(12_000)));
    }
}
