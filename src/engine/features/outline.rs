//! What a log offers before anything is built: its events, the label it suggests, the features it allows.

use super::candidates::{FeatureGroup, candidates};
use super::categorical::{categorical, is_plain_text};
use super::config::{GroupBy, LabelRule};
use super::error::FeatureError;
use super::events::Events;
use super::label::default_rule;
use super::select::FeatureKind;
use crate::engine::artifact::{Bilingual, ContentHash};
use crate::engine::ingest::Dataset;
use crate::engine::progress::Progress;
use serde::{Deserialize, Serialize};

/// What can be built from a log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogOutline {
    /// The log this was made from.
    pub log: ContentHash,
    /// Event kinds with their rows, most frequent first.
    pub events: Vec<(String, u64)>,
    /// All columns, for a label column.
    pub columns: Vec<String>,
    /// The rule used where none is chosen; none fits some tables.
    pub rule: Option<LabelRule>,
    pub features: Vec<OutlinedFeature>,
    /// Names that can be given as text.
    pub texts: Vec<String>,
    pub groups: Vec<GroupBy>,
    /// First and last time, microseconds since 1970 UTC.
    pub times: Option<[i64; 2]>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutlinedFeature {
    pub name: String,
    pub kind: FeatureKind,
    pub group: FeatureGroup,
    pub description: Bilingual,
}

/// Looks a log over. With `rule`, the features are those of that rule.
pub fn outline(
    log: &Dataset,
    items: Option<&Dataset>,
    rule: Option<&LabelRule>,
    progress: &Progress,
) -> Result<LogOutline, FeatureError> {
    let events = Events::new(log, items, progress)?;
    let suggested = default_rule(&events).ok();
    let used = rule.or(suggested.as_ref());
    let features = used.map_or_else(|| Ok(Vec::new()), |rule| features(&events, rule))?;
    let time_at = |row: Option<&u32>| row.and_then(|row| events.time_of(*row as usize));
    let times = time_at(events.order.first()).zip(time_at(events.order.last()));
    let groups = [
        (events.session.is_some(), GroupBy::Session),
        (events.query.is_some(), GroupBy::Query),
        (events.user.is_some(), GroupBy::User),
    ];
    Ok(LogOutline {
        log: log.info.hash.clone(),
        events: events.kinds.iter().map(|kind| (kind.name.clone(), kind.rows)).collect(),
        columns: log.info.columns.iter().map(|column| column.name.clone()).collect(),
        features,
        texts: text_names(&events, used),
        groups: groups
            .into_iter()
            .filter(|(known, _)| *known)
            .map(|(_, group)| group)
            .collect(),
        times: times.map(|(first, last)| [first, last]),
        rule: suggested,
    })
}

/// The features that a rule allows.
fn features(events: &Events<'_>, rule: &LabelRule) -> Result<Vec<OutlinedFeature>, FeatureError> {
    let numeric = candidates(events, rule);
    let categorical = categorical(events, rule, &numeric)?;
    let names = categorical.into_iter().map(|feature| OutlinedFeature {
        name: feature.name,
        kind: FeatureKind::Categorical,
        group: feature.group,
        description: feature.description,
    });
    let names: Vec<OutlinedFeature> = names.collect();
    let numbers = numeric.into_iter().map(|feature| OutlinedFeature {
        name: feature.name,
        kind: FeatureKind::Numeric,
        group: feature.group,
        description: feature.description,
    });
    Ok(numbers.chain(names).collect())
}

/// Names `texts` gives, without reading a text.
fn text_names(events: &Events<'_>, rule: Option<&LabelRule>) -> Vec<String> {
    let mut names = Vec::new();
    if events.query.is_some() {
        names.push("query".to_owned());
    }
    let has_title = events.items.as_ref().is_some_and(|items| items.title.is_some());
    if has_title {
        names.push("title".to_owned());
    }
    if has_title || events.brand.is_some() || events.category.is_some() {
        names.push("item_text".to_owned());
    }
    if has_title && events.user.is_some() && !events.order.is_empty() {
        names.push("recent_titles".to_owned());
    }
    if let Some(LabelRule::Column { column: label, .. }) = rule {
        let texts = events
            .dataset
            .info
            .columns
            .iter()
            .filter(|column| is_plain_text(column) && column.name != *label);
        for column in texts {
            if !names.contains(&column.name) {
                names.push(column.name.clone());
            }
        }
    }
    names
}
