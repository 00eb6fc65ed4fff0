//! A rule as it is typed: texts that may not make sense yet, for whoever offers a form.
//!
//! Invariant: what `rule` accepts is what a rules file accepts, and what it refuses is told in the same words, since
//! both go through the same reader. The draft of a rule gives that rule again.

use super::file::{KINDS, RULES_VERSION, RuleFile};
use super::rule::{Against, Direction, Expectation, Rule, Scalar};
use super::write::{names, quoted, scalar};
use crate::engine::artifact::{Bilingual, ColumnType, Role, Severity};
use crate::engine::audit::cells::iso_time;
use crate::engine::ingest::dataset::{ColumnInfo, DatasetInfo};

/// The fields of all kinds; a rule takes those of its own. An empty text is a key that is left out.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleDraft {
    /// One of [`KINDS`].
    pub kind: String,
    pub column: String,
    /// Columns that are unique together.
    pub columns: Vec<String>,
    /// Columns within whose values an order holds.
    pub group: Vec<String>,
    /// One value a line.
    pub values: String,
    /// Every value is a text, also where it looks like a number.
    pub has_texts: bool,
    /// What `values` was made from; they hold while it is not changed.
    listed: Vec<Scalar>,
    pub min: String,
    pub max: String,
    pub strict_min: bool,
    pub strict_max: bool,
    pub pattern: String,
    pub table: String,
    pub table_column: String,
    pub is_decreasing: bool,
    pub is_strict: bool,
    pub condition: String,
    pub within: String,
    pub against: String,
    pub min_rows: String,
    pub max_rows: String,
    pub per_day: String,
    pub edge_days: bool,
    /// The rows it is about, the `where` of the file.
    pub filter: String,
    pub mostly: f64,
    pub severity: Severity,
    pub reason: String,
}

impl RuleDraft {
    /// Nothing filled in but what has a usual value.
    fn blank(kind: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            column: String::new(),
            columns: Vec::new(),
            group: Vec::new(),
            values: String::new(),
            has_texts: true,
            listed: Vec::new(),
            min: String::new(),
            max: String::new(),
            strict_min: false,
            strict_max: false,
            pattern: String::new(),
            table: "items".to_owned(),
            table_column: String::new(),
            is_decreasing: false,
            is_strict: false,
            condition: String::new(),
            within: "36 hours".to_owned(),
            against: "now".to_owned(),
            min_rows: String::new(),
            max_rows: String::new(),
            per_day: String::new(),
            edge_days: false,
            filter: String::new(),
            mostly: 1.0,
            severity: Severity::Error,
            reason: String::new(),
        }
    }

    /// A rule of a kind as it is first offered for a log: about the column it is most often about.
    pub fn new(kind: &str, log: Option<&DatasetInfo>) -> Self {
        let columns = log.map_or(&[][..], |log| &log.columns);
        let of_role = |role: Role| columns.iter().find(|column| column.role == role);
        let time = || of_role(Role::Time).or_else(|| of_type(columns, &[ColumnType::Time]));
        let numbers = [ColumnType::Integer, ColumnType::Float];
        let first = match kind {
            "in_set" => of_role(Role::Event).or_else(|| of_role(Role::Category)),
            "between" => of_role(Role::Price).or_else(|| of_type(columns, &numbers)),
            "matches" => of_role(Role::Session).or_else(|| of_type(columns, &[ColumnType::Text])),
            "references" => of_role(Role::Item),
            "monotone" | "freshness" => time(),
            _ => of_role(Role::User),
        };
        let column = first.or(columns.first()).map(|column| column.name.clone());
        let mut draft = Self {
            column: column.unwrap_or_default(),
            ..Self::blank(kind)
        };
        draft.has_texts = draft.is_text_column(columns);
        if kind == "unique_together" {
            let key = columns.iter().filter(|column| column.role == Role::Other);
            let key = key.chain(columns).next();
            draft.columns = key.map(|column| column.name.clone()).into_iter().collect();
        }
        draft
    }

    /// The form of another kind, with what is common to all kinds kept; its column is the kind's usual one.
    pub fn with_kind(&self, kind: &str, log: Option<&DatasetInfo>) -> Self {
        let fresh = Self::new(kind, log);
        let columns = if self.columns.is_empty() {
            fresh.columns
        } else {
            self.columns.clone()
        };
        Self {
            kind: kind.to_owned(),
            column: fresh.column,
            columns,
            ..self.clone()
        }
    }

    /// The fields that say this rule.
    pub fn of(rule: &Rule) -> Self {
        let mut draft = Self {
            filter: rule.filter.clone().unwrap_or_default(),
            mostly: rule.mostly,
            severity: rule.severity,
            reason: rule.reason.clone().unwrap_or_default(),
            ..Self::blank(rule.expectation.kind())
        };
        draft.take(&rule.expectation);
        draft
    }

    fn take(&mut self, expectation: &Expectation) {
        if !matches!(expectation, Expectation::Volume { .. }) {
            self.column = expectation.column().unwrap_or_default().to_owned();
        }
        match expectation {
            Expectation::NotNull { .. } => {}
            Expectation::InSet { values, .. } => {
                self.values = lines(values);
                self.has_texts = values.iter().all(|value| matches!(value, Scalar::Text(_)));
                self.listed.clone_from(values);
            }
            Expectation::Between {
                min,
                max,
                strict_min,
                strict_max,
                ..
            } => {
                (self.min, self.max) = (bound(min.as_ref()), bound(max.as_ref()));
                (self.strict_min, self.strict_max) = (*strict_min, *strict_max);
            }
            Expectation::Matches { pattern, .. } => self.pattern.clone_from(pattern),
            Expectation::UniqueTogether { columns } => self.columns.clone_from(columns),
            Expectation::References {
                table, table_column, ..
            } => {
                self.table.clone_from(table);
                self.table_column = table_column.clone().unwrap_or_default();
            }
            Expectation::Monotone {
                group,
                direction,
                strict,
                ..
            } => {
                self.group.clone_from(group);
                (self.is_decreasing, self.is_strict) = (*direction == Direction::Decreasing, *strict);
            }
            Expectation::RowCondition { condition } => self.condition.clone_from(condition),
            Expectation::Freshness { within, against, .. } => {
                self.within = within.to_string();
                self.against = match against {
                    Against::Now => "now".to_owned(),
                    Against::LogEnd => "log_end".to_owned(),
                    Against::Moment(micros) => iso_time(*micros),
                };
            }
            Expectation::Volume {
                min_rows,
                max_rows,
                per_day,
                edge_days,
            } => {
                let count = |rows: Option<u64>| rows.map_or_else(String::new, |rows| rows.to_string());
                (self.min_rows, self.max_rows) = (count(*min_rows), count(*max_rows));
                self.per_day = per_day.clone().unwrap_or_default();
                self.edge_days = *edge_days;
            }
        }
    }

    /// The rule the fields say, or what is wrong with them.
    pub fn rule(&self) -> Result<Rule, Bilingual> {
        let lines: Vec<String> = self
            .lines()
            .iter()
            .map(|(key, value)| format!("{key} = {value}"))
            .collect();
        let text = format!("version = {RULES_VERSION}\n[[rule]]\n{}\n", lines.join("\n"));
        let file = RuleFile::parse(&text, "").map_err(|error| error.message)?;
        file.rules
            .into_iter()
            .next()
            .ok_or_else(|| Bilingual::new("there is no rule", "没有规则"))
    }

    /// True if a share of what is judged can be tolerated.
    pub fn has_share(&self) -> bool {
        match self.kind.as_str() {
            "freshness" => false,
            "volume" => !self.per_day.is_empty(),
            _ => true,
        }
    }

    /// Whether the column holds texts, so that `1` in a list of values is the text and not the number.
    pub fn is_text_column(&self, columns: &[ColumnInfo]) -> bool {
        let own = columns.iter().find(|column| column.name == self.column);
        own.is_none_or(|column| column.dtype == ColumnType::Text)
    }

    /// The keys of this kind, as a file would have them.
    fn lines(&self) -> Vec<(&'static str, String)> {
        let own = KINDS
            .iter()
            .find(|(name, _)| *name == self.kind)
            .map_or(&[][..], |(_, keys)| keys);
        let mut lines = vec![("kind", quoted(&self.kind))];
        lines.extend(own.iter().filter_map(|key| Some((*key, self.value(key)?))));
        lines.extend(said(&self.filter).map(|text| ("where", text)));
        if self.has_share() && self.mostly != 1.0 {
            lines.push(("mostly", scalar(&Scalar::Number(self.mostly))));
        }
        lines.push(("severity", quoted(self.severity.name())));
        lines.extend(said(&self.reason).map(|text| ("reason", text)));
        lines
    }

    /// The value of a key of this kind; `None` leaves it out.
    fn value(&self, key: &str) -> Option<String> {
        let flag = |is_set: bool| is_set.then(|| "true".to_owned());
        let list = |columns: &[String]| (!columns.is_empty()).then(|| names(columns));
        match key {
            "column" => said(&self.column),
            "columns" => list(&self.columns),
            "group" => list(&self.group),
            "values" => {
                let values: Vec<String> = self.scalars().iter().map(scalar).collect();
                (!values.is_empty()).then(|| format!("[{}]", values.join(", ")))
            }
            "min" => number_or_text(&self.min),
            "max" => number_or_text(&self.max),
            "strict_min" => flag(self.strict_min),
            "strict_max" => flag(self.strict_max),
            "pattern" => said(&self.pattern),
            "table" => said(&self.table),
            "table_column" => said(&self.table_column),
            "direction" => self.is_decreasing.then(|| quoted("decreasing")),
            "strict" => flag(self.is_strict),
            "condition" => said(&self.condition),
            "within" => said(&self.within),
            "against" => said(&self.against),
            "min_rows" => number_or_text(&self.min_rows),
            "max_rows" => number_or_text(&self.max_rows),
            "per_day" => said(&self.per_day),
            "edge_days" => flag(self.edge_days),
            _ => None,
        }
    }

    fn scalars(&self) -> Vec<Scalar> {
        if self.values == lines(&self.listed) {
            return self.listed.clone();
        }
        let values = self.values.lines().filter(|line| !line.trim().is_empty());
        values
            .map(|line| match line.trim() {
                _ if self.has_texts => Scalar::Text(line.to_owned()),
                "true" => Scalar::Boolean(true),
                "false" => Scalar::Boolean(false),
                typed => number(typed).unwrap_or_else(|| Scalar::Text(line.to_owned())),
            })
            .collect()
    }
}

fn of_type<'a>(columns: &'a [ColumnInfo], types: &[ColumnType]) -> Option<&'a ColumnInfo> {
    columns.iter().find(|column| types.contains(&column.dtype))
}

/// One value a line.
fn lines(values: &[Scalar]) -> String {
    let values: Vec<String> = values.iter().map(|value| bound(Some(value))).collect();
    values.join("\n")
}

/// A value as it is typed; a number keeps the digits that tell it is one.
fn bound(value: Option<&Scalar>) -> String {
    match value {
        None => String::new(),
        Some(Scalar::Number(number)) => format!("{number:?}"),
        Some(value) => value.to_string(),
    }
}

fn said(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| quoted(text))
}

fn number(typed: &str) -> Option<Scalar> {
    if let Ok(number) = typed.parse() {
        return Some(Scalar::Integer(number));
    }
    let number = typed.parse().ok().filter(|number: &f64| number.is_finite())?;
    Some(Scalar::Number(number))
}

/// What is typed where a number is meant; else a text, which the reader judges.
fn number_or_text(typed: &str) -> Option<String> {
    let typed = typed.trim();
    (!typed.is_empty()).then(|| number(typed).map_or_else(|| quoted(typed), |number| scalar(&number)))
}
