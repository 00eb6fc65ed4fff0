//! A rule in words, English and Chinese.

use super::kinds::volume::range_words;
use super::rule::{Against, Direction, Expectation, Rule, Scalar, Span};
use crate::engine::artifact::Bilingual;
use crate::engine::audit::cells::iso_time;
use crate::engine::audit::{duration, shortened};

/// Values listed before the rest is left to the file.
const LISTED: usize = 6;
/// Longest pattern or condition that is written out.
const CHARACTERS: usize = 80;

impl Rule {
    /// The rule in words.
    pub fn title(&self) -> Bilingual {
        title(&self.expectation, self.filter.as_deref())
    }
}

pub(super) fn title(expectation: &Expectation, filter: Option<&str>) -> Bilingual {
    let (en, zh) = words(expectation);
    match filter.map(|filter| shortened(filter, CHARACTERS)) {
        Some(filter) => Bilingual::new(format!("{en}, where {filter}"), format!("{zh}（条件：{filter}）")),
        None => Bilingual::new(en, zh),
    }
}

fn words(expectation: &Expectation) -> (String, String) {
    match expectation {
        Expectation::NotNull { column } => (format!("{column} has a value"), format!("{column} 有值")),
        Expectation::InSet { column, values } => {
            let listed = list(values);
            (
                format!("{column} is one of {listed}"),
                format!("{column} 属于 {listed}"),
            )
        }
        Expectation::Between { .. } => between(expectation),
        Expectation::Matches { column, pattern } => {
            let pattern = shortened(pattern, CHARACTERS);
            (
                format!("{column} matches {pattern}"),
                format!("{column} 匹配 {pattern}"),
            )
        }
        Expectation::UniqueTogether { columns } => {
            let listed = columns.join(" + ");
            (format!("{listed} is unique"), format!("{listed} 唯一"))
        }
        Expectation::References {
            column,
            table,
            table_column,
        } => {
            let other = table_column.as_deref().unwrap_or(column);
            (
                format!("{column} stands in {other} of {table}"),
                format!("{column} 存在于 {table} 的 {other}"),
            )
        }
        Expectation::Monotone {
            column,
            group,
            direction,
            strict,
        } => monotone(column, group, *direction, *strict),
        Expectation::RowCondition { condition } => {
            let condition = shortened(condition, CHARACTERS);
            (format!("every row: {condition}"), format!("每行满足：{condition}"))
        }
        Expectation::Freshness {
            column,
            within,
            against,
        } => freshness(column, *within, against),
        Expectation::Volume {
            min_rows,
            max_rows,
            per_day,
            ..
        } => volume((*min_rows, *max_rows), per_day.as_deref()),
    }
}

fn freshness(column: &str, within: Span, against: &Against) -> (String, String) {
    let (en, zh) = duration(within.secs as f64);
    let (to_en, to_zh) = moment(against);
    (
        format!("the newest {column} is at most {en} before {to_en}"),
        format!("最新的 {column} 距{to_zh}不超过 {zh}"),
    )
}

fn volume(range: (Option<u64>, Option<u64>), per_day: Option<&str>) -> (String, String) {
    let (en, zh) = range_words(range);
    match per_day {
        None => (format!("{en} rows"), format!("行数{zh}")),
        Some(column) => (format!("{en} rows a day of {column}"), format!("{column} 每天{zh}")),
    }
}

fn between(expectation: &Expectation) -> (String, String) {
    let Expectation::Between {
        column,
        min,
        max,
        strict_min,
        strict_max,
    } = expectation
    else {
        return <(String, String)>::default();
    };
    let low = min.as_ref().map_or_else(String::new, |min| {
        format!("{min} {} ", if *strict_min { "<" } else { "≤" })
    });
    let high = max.as_ref().map_or_else(String::new, |max| {
        format!(" {} {max}", if *strict_max { "<" } else { "≤" })
    });
    let text = format!("{low}{column}{high}");
    (text.clone(), text)
}

fn monotone(column: &str, group: &[String], direction: Direction, strict: bool) -> (String, String) {
    let (en, zh) = match (direction, strict) {
        (Direction::Increasing, false) => ("never falls", "不下降"),
        (Direction::Increasing, true) => ("always rises", "严格上升"),
        (Direction::Decreasing, false) => ("never rises", "不上升"),
        (Direction::Decreasing, true) => ("always falls", "严格下降"),
    };
    if group.is_empty() {
        return (format!("{column} {en}"), format!("{column} {zh}"));
    }
    let listed = group.join(" + ");
    (
        format!("{column} {en} within each {listed}"),
        format!("在每个 {listed} 内 {column} {zh}"),
    )
}

fn moment(against: &Against) -> (String, String) {
    match against {
        Against::Now => ("now".to_owned(), "现在".to_owned()),
        Against::LogEnd => ("the end of the log".to_owned(), "日志终点".to_owned()),
        Against::Moment(micros) => (iso_time(*micros), format!(" {} ", iso_time(*micros))),
    }
}

fn list(values: &[Scalar]) -> String {
    let mut listed: Vec<String> = values
        .iter()
        .take(LISTED)
        .map(|value| shortened(&value.to_string(), CHARACTERS))
        .collect();
    if values.len() > LISTED {
        listed.push(format!("… ({})", values.len()));
    }
    listed.join(", ")
}
