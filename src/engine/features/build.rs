//! Log + configuration → feature set: examples, split, features, scores, tables.
//!
//! Invariant: nothing is left half-written; the folder appears whole or not at all.

use super::candidates::{Candidate, FeatureGroup, candidates};
use super::config::{FeatureConfig, GroupBy, LabelRule};
use super::error::FeatureError;
use super::events::Events;
use super::funnel::Funnel;
use super::history::compute;
use super::keep::{keep_at_most, retain};
use super::label::{Examples, default_rule, examples};
use super::leakage::{LeakInput, leak_checks};
use super::select::{FeatureKind, Rows, Scores, Values, score_features};
use super::set::{FeatureReport, FeatureSet, Files, LabelSummary, PartReport, SplitReport};
use super::split::{Part, Split, SplitInput, split, text_key};
use super::texts::{TextColumn, texts};
use super::write::{Tables, write};
use crate::engine::artifact::{ContentHash, Provenance};
use crate::engine::ingest::Dataset;
use crate::engine::progress::Progress;
use crate::engine::random::mix64;
use hashbrown::HashSet;
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
    let (text_columns, default_text) = texts(&events, &rule, &found.rows, &features, progress)?;
    let text = chosen_text(config, &text_columns, default_text)?;
    progress.set(0.7);
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
    let columns: Vec<Values> = columns.into_iter().map(Values::Numeric).collect();
    let scores = built.scores(&columns, config, progress)?;
    progress.set(0.85);
    progress.phase("writing the tables", "写入数据表");
    let tables = Tables::new(&built, &columns)?;
    let set = built.feature_set(input, config, scores, &tables)?;
    write(&tables, &set, out_dir, progress)?;
    progress.set(1.0);
    Ok(set)
}

/// Everything that is known before the tables are written.
pub(super) struct Built<'a> {
    pub events: &'a Events<'a>,
    rule: LabelRule,
    pub found: Examples,
    pub split: Split,
    pub group_by: Option<GroupBy>,
    pub features: Vec<Candidate>,
    pub text_columns: Vec<TextColumn>,
    text: Vec<String>,
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

/// Times and names of the examples; names as hashes, so that the order of the file does not matter.
struct Keys {
    times: Option<Vec<Option<i64>>>,
    users: Option<Vec<Option<u64>>>,
    items: Option<Vec<Option<u64>>>,
    sessions: Option<Vec<Option<u64>>>,
}

impl Keys {
    fn new(events: &Events<'_>, rows: &[u32]) -> Self {
        use crate::engine::artifact::Role;
        let hashed = |role: Role| -> Option<Vec<Option<u64>>> {
            let cells = super::events::role_cells(events.dataset, role).ok()??;
            Some(
                rows.iter()
                    .map(|&row| cells.show(row as usize).map(|id| text_key(&id)))
                    .collect(),
            )
        };
        Self {
            times: events
                .time
                .as_ref()
                .map(|_| rows.iter().map(|&row| events.time_of(row as usize)).collect()),
            users: hashed(Role::User),
            items: hashed(Role::Item),
            sessions: hashed(Role::Session),
        }
    }
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
        let numeric = features
            .iter()
            .filter(|feature| feature.kind == FeatureKind::Numeric && feature.scores.selected)
            .map(|feature| feature.name.clone())
            .collect();
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
            label_column: super::set::LABEL_COLUMN.to_owned(),
            group: self.group_by.map(|group| group.name().to_owned()),
            group_column: self.group_by.map(|_| super::set::GROUP_COLUMN.to_owned()),
            dropped: self.found.dropped,
            config: resolved,
        })
    }

    fn reports(&self, scores: Vec<Scores>) -> Vec<FeatureReport> {
        let numeric = self.features.iter().zip(scores).map(|(feature, scores)| FeatureReport {
            name: feature.name.clone(),
            kind: FeatureKind::Numeric,
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
        numeric.chain(text).collect()
    }

    fn split_report(&self, config: &FeatureConfig) -> SplitReport {
        let keys = Keys::new(self.events, &self.found.rows);
        let read: Vec<&TextColumn> = self
            .text_columns
            .iter()
            .filter(|c| self.text.contains(&c.name))
            .collect();
        let text_of = |row: usize| {
            read.iter()
                .fold(0, |key, column| mix64(key ^ text_key(&column.values[row])))
        };
        let texts: Vec<u64> = (0..self.found.rows.len()).map(text_of).collect();
        let leaks = LeakInput {
            times: keys.times.as_deref(),
            users: keys.users.as_deref(),
            items: keys.items.as_deref(),
            sessions: keys.sessions.as_deref(),
            texts: (!read.is_empty()).then_some(texts.as_slice()),
            label_window: match &self.rule {
                LabelRule::Followed { within_secs, .. } => Some((within_secs * 1e6) as i64),
                LabelRule::Column { .. } => None,
            },
        };
        SplitReport {
            strategy: self.split.strategy,
            ratios: config.split.ratios,
            seed: config.seed,
            boundaries: self.split.boundaries,
            parts: Part::ALL
                .into_iter()
                .map(|part| self.part_report(part, &keys))
                .collect(),
            leaks: leak_checks(&leaks, &self.split.parts, self.split.strategy),
        }
    }

    fn part_report(&self, part: Part, keys: &Keys) -> PartReport {
        let rows = self.split.rows_of(part);
        let positives = rows.iter().filter(|&&row| self.found.labels[row as usize]).count() as u64;
        let times = || {
            let times = keys.times.as_ref();
            rows.iter().filter_map(move |&row| times?[row as usize])
        };
        let distinct = |keys: &Option<Vec<Option<u64>>>| {
            let keys = keys.as_ref()?;
            Some(
                rows.iter()
                    .filter_map(|&row| keys[row as usize])
                    .collect::<HashSet<u64>>()
                    .len() as u64,
            )
        };
        let groups: HashSet<u32> = rows
            .iter()
            .filter_map(|&row| group_of(self.events, self.group_by, self.found.rows[row as usize] as usize))
            .collect();
        PartReport {
            name: part.name().to_owned(),
            rows: rows.len() as u64,
            positives,
            positive_rate: (!rows.is_empty()).then(|| positives as f64 / rows.len() as f64),
            first_time: times().min(),
            last_time: times().max(),
            users: distinct(&keys.users),
            items: distinct(&keys.items),
            groups: self.group_by.map(|_| groups.len() as u64),
        }
    }
}
