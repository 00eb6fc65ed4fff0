//! The columns of two audits side by side: which are new, gone or of another type, and how their figures moved.
//!
//! Invariant: columns are matched by name; a record that kept no columns says nothing about the other's.

use super::history::{AuditRecord, ColumnFigures, ColumnRecord};
use super::wording::{duration, percent, plain};
use crate::engine::artifact::ColumnType;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnState {
    New,
    Gone,
    /// Its type is another one.
    Retyped,
    Same,
}

/// A column then and now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnChange {
    pub name: String,
    pub state: ColumnState,
    pub dtype_before: Option<ColumnType>,
    pub dtype_after: Option<ColumnType>,
    /// Share of cells without a value, 0..=1.
    pub null_share_before: Option<f64>,
    pub null_share_after: Option<f64>,
    /// Absent where that audit kept none.
    pub figures_before: Option<ColumnFigures>,
    pub figures_after: Option<ColumnFigures>,
}

impl ColumnChange {
    /// The figures that moved, `nulls 1.0 % → 2.5 %`: of cells without a value by a thousandth or more, of numbers by a
    /// hundredth of what they were.
    pub fn moved(&self) -> Vec<String> {
        let mut told = Vec::new();
        if let (Some(before), Some(after)) = (self.dtype_before, self.dtype_after)
            && before != after
        {
            told.push(format!("{} → {}", before.name(), after.name()));
        }
        if let (Some(before), Some(after)) = (self.null_share_before, self.null_share_after)
            && (after - before).abs() >= 0.001
        {
            told.push(format!("nulls {} → {}", percent(before), percent(after)));
        }
        if let (Some(before), Some(after)) = (&self.figures_before, &self.figures_after) {
            let numbers = [
                ("distinct", Some(before.distinct as f64), Some(after.distinct as f64)),
                ("mean", before.mean, after.mean),
                ("std", before.std, after.std),
            ];
            // The spread of times is in seconds.
            let is_span = |name: &str| name == "std" && self.dtype_after == Some(ColumnType::Time);
            let shown = |name: &str, value: f64| match is_span(name) {
                true => duration(value).0,
                false => plain(value),
            };
            for (name, before, after) in numbers {
                if let (Some(before), Some(after)) = (before, after)
                    && (after - before).abs() > 0.01 * before.abs()
                {
                    told.push(format!("{name} {} → {}", shown(name, before), shown(name, after)));
                }
            }
        }
        told
    }
}

/// The columns of both audits, in the order of the later one, then those that are gone.
pub(super) fn column_changes(before: &AuditRecord, after: &AuditRecord) -> Vec<ColumnChange> {
    // Without columns on one side nothing can be said about the other's.
    if before.columns.is_empty() || after.columns.is_empty() {
        return Vec::new();
    }
    let find = |record: &'_ AuditRecord, name: &str| record.columns.iter().position(|column| column.name == name);
    let change = |then: Option<&ColumnRecord>, now: Option<&ColumnRecord>| ColumnChange {
        name: now.or(then).map(|column| column.name.clone()).unwrap_or_default(),
        state: match (then, now) {
            (None, _) => ColumnState::New,
            (_, None) => ColumnState::Gone,
            (Some(then), Some(now)) if then.dtype != now.dtype => ColumnState::Retyped,
            _ => ColumnState::Same,
        },
        dtype_before: then.map(|column| column.dtype),
        dtype_after: now.map(|column| column.dtype),
        null_share_before: then.and_then(|column| before.null_share(column)),
        null_share_after: now.and_then(|column| after.null_share(column)),
        figures_before: then.and_then(|column| column.figures.clone()),
        figures_after: now.and_then(|column| column.figures.clone()),
    };
    let kept = after.columns.iter().map(|now| {
        let then = find(before, &now.name).map(|place| &before.columns[place]);
        change(then, Some(now))
    });
    let gone = before
        .columns
        .iter()
        .filter(|then| find(after, &then.name).is_none())
        .map(|then| change(Some(then), None));
    kept.chain(gone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::ingest::dataset::RowCounts;

    fn record(columns: &[(&str, ColumnType, u64)]) -> AuditRecord {
        let column = |&(name, dtype, nulls): &(&str, ColumnType, u64)| ColumnRecord {
            name: name.to_owned(),
            dtype,
            nulls,
            figures: Some(ColumnFigures {
                distinct: 90 + nulls,
                mean: Some(2.0),
                std: None,
                median: None,
                min: None,
                max: None,
                entropy_bits: None,
            }),
        };
        AuditRecord {
            rows: Some(RowCounts {
                total: 1000,
                accepted: 1000,
                ..RowCounts::default()
            }),
            columns: columns.iter().map(column).collect(),
            ..AuditRecord::default()
        }
    }

    #[test]
    fn columns_are_new_gone_retyped_or_the_same() {
        let before = record(&[
            ("user", ColumnType::Integer, 0),
            ("price", ColumnType::Float, 10),
            ("brand", ColumnType::Text, 0),
        ]);
        let after = record(&[
            ("user", ColumnType::Text, 0),
            ("price", ColumnType::Float, 250),
            ("city", ColumnType::Text, 0),
        ]);
        let changes = column_changes(&before, &after);
        let seen: Vec<(&str, ColumnState)> = changes
            .iter()
            .map(|change| (change.name.as_str(), change.state))
            .collect();
        assert_eq!(
            seen,
            [
                ("user", ColumnState::Retyped),
                ("price", ColumnState::Same),
                ("city", ColumnState::New),
                ("brand", ColumnState::Gone),
            ]
        );
        let price = &changes[1];
        assert_eq!(
            (price.null_share_before, price.null_share_after),
            (Some(0.01), Some(0.25))
        );
        assert_eq!(price.moved(), ["nulls 1.0 % → 25.0 %", "distinct 100 → 340"]);
        assert_eq!(changes[0].moved(), ["integer → text"]);
        let mut time = changes[1].clone();
        (time.dtype_before, time.dtype_after) = (Some(ColumnType::Time), Some(ColumnType::Time));
        for (figures, secs) in [
            (&mut time.figures_before, 19_872_000.0),
            (&mut time.figures_after, 26_870_400.0),
        ] {
            figures.as_mut().expect("figures").std = Some(secs);
        }
        assert_eq!(time.moved()[2], "std 230 days → 311 days");
        let old = AuditRecord::default();
        assert!(column_changes(&old, &after).is_empty(), "an old record kept no columns");
    }
}
