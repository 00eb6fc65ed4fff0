//! Values that are names, not numbers: the item's brand and category, and a table's own columns of few values.
//!
//! Invariant: like every feature, known before the event; a missing value is `None`.

use super::candidates::{Candidate, FeatureGroup};
use super::config::LabelRule;
use super::error::FeatureError;
use super::events::{Dense, Events};
use super::select::Values;
use super::set::free_name;
use super::texts::{CellSource, MADE_TEXTS, item_source};
use crate::engine::artifact::{Bilingual, ColumnType, Role};
use crate::engine::ingest::ColumnInfo;
use crate::engine::recipe::cells::Cells;
use polars::prelude::Column;

/// An own column with more values than this is a text or an id rather than a category.
const MOST_OWN_VALUES: usize = 1_000;
/// Rows a value of an own column has on average, at least.
const FEWEST_ROWS_A_VALUE: usize = 10;

/// A categorical feature of this log.
pub(super) struct CategoricalCandidate<'a> {
    pub name: String,
    pub group: FeatureGroup,
    pub description: Bilingual,
    source: CellSource<'a>,
}

impl CategoricalCandidate<'_> {
    /// The values of the examples `rows` (rows of the log).
    pub fn values(&self, events: &Events<'_>, rows: &[u32]) -> Values {
        let value = |&row: &u32| {
            let text = self.source.read(events, row as usize)?;
            Some(text).filter(|text| !text.is_empty())
        };
        Values::Categorical(rows.iter().map(value).collect())
    }
}

/// Every categorical feature of this log; the names of `numeric` are taken.
pub(super) fn categorical<'a>(
    events: &'a Events<'a>,
    rule: &LabelRule,
    numeric: &[Candidate],
) -> Result<Vec<CategoricalCandidate<'a>>, FeatureError> {
    let mut found = Vec::new();
    let own_label = match rule {
        LabelRule::Column { column, .. } => Some(column.as_str()),
        LabelRule::Followed { .. } => None,
    };
    let is_taken = |name: &str| {
        let is_text = |info: &ColumnInfo| info.name == name && is_plain_text(info);
        MADE_TEXTS.contains(&name)
            || numeric.iter().any(|candidate| candidate.name == name)
            || own_label.is_some() && events.dataset.info.columns.iter().any(is_text)
    };
    let brand = ("brand of the item, each by itself", "商品品牌，逐个取值");
    let category = ("category of the item, each by itself", "商品类目，逐个取值");
    for (role, name, (en, zh)) in [(Role::Brand, "brand", brand), (Role::Category, "category", category)] {
        if let Some(source) = item_source(events, role)? {
            found.push(CategoricalCandidate {
                name: free_name(name, is_taken),
                group: FeatureGroup::Category,
                description: Bilingual::new(en, zh),
                source,
            });
        }
    }
    let table = events.dataset.info.columns.iter().zip(events.dataset.frame.columns());
    for (info, column) in table.filter(|(info, _)| own_label.is_some_and(|label| label != info.name)) {
        if info.role == Role::Other && info.dtype == ColumnType::Text && has_few_values(column) {
            // The column itself may be read as a text under its own name.
            let name = free_name(&format!("{}_category", info.name), |name| {
                is_taken(name) || found.iter().any(|known: &CategoricalCandidate<'_>| known.name == name)
            });
            let en = format!("column {}, each value by itself", info.name);
            found.push(CategoricalCandidate {
                name,
                group: FeatureGroup::Column,
                description: Bilingual::new(en, format!("列 {}，逐个取值", info.name)),
                source: CellSource::Log(Cells::of(column)?),
            });
        }
    }
    Ok(found)
}

fn has_few_values(column: &Column) -> bool {
    let values = Dense::of(column).num;
    (2..=MOST_OWN_VALUES).contains(&values) && values * FEWEST_ROWS_A_VALUE <= column.len()
}

/// A column that is offered as a text under its own name.
pub(super) fn is_plain_text(info: &ColumnInfo) -> bool {
    info.dtype == ColumnType::Text && matches!(info.role, Role::Text | Role::Other)
}
