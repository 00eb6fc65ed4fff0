//! Which rows are examples, and which of them are positive.
//!
//! Invariant: an example's label depends on later events only, its features on earlier ones only; every row of the
//! log is an example or counted under one reason in `Dropped`.

use super::config::{LabelRule, Scope};
use super::error::FeatureError;
use super::events::{Dense, Events, NULL};
use crate::engine::artifact::{Bilingual, Role};
use crate::engine::ingest::EventKind;
use crate::engine::progress::Progress;
use crate::engine::recipe::cells::Cells;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

/// Rows that did not become examples, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// Events of other kinds.
    pub not_anchor: u64,
    pub no_time: u64,
    /// User, item or session missing where the label needs it.
    pub no_key: u64,
    /// The label column is missing.
    pub no_label: u64,
    /// The log ends before the label window does.
    pub window_cut_off: u64,
    /// Left out to keep at most `max_rows`.
    pub sampled_out: u64,
    /// Between the parts of a time split, or without the user a split goes by.
    pub unassigned: u64,
}

impl Dropped {
    pub fn total(&self) -> u64 {
        let Self {
            not_anchor,
            no_time,
            no_key,
            no_label,
            window_cut_off,
            sampled_out,
            unassigned,
        } = self;
        not_anchor + no_time + no_key + no_label + window_cut_off + sampled_out + unassigned
    }
}

/// Examples in row order.
#[derive(Debug, Default)]
pub(super) struct Examples {
    pub rows: Vec<u32>,
    pub labels: Vec<bool>,
    pub dropped: Dropped,
}

/// Windows of the default rule in seconds. An hour covers a visit; a log of few hours needs a shorter one, because
/// events whose window it cuts off are no examples.
const DEFAULT_WINDOWS_SECS: [f64; 5] = [3600.0, 1800.0, 900.0, 600.0, 300.0];

/// The rule to use where none is given: views (or exposures) followed by a cart or purchase within an hour (or less,
/// see [`default_window_secs`]), by the same user of the same item; otherwise the column with the role label.
pub(super) fn default_rule(events: &Events<'_>) -> Result<LabelRule, FeatureError> {
    let of = |wanted: &[EventKind]| -> Vec<String> {
        let fits = |kind: &&super::events::Kind| kind.guess.is_some_and(|guess| wanted.contains(&guess));
        events.kinds.iter().filter(fits).map(|kind| kind.name.clone()).collect()
    };
    let anchor = [EventKind::Exposure, EventKind::View, EventKind::Click]
        .into_iter()
        .map(|kind| of(&[kind]))
        .find(|names| !names.is_empty());
    let target = [
        &[EventKind::Purchase, EventKind::Cart][..],
        &[EventKind::Favourite],
        &[EventKind::Click],
    ]
    .into_iter()
    .map(of)
    .find(|names| !names.is_empty() && anchor.as_ref() != Some(names));
    let has_log = events.user.is_some() && events.item.is_some() && events.time.is_some();
    if let (Some(anchor), Some(target), true) = (anchor, target, has_log) {
        return Ok(LabelRule::Followed {
            within_secs: default_window_secs(events, &anchor)?,
            anchor,
            target,
            scope: Scope::UserItem,
        });
    }
    let label = events.dataset.column_with_role(Role::Label);
    let column = label.map(|index| events.dataset.info.columns[index].name.clone());
    column
        .map(|column| LabelRule::Column {
            column,
            positive: Vec::new(),
        })
        .ok_or(FeatureError::NoLabelRule)
}

/// The longest window that ends within the log for at least half of the anchor events; the shortest where none does.
fn default_window_secs(events: &Events<'_>, anchor: &[String]) -> Result<f64, FeatureError> {
    let [longest, .., shortest] = DEFAULT_WINDOWS_SECS;
    let (Some(kind), Some(time)) = (&events.kind, &events.time) else {
        return Ok(longest);
    };
    let last = events.order.last().map_or(i64::MIN, |&row| time[row as usize]);
    let codes = events.kind_codes(anchor)?;
    let is_anchor = |row: &&u32| codes.contains(&kind.codes[**row as usize]);
    let anchors: Vec<i64> = events
        .order
        .iter()
        .filter(is_anchor)
        .map(|&row| time[row as usize])
        .collect();
    let is_enough = |secs: &f64| {
        let whole = anchors
            .iter()
            .filter(|time| time.saturating_add((secs * 1e6) as i64) <= last);
        whole.count() * 2 >= anchors.len()
    };
    Ok(DEFAULT_WINDOWS_SECS.into_iter().find(is_enough).unwrap_or(shortest))
}

pub(super) fn examples(events: &Events<'_>, rule: &LabelRule, progress: &Progress) -> Result<Examples, FeatureError> {
    progress.phase("building labels", "构建标签");
    let found = match rule {
        LabelRule::Followed {
            anchor,
            target,
            within_secs,
            scope,
        } => followed(events, anchor, target, (*within_secs, *scope))?,
        LabelRule::Column { column, positive } => by_column(events, column, positive)?,
    };
    if found.rows.is_empty() {
        return Err(FeatureError::NoRows {
            rows: events.num_rows(),
            why: format!(
                "{} of other kinds, {} without time, {} without user, item or session, {} without label, {} with a cut-off window",
                found.dropped.not_anchor,
                found.dropped.no_time,
                found.dropped.no_key,
                found.dropped.no_label,
                found.dropped.window_cut_off
            ),
        });
    }
    Ok(found)
}

/// The codes that an event and its follower must share, as one number.
struct Keys<'a>(Vec<&'a Dense>);

impl<'a> Keys<'a> {
    fn new(events: &'a Events<'_>, scope: Scope) -> Result<Self, FeatureError> {
        let need = |codes: &'a Option<Dense>, role| codes.as_ref().ok_or(FeatureError::NoRole { role });
        Ok(Self(match scope {
            Scope::UserItem => vec![need(&events.user, Role::User)?, need(&events.item, Role::Item)?],
            Scope::SessionItem => vec![need(&events.session, Role::Session)?, need(&events.item, Role::Item)?],
            Scope::Session => vec![need(&events.session, Role::Session)?],
        }))
    }

    fn of(&self, row: usize) -> Option<u64> {
        self.0
            .iter()
            .try_fold(0u64, |key, codes| Some(key << 32 | u64::from(codes.get(row)?)))
    }
}

fn followed(
    events: &Events<'_>,
    anchor: &[String],
    target: &[String],
    (within_secs, scope): (f64, Scope),
) -> Result<Examples, FeatureError> {
    if !(within_secs > 0.0 && within_secs <= 3.2e8) {
        return Err(FeatureError::OutOfRange {
            field: "within_secs",
            value: within_secs.to_string(),
            needed: "above 0 and at most ten years",
        });
    }
    let window = (within_secs * 1e6) as i64;
    let (kind, time) = match (&events.kind, &events.time) {
        (None, _) => return Err(FeatureError::NoRole { role: Role::Event }),
        (_, None) => return Err(FeatureError::NoRole { role: Role::Time }),
        (Some(kind), Some(time)) => (kind, time),
    };
    let keys = Keys::new(events, scope)?;
    let flags = |names: &[String]| -> Result<Vec<bool>, FeatureError> {
        let codes = events.kind_codes(names)?;
        Ok((0..events.kinds.len() as u32)
            .map(|code| codes.contains(&code))
            .collect())
    };
    let (anchor, target) = (flags(anchor)?, flags(target)?);
    let is = |flags: &[bool], row: usize| kind.codes[row] != NULL && flags[kind.codes[row] as usize];
    let last = events.order.last().map_or(i64::MIN, |&row| time[row as usize]);

    // Backwards in time, rows of one time together: the earliest target after this time, by key.
    let mut next_target: HashMap<u64, i64> = HashMap::new();
    let mut positive = vec![false; events.num_rows()];
    for tied in events.order.rchunk_by_time(time) {
        for &row in tied {
            let row = row as usize;
            if is(&anchor, row) {
                let next = keys.of(row).and_then(|key| next_target.get(&key));
                positive[row] = next.is_some_and(|next| next.saturating_sub(time[row]) <= window);
            }
        }
        for &row in tied {
            let row = row as usize;
            if is(&target, row)
                && let Some(key) = keys.of(row)
            {
                next_target.insert(key, time[row]);
            }
        }
    }
    let mut found = Examples::default();
    for row in 0..events.num_rows() {
        let dropped = &mut found.dropped;
        if !is(&anchor, row) {
            dropped.not_anchor += 1;
        } else if events.time_of(row).is_none() {
            dropped.no_time += 1;
        } else if keys.of(row).is_none() {
            dropped.no_key += 1;
        } else if time[row].saturating_add(window) > last {
            dropped.window_cut_off += 1;
        } else {
            found.rows.push(row as u32);
            found.labels.push(positive[row]);
        }
    }
    Ok(found)
}

/// Rows of equal time as slices, latest first.
trait ByTime {
    fn rchunk_by_time<'a>(&'a self, time: &'a [i64]) -> Box<dyn Iterator<Item = &'a [u32]> + 'a>;
}

impl ByTime for Vec<u32> {
    fn rchunk_by_time<'a>(&'a self, time: &'a [i64]) -> Box<dyn Iterator<Item = &'a [u32]> + 'a> {
        Box::new(self.chunk_by(|a, b| time[*a as usize] == time[*b as usize]).rev())
    }
}

fn by_column(events: &Events<'_>, column: &str, positive: &[String]) -> Result<Examples, FeatureError> {
    let index = column_index(events.dataset, column)?;
    let cells = Cells::of(&events.dataset.frame.columns()[index])?;
    let mut found = Examples::default();
    for (row, label) in read_labels(cells, positive).enumerate() {
        match label {
            None => found.dropped.no_label += 1,
            Some(Ok(label)) => {
                found.rows.push(row as u32);
                found.labels.push(label);
            }
            Some(Err(value)) => {
                return Err(FeatureError::NotALabel {
                    column: column.to_owned(),
                    value,
                    line: events.dataset.lines.get(row).unwrap_or_default(),
                });
            }
        }
    }
    Ok(found)
}

pub(super) fn column_index(
    dataset: &crate::engine::ingest::dataset::Dataset,
    column: &str,
) -> Result<usize, FeatureError> {
    dataset.column_index(column).ok_or_else(|| FeatureError::UnknownColumn {
        column: column.to_owned(),
        known: dataset
            .info
            .columns
            .iter()
            .map(|c| c.name.as_str())
            .collect::<Vec<_>>()
            .join(", "),
    })
}

/// Each cell as a label: missing, read, or not understood. With `positive`, a cell is positive if it is listed.
pub(super) fn read_labels<'a>(
    cells: Cells<'a>,
    positive: &'a [String],
) -> impl Iterator<Item = Option<Result<bool, String>>> + 'a {
    cells.shown().map(move |cell| {
        let cell = cell?;
        if !positive.is_empty() {
            return Some(Ok(positive.iter().any(|value| *value == cell)));
        }
        Some(match cell.trim().to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "y" | "t" | "是" => Ok(true),
            "0" | "false" | "no" | "n" | "f" | "否" => Ok(false),
            _ => Err(cell.into_owned()),
        })
    })
}

impl LabelRule {
    /// The rule in words.
    pub fn describe(&self) -> Bilingual {
        match self {
            Self::Followed {
                anchor,
                target,
                within_secs,
                scope,
            } => {
                let (en, zh) = match scope {
                    Scope::UserItem => ("by the same user of the same item", "同一用户、同一商品"),
                    Scope::SessionItem => ("in the same session of the same item", "同一会话、同一商品"),
                    Scope::Session => ("in the same session", "同一会话"),
                };
                let (span_en, span_zh) = span(*within_secs);
                Bilingual::new(
                    format!(
                        "{} followed by {} within {span_en}, {en}",
                        anchor.join(" or "),
                        target.join(" or ")
                    ),
                    format!(
                        "{} 之后 {span_zh}内出现 {}（{zh}）",
                        anchor.join(" 或 "),
                        target.join(" 或 ")
                    ),
                )
            }
            Self::Column { column, positive } if positive.is_empty() => {
                Bilingual::new(format!("column {column} is true"), format!("列 {column} 为真"))
            }
            Self::Column { column, positive } => Bilingual::new(
                format!("column {column} is {}", positive.join(" or ")),
                format!("列 {column} 为 {}", positive.join(" 或 ")),
            ),
        }
    }
}

fn span(secs: f64) -> (String, String) {
    for (unit, en, zh) in [
        (86_400.0, "days", "天"),
        (3600.0, "hours", "小时"),
        (60.0, "minutes", "分钟"),
    ] {
        if secs >= unit && (secs / unit).fract() == 0.0 {
            let count = secs / unit;
            let en = if count == 1.0 { en.trim_end_matches('s') } else { en };
            return (format!("{count} {en}"), format!("{count} {zh}"));
        }
    }
    (format!("{secs} s"), format!("{secs} 秒"))
}
