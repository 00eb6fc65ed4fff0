//! What a split made of the examples: rows, times, users and items of each part, and the leaks between them.

use super::build::{Built, group_of};
use super::config::{FeatureConfig, LabelRule};
use super::events::Events;
use super::leakage::{LeakInput, leak_checks};
use super::set::{PartReport, SplitReport};
use super::split::{Part, text_key};
use super::texts::TextColumn;
use crate::engine::random::mix64;
use hashbrown::HashSet;

/// Times and names of the examples; names as hashes, so that the order of the file does not matter.
pub(super) struct Keys {
    pub times: Option<Vec<Option<i64>>>,
    pub users: Option<Vec<Option<u64>>>,
    items: Option<Vec<Option<u64>>>,
    sessions: Option<Vec<Option<u64>>>,
}

impl Keys {
    pub fn new(events: &Events<'_>, rows: &[u32]) -> Self {
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

impl Built<'_> {
    /// The parts and what leaks from one into the other.
    pub fn split_report(&self, config: &FeatureConfig) -> SplitReport {
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
