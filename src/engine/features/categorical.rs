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
use crate::engine::recipe::cells::Cells;

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

/// Every categorical feature of this log; `numeric` are the names already taken.
pub(super) fn categorical<'a>(
    events: &'a Events<'a>,
    rule: &LabelRule,
    numeric: &[Candidate],
) -> Result<Vec<CategoricalCandidate<'a>>, FeatureError> {
    let texts = |name: &str| {
        let of_table = |info: &&crate::engine::artifact::ColumnInfo| is_plain_text(info);
        matches!(rule, LabelRule::Column { .. })
            && events
                .dataset
                .info
                .columns
                .iter()
                .filter(of_table)
                .any(|info| info.name == name)
    };
    let is_taken = |name: &str| {
        MADE_TEXTS.contains(&name) || texts(name) || numeric.iter().any(|candidate| candidate.name == name)
    };
    let mut found = Vec::new();
    for (role, name, (en, zh)) in [
        (
            Role::Brand,
            "brand",
            ("brand of the item, each by itself", "商品品牌，逐个取值"),
        ),
        (
            Role::Category,
            "category",
            ("category of the item, each by itself", "商品类目，逐个取值"),
        ),
    ] {
        if let Some(source) = item_source(events, role)? {
            found.push(CategoricalCandidate {
                name: free_name(name, is_taken),
                group: FeatureGroup::Category,
                description: Bilingual::new(en, zh),
                source,
            });
        }
    }
    if let LabelRule::Column { column: label, .. } = rule {
        for (info, column) in events.dataset.info.columns.iter().zip(events.dataset.frame.columns()) {
            if info.dtype != ColumnType::Text || info.role != Role::Other || info.name == *label {
                continue;
            }
            let values = Dense::of(column).num;
            if (2..=MOST_OWN_VALUES).contains(&values) && values * FEWEST_ROWS_A_VALUE <= events.num_rows() {
                let known: Vec<String> = found.iter().map(|known| known.name.clone()).collect();
                found.push(CategoricalCandidate {
                    // The column itself may be read as a text under its own name.
                    name: free_name(&format!("{}_category", info.name), |name| {
                        is_taken(name) || known.iter().any(|known| known == name)
                    }),
                    group: FeatureGroup::Column,
                    description: Bilingual::new(
                        format!("column {}, each value by itself", info.name),
                        format!("列 {}，逐个取值", info.name),
                    ),
                    source: CellSource::Log(Cells::of(column)?),
                });
            }
        }
    }
    Ok(found)
}

/// A column that is offered as a text under its own name.
pub(super) fn is_plain_text(info: &crate::engine::artifact::ColumnInfo) -> bool {
    info.dtype == ColumnType::Text && matches!(info.role, Role::Text | Role::Other)
}
