//! Log + configuration → feature set: examples, split, features, scores, tables.
//!
//! Invariant: nothing is left half-written; the folder appears whole or not at all.

use super::candidates::{Candidate, FeatureGroup, candidates};
use super::categorical::{CategoricalCandidate, categorical};
use super::config::{FeatureConfig, GroupBy, LabelRule};
use super::error::FeatureError;
use super::events::Events;
use super::funnel::Funnel;
use super::history::compute;
use super::keep::{keep_at_most, retain};
use super::label::{Examples, default_rule, examples};
use super::parts::Keys;
use super::select::{FeatureKind, Rows, Scores, Values, score_features};
use super::set::{FeatureReport, FeatureSet, Files, LabelSummary};
use super::split::{Part, Split, SplitInput, split};
use super::texts::{TextColumn, texts};
use super::write::{Tables, write};
use crate::engine::artifact::{Bilingual, ContentHash, Provenance};
use crate::engine::ingest::Dataset;
use crate::engine::progress::Progress;
use std::path::Path;

/// Version of `feature_set.json`.
pub const FEATURE_SET_VERSION: u32 = 1;

/// What a feature set is built from.
#[derive(Clone, Copy)]
pub struct FeatureInput<'a> {
    pub log: &'a Dataset,
    /// One row an item; joined by item id.
    pub items: Option<&'a Dataset>,
    /// Unix time in milliseconds, for the provenance.
    pub created_ms: u64,
}

/// Builds the feature set and writes it to `out_dir` (replacing an earlier feature set there).
pub fn build(
    input: &FeatureInput<'_>,
    config: &FeatureConfig,
    out_dir: &Path,
    progress: &Progress,
) -> Result<FeatureSet, FeatureError> {
    let events = Events::new(input.log, input.items, progress)?;
    progress.set(0.2);
    let rule = match &config.label {
        Some(rule) => rule.clone(),
        None => default_rule(&events)?,
    };
    let mut found = examples(&events, &rule, progress)?;
    let candidates_before = found.rows.len() as u64;
    progress.set(0.3);
    let group_by = config.group.or_else(|| default_group(&events));
    keep_at_most(&events, &mut found, group_by, config);
    let split = divide(&events, &mut found, config)?;
    let features = candidates(&events, &rule);
    let columns = compute(&events, &features, Funnel::new(&events, &rule), &found.rows, progress)?;
    progress.set(0.6);
    let names = categorical(&events, &rule, &features)?;
    let (text_columns, default_text) = texts(&events, &rule, &found.rows, &features, progress)?;
    let text = chosen_text(config, &text_columns, default_text)?;
    progress.set(0.7);
    let columns: Vec<Values> = columns
        .into_iter()
        .map(Values::Numeric)
        .chain(names.iter().map(|feature| feature.values(&events, &found.rows)))
        .collect();
    let features = (features.into_iter().map(Feature::from))
        .chain(names.into_iter().map(Feature::from))
        .collect();
    let built = Built {
        events: &events,
        rule,
        found,
        split,
        group_by,
        features,
        text_columns,
        text,
        candidates_before,
    };
    let scores = built.scores(&columns, config, progress)?;
    progress.set(0.85);
    progress.phase("writing the tables", "写入数据表");
    let tables = Tables::new(&built, &columns)?;
    let set = built.feature_set(input, config, scores, &tables)?;
    write(&tables, &set, out_dir, progress)?;
    progress.set(1.0);
    Ok(set)
}

/// A feature that has scores.
pub(super) struct Feature {
    pub name: String,
    kind: FeatureKind,
    group: FeatureGroup,
    description: Bilingual,
}

impl From<Candidate> for Feature {
    fn from(candidate: Candidate) -> Self {
        Self {
            name: candidate.name,
            kind: FeatureKind::Numeric,
            group: candidate.group,
            description: candidate.description,
        }
    }
}

impl From<CategoricalCandidate<'_>> for Feature {
    fn from(candidate: CategoricalCandidate<'_>) -> Self {
        Self {
            name: candidate.name,
            kind: FeatureKind::Categorical,
            group: candidate.group,
            description: candidate.description,
        }
    }
}

/// Everything that is known before the tables are written.
pub(super) struct Built<'a> {
    pub events: &'a Events<'a>,
    pub rule: LabelRule,
    pub found: Examples,
    pub split: Split,
    pub group_by: Option<GroupBy>,
    /// Numbers, then categories.
    pub features: Vec<Feature>,
    pub text_columns: Vec<TextColumn>,
    pub text: Vec<String>,
    candidates_before: u64,
}

fn default_group(events: &Events<'_>) -> Option<GroupBy> {
    [
        (events.session.is_some(), GroupBy::Session),
        (events.query.is_some(), GroupBy::Query),
        (events.user.is_some(), GroupBy::User),
    ]
    .into_iter()
    .find(|(known, _)| *known)
    .map(|(_, group)| group)
}

/// The code of a row's group.
pub(super) fn group_of(events: &Events<'_>, group: Option<GroupBy>, row: usize) -> Option<u32> {
    let codes = match group? {
        GroupBy::Session => events.session.as_ref(),
        GroupBy::Query => events.query.as_ref(),
        GroupBy::User => events.user.as_ref(),
    };
    codes?.get(row)
}

/// Splits the examples; those that belong to no part are dropped and counted.
fn divide(events: &Events<'_>, found: &mut Examples, config: &FeatureConfig) -> Result<Split, FeatureError> {
    let keys = Keys::new(events, &found.rows);
    let input = SplitInput {
        num_rows: found.rows.len(),
        times: keys.times.as_deref(),
        users: keys.users.as_deref(),
        seed: config.seed,
    };
    let mut split = split(&input, &config.split)?;
    let keep: Vec<bool> = split.parts.iter().map(Option::is_some).collect();
    found.dropped.unassigned = keep.iter().filter(|keep| !**keep).count() as u64;
    retain(found, &keep);
    split.parts.retain(Option::is_some);
    Ok(split)
}

fn chosen_text(
    config: &FeatureConfig,
    columns: &[TextColumn],
    default: Vec<String>,
) -> Result<Vec<String>, FeatureError> {
    let Some(wanted) = &config.text else { return Ok(default) };
    if wanted.len() > 2 {
        return Err(FeatureError::OutOfRange {
            field: "text",
            value: wanted.join(", "),
            needed: "one column, or two for a pair",
        });
    }
    for name in wanted {
        if !columns.iter().any(|column| column.name == *name) {
            return Err(FeatureError::UnknownFeature { name: name.clone() });
        }
    }
    Ok(wanted.clone())
}

impl Built<'_> {
    fn scores(
        &self,
        columns: &[Values],
        config: &FeatureConfig,
        progress: &Progress,
    ) -> Result<Vec<Scores>, FeatureError> {
        let (train, test) = (self.split.rows_of(Part::Train), self.split.rows_of(Part::Test));
        let rows = Rows {
            train: &train,
            test: &test,
            labels: &self.found.labels,
        };
        let mut scores = score_features(columns, &rows, &config.select, progress)?;
        if let Some(wanted) = &config.features {
            let known = |name: &String| self.features.iter().any(|feature| feature.name == *name);
            if let Some(name) = wanted.iter().find(|name| !known(name)) {
                return Err(FeatureError::UnknownFeature { name: name.clone() });
            }
            for (feature, scores) in self.features.iter().zip(&mut scores) {
                scores.selected = wanted.contains(&feature.name);
            }
        }
        Ok(scores)
    }

    fn feature_set(
        &self,
        input: &FeatureInput<'_>,
        config: &FeatureConfig,
        scores: Vec<Scores>,
        tables: &Tables,
    ) -> Result<FeatureSet, FeatureError> {
        let features = self.reports(scores);
        let chosen = |kind: FeatureKind| -> Vec<String> {
            let chosen = features
                .iter()
                .filter(|feature| feature.kind == kind && feature.scores.selected);
            chosen.map(|feature| feature.name.clone()).collect()
        };
        let (numeric, categorical) = (chosen(FeatureKind::Numeric), chosen(FeatureKind::Categorical));
        let resolved = FeatureConfig {
            label: Some(self.rule.clone()),
            text: Some(self.text.clone()),
            group: self.group_by,
            split: super::config::SplitConfig {
                strategy: Some(self.split.strategy),
                ..config.split.clone()
            },
            ..config.clone()
        };
        let inputs: Vec<ContentHash> = std::iter::once(input.log)
            .chain(input.items)
            .map(|table| table.info.hash.clone())
            .collect();
        let config_hash = ContentHash::of_json(&resolved);
        let positives = self.found.labels.iter().filter(|label| **label).count() as u64;
        let rows = self.found.rows.len() as u64;
        let has_valid = config.split.ratios[1] > 0.0;
        Ok(FeatureSet {
            version: FEATURE_SET_VERSION,
            hash: ContentHash::of_json(&(&config_hash, tables.hash()?)),
            provenance: Provenance::new(input.created_ms, inputs, config_hash, Some(config.seed)),
            name: input.log.info.name.clone(),
            label: LabelSummary {
                description: self.rule.describe(),
                rule: self.rule.clone(),
                candidates: self.candidates_before,
                rows,
                positives,
                positive_rate: positives as f64 / rows.max(1) as f64,
            },
            features,
            split: self.split_report(config),
            files: Files {
                train: "train.parquet".to_owned(),
                valid: has_valid.then(|| "valid.parquet".to_owned()),
                test: "test.parquet".to_owned(),
            },
            text: self.text.clone(),
            numeric,
            categorical,
            label_column: super::set::LABEL_COLUMN.to_owned(),
            group: self.group_by.map(|group| group.name().to_owned()),
            group_column: self.group_by.map(|_| super::set::GROUP_COLUMN.to_owned()),
            dropped: self.found.dropped,
            config: resolved,
        })
    }

    fn reports(&self, scores: Vec<Scores>) -> Vec<FeatureReport> {
        let scored = self.features.iter().zip(scores).map(|(feature, scores)| FeatureReport {
            name: feature.name.clone(),
            kind: feature.kind,
            group: feature.group,
            description: feature.description.clone(),
            scores,
        });
        let text = self.text_columns.iter().map(|column| FeatureReport {
            name: column.name.clone(),
            kind: FeatureKind::Text,
            group: FeatureGroup::Text,
            description: column.description.clone(),
            scores: Scores {
                selected: self.text.contains(&column.name),
                missing_share: column.values.iter().filter(|text| text.is_empty()).count() as f64
                    / column.values.len().max(1) as f64,
                ..Scores::default()
            },
        });
        scored.chain(text).collect()
    }
}
