//! `Rule` → TOML, in the form the file is read.

use super::file::RULES_VERSION;
use super::rule::{Against, Direction, Expectation, Rule, Scalar};
use crate::engine::audit::cells::iso_time;

/// A whole file of these rules.
pub fn to_toml(rules: &[Rule]) -> String {
    let mut text = format!("version = {RULES_VERSION}\n");
    for rule in rules {
        text.push('\n');
        text.push_str(&block(rule));
    }
    text
}

/// The lines of one rule, from `[[rule]]` on. Keys at their default are left out.
pub fn block(rule: &Rule) -> String {
    let mut lines = vec![
        "[[rule]]".to_owned(),
        format!("kind = {}", quoted(rule.expectation.kind())),
    ];
    expectation(&rule.expectation, &mut lines);
    if let Some(filter) = &rule.filter {
        lines.push(format!("where = {}", quoted(filter)));
    }
    if rule.expectation.has_share() && rule.mostly < 1.0 {
        lines.push(format!("mostly = {}", scalar(&Scalar::Number(rule.mostly))));
    }
    lines.push(format!("severity = {}", quoted(rule.severity.name())));
    if let Some(reason) = &rule.reason {
        lines.push(format!("reason = {}", quoted(reason)));
    }
    lines.join("\n") + "\n"
}

fn expectation(expectation: &Expectation, lines: &mut Vec<String>) {
    let mut text = |key: &str, value: &str| lines.push(format!("{key} = {}", quoted(value)));
    match expectation {
        Expectation::NotNull { column } => text("column", column),
        Expectation::InSet { column, values } => {
            text("column", column);
            let values: Vec<String> = values.iter().map(scalar).collect();
            lines.push(format!("values = [{}]", values.join(", ")));
        }
        Expectation::Between {
            column,
            min,
            max,
            strict_min,
            strict_max,
        } => {
            text("column", column);
            for (key, bound) in [("min", min), ("max", max)] {
                lines.extend(bound.as_ref().map(|bound| format!("{key} = {}", scalar(bound))));
            }
            flag("strict_min", *strict_min, lines);
            flag("strict_max", *strict_max, lines);
        }
        Expectation::Matches { column, pattern } => {
            text("column", column);
            text("pattern", pattern);
        }
        Expectation::UniqueTogether { columns } => lines.push(format!("columns = {}", names(columns))),
        Expectation::References {
            column,
            table,
            table_column,
        } => {
            text("column", column);
            text("table", table);
            if let Some(name) = table_column {
                text("table_column", name);
            }
        }
        Expectation::Monotone {
            column,
            group,
            direction,
            strict,
        } => {
            text("column", column);
            if *direction == Direction::Decreasing {
                text("direction", "decreasing");
            }
            if !group.is_empty() {
                lines.push(format!("group = {}", names(group)));
            }
            flag("strict", *strict, lines);
        }
        Expectation::RowCondition { condition } => text("condition", condition),
        Expectation::Freshness { .. } | Expectation::Volume { .. } => of_log(expectation, lines),
    }
}

/// The kinds that are about the log as a whole.
fn of_log(expectation: &Expectation, lines: &mut Vec<String>) {
    match expectation {
        Expectation::Freshness {
            column,
            within,
            against,
        } => {
            let against = match against {
                Against::Now => "now".to_owned(),
                Against::LogEnd => "log_end".to_owned(),
                Against::Moment(micros) => iso_time(*micros),
            };
            lines.push(format!("column = {}", quoted(column)));
            lines.push(format!("within = {}", quoted(&within.to_string())));
            lines.push(format!("against = {}", quoted(&against)));
        }
        Expectation::Volume {
            min_rows,
            max_rows,
            per_day,
            edge_days,
        } => {
            lines.extend(per_day.as_ref().map(|column| format!("per_day = {}", quoted(column))));
            for (key, bound) in [("min_rows", min_rows), ("max_rows", max_rows)] {
                lines.extend(bound.map(|bound| format!("{key} = {bound}")));
            }
            flag("edge_days", *edge_days, lines);
        }
        _ => {}
    }
}

fn flag(key: &str, is_set: bool, lines: &mut Vec<String>) {
    if is_set {
        lines.push(format!("{key} = true"));
    }
}

/// A list of column names.
pub(super) fn names(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    format!("[{}]", names.join(", "))
}

pub(super) fn scalar(value: &Scalar) -> String {
    match value {
        Scalar::Boolean(value) => value.to_string(),
        Scalar::Integer(value) => value.to_string(),
        // Debug always writes a point or an exponent, so that it is read as a float again.
        Scalar::Number(value) => format!("{value:?}"),
        Scalar::Text(text) => quoted(text),
    }
}

/// A TOML string: literal where that saves escapes, as in patterns and conditions; basic otherwise.
pub(super) fn quoted(text: &str) -> String {
    let needs_escape = |c: char| c.is_control() || c == '\u{7f}';
    if text.contains(['\\', '"']) && !text.contains('\'') && !text.chars().any(needs_escape) {
        return format!("'{text}'");
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if needs_escape(c) => out.push_str(&format!("\\u{:04X}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
