//! A repair a finding proposes, as plain data; the recipe stage turns it into a step.
//!
//! Invariant: a fix names columns and values only, never row numbers, so that it can be replayed on the
//! next file.

use super::cells::Value;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fix {
    /// Keeps the first row of each group equal in `columns` (all columns if empty).
    DropDuplicates {
        columns: Vec<String>,
    },
    /// Sorted by time, drops a row if the last kept or dropped row equal in `columns` is at most
    /// `within_secs` earlier; rows whose `event_column` holds one of `slow_events` get `slow_within_secs`.
    DropRepeats {
        columns: Vec<String>,
        time_column: String,
        within_secs: f64,
        event_column: Option<String>,
        slow_events: Vec<String>,
        slow_within_secs: f64,
    },
    /// Drops the rows for which the condition holds.
    DropRows {
        condition: Condition,
    },
    /// Drops all rows of the listed users.
    DropUsers {
        column: String,
        users: Vec<Value>,
    },
    DropColumn {
        column: String,
    },
    FillMissing {
        column: String,
        value: Value,
    },
    /// Sets values outside the bounds to the bound.
    Clip {
        column: String,
        min: Option<f64>,
        max: Option<f64>,
    },
    /// Replaces values; `null` empties the cell.
    MapValues {
        column: String,
        mapping: BTreeMap<String, Option<String>>,
    },
    /// Reads a text column as time.
    ParseTime {
        column: String,
        format: String,
    },
    /// Reads a text column as numbers; cells that are none become empty.
    ParseNumber {
        column: String,
    },
    /// Trims the texts of a column and, with `nfkc`, makes full-width letters and digits plain (Unicode NFKC).
    NormalizeText {
        column: String,
        nfkc: bool,
    },
    /// Replaces what the detectors named in `patterns` match; all detectors if empty.
    Mask {
        column: String,
        patterns: Vec<String>,
    },
}

/// A condition on one row. A comparison with a null cell is false.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Condition {
    IsNull {
        column: String,
    },
    /// Numbers; times as ISO 8601 text.
    Less {
        column: String,
        value: Value,
    },
    LessOrEqual {
        column: String,
        value: Value,
    },
    Greater {
        column: String,
        value: Value,
    },
    Equal {
        column: String,
        value: Value,
    },
    In {
        column: String,
        values: Vec<Value>,
    },
    Any {
        conditions: Vec<Condition>,
    },
    All {
        conditions: Vec<Condition>,
    },
}

impl Fix {
    /// The columns the fix touches or reads.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::DropDuplicates { columns } | Self::DropRepeats { columns, .. } => {
                columns.iter().map(String::as_str).collect()
            }
            Self::DropRows { condition } => condition.columns(),
            Self::DropUsers { column, .. }
            | Self::DropColumn { column }
            | Self::FillMissing { column, .. }
            | Self::Clip { column, .. }
            | Self::MapValues { column, .. }
            | Self::ParseTime { column, .. }
            | Self::ParseNumber { column }
            | Self::NormalizeText { column, .. }
            | Self::Mask { column, .. } => vec![column],
        }
    }
}

impl Condition {
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::IsNull { column }
            | Self::Less { column, .. }
            | Self::LessOrEqual { column, .. }
            | Self::Greater { column, .. }
            | Self::Equal { column, .. }
            | Self::In { column, .. } => vec![column],
            Self::Any { conditions } | Self::All { conditions } => conditions.iter().flat_map(Self::columns).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_kind_and_parameters() {
        let fix = Fix::DropRows {
            condition: Condition::LessOrEqual {
                column: "price".to_owned(),
                value: Value::Integer(0),
            },
        };
        let json = serde_json::to_value(&fix).expect("plain data");
        let expected = serde_json::json!({
            "kind": "drop_rows", "condition": {"op": "less_or_equal", "column": "price", "value": 0}
        });
        assert_eq!(json, expected);
        assert_eq!(serde_json::from_value::<Fix>(json).expect("round trip"), fix);
        assert_eq!(fix.columns(), ["price"]);
    }
}
