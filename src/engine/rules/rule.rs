//! A rule: what the analyst expects of a log, how much of it may be otherwise, and how bad it is if not.
//!
//! Out: `Rule` and `Expectation`, plain data that the rules file, the JSON results and the window share.
//! Invariant: a `Rule` that came from a file is well-formed (patterns and conditions parse, bounds are in order);
//! whether the log has the columns is known only when it is checked.

use crate::engine::artifact::Severity;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One expectation of a rules file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    #[serde(flatten)]
    pub expectation: Expectation,
    /// Only rows that satisfy this condition are looked at; the language of the recipe.
    #[serde(rename = "where", default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Least share of the judged cells, rows or days that must be as expected, 0..=1.
    pub mostly: f64,
    pub severity: Severity,
    /// Why the analyst expects it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What is expected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Expectation {
    /// Every cell holds a value that could be read.
    NotNull { column: String },
    /// Every value is one of a list.
    InSet { column: String, values: Vec<Scalar> },
    /// Every number or time lies in a range; both ends belong to it unless said otherwise.
    Between {
        column: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<Scalar>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<Scalar>,
        #[serde(default)]
        strict_min: bool,
        #[serde(default)]
        strict_max: bool,
    },
    /// The whole of every cell matches a regular expression.
    Matches { column: String, pattern: String },
    /// No two rows agree in all of these columns.
    UniqueTogether { columns: Vec<String> },
    /// Every value stands in a column of another table.
    References {
        column: String,
        /// `items` or `users` (the tables given beside the log), or a file beside the rules file.
        table: String,
        /// The same name as `column` where it is not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        table_column: Option<String>,
    },
    /// No value is below the one before it, in the order of the file.
    Monotone {
        column: String,
        /// Each combination of these columns is a sequence of its own.
        #[serde(default)]
        group: Vec<String>,
        #[serde(default)]
        direction: Direction,
        /// Equal neighbours are a fault as well.
        #[serde(default)]
        strict: bool,
    },
    /// Every row satisfies a condition in the language of the recipe.
    RowCondition { condition: String },
    /// The newest time is not too old.
    Freshness {
        column: String,
        within: Span,
        #[serde(default)]
        against: Against,
    },
    /// The number of rows, of the log or of each day, lies in a range.
    Volume {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min_rows: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_rows: Option<u64>,
        /// Column of times whose days are counted; without it the log as a whole is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        per_day: Option<String>,
        /// The first and the last day are judged as well, though they may be cut.
        #[serde(default)]
        edge_days: bool,
    },
}

/// A value of a rules file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    Boolean(bool),
    Integer(i64),
    Number(f64),
    Text(String),
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    #[default]
    Increasing,
    Decreasing,
}

/// The moment the newest time is compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// When the rule is checked.
    #[default]
    Now,
    /// The newest time of the log's time column, over all rows; for parts of a log (`where`) and for second times.
    LogEnd,
    /// A moment that stands in the file, in microseconds since 1970, UTC.
    Moment(i64),
}

/// A length of time in whole seconds, written as a number and a unit: `90 seconds`, `15 minutes`, `36 hours`, `7 days`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span {
    pub secs: u64,
}

impl Span {
    /// Reads a number and a unit; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let count: u64 = text[..digits].parse().ok()?;
        let unit = match text[digits..].trim() {
            "s" | "second" | "seconds" => 1,
            "min" | "minute" | "minutes" => 60,
            "h" | "hour" | "hours" => 3_600,
            "d" | "day" | "days" => 86_400,
            "week" | "weeks" => 604_800,
            _ => return None,
        };
        // A century is longer than any log and keeps the microseconds within 64 bits.
        let secs = count
            .checked_mul(unit)
            .filter(|secs| (1..=3_155_760_000).contains(secs))?;
        Some(Self { secs })
    }

    pub fn micros(self) -> i64 {
        self.secs as i64 * 1_000_000
    }
}

/// The largest unit that gives a whole number.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (unit, name) in [(86_400, "days"), (3_600, "hours"), (60, "minutes")] {
            if self.secs >= unit && self.secs.is_multiple_of(unit) {
                return write!(f, "{} {name}", self.secs / unit);
            }
        }
        write!(f, "{} seconds", self.secs)
    }
}

impl Expectation {
    /// The name of the kind in files and results.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NotNull { .. } => "not_null",
            Self::InSet { .. } => "in_set",
            Self::Between { .. } => "between",
            Self::Matches { .. } => "matches",
            Self::UniqueTogether { .. } => "unique_together",
            Self::References { .. } => "references",
            Self::Monotone { .. } => "monotone",
            Self::RowCondition { .. } => "row_condition",
            Self::Freshness { .. } => "freshness",
            Self::Volume { .. } => "volume",
        }
    }

    /// The one column whose cells are judged, where there is one.
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::NotNull { column }
            | Self::InSet { column, .. }
            | Self::Between { column, .. }
            | Self::Matches { column, .. }
            | Self::References { column, .. }
            | Self::Monotone { column, .. }
            | Self::Freshness { column, .. } => Some(column),
            Self::Volume { per_day, .. } => per_day.as_deref(),
            Self::UniqueTogether { .. } | Self::RowCondition { .. } => None,
        }
    }

    /// All columns it names by themselves, conditions not read.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::UniqueTogether { columns } => columns.iter().map(String::as_str).collect(),
            Self::Monotone { column, group, .. } => {
                let group = group.iter().map(String::as_str);
                std::iter::once(column.as_str()).chain(group).collect()
            }
            other => other.column().into_iter().collect(),
        }
    }

    /// Whether a share of what is judged can be tolerated; freshness and the log's volume are one fact.
    pub fn has_share(&self) -> bool {
        !matches!(self, Self::Freshness { .. } | Self::Volume { per_day: None, .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_a_number_and_a_unit() {
        for (text, secs) in [
            ("90 seconds", 90),
            ("15min", 900),
            ("36 hours", 129_600),
            (" 7 days ", 604_800),
        ] {
            assert_eq!(Span::parse(text), Some(Span { secs }), "{text}");
        }
        for text in [
            "",
            "7",
            "days",
            "-1 day",
            "1.5 hours",
            "0 days",
            "99999999999999999999 days",
            "3 fortnights",
        ] {
            assert_eq!(Span::parse(text), None, "{text}");
        }
        for secs in [90, 900, 129_600, 604_800, 3_601] {
            assert_eq!(Span::parse(&Span { secs }.to_string()), Some(Span { secs }));
        }
    }
}
