//! Literals read as the type of the column they are compared with.

use super::{ConditionError, Literal, LiteralValue};
use crate::engine::artifact::ColumnType;
use chrono::{DateTime, NaiveDate, NaiveDateTime};

/// Reads `2026-10-01`, `2026-10-01 08:00[:00[.5]]` with `T` or a blank, and an optional `Z`, `UTC` or offset.
/// Returns microseconds since the epoch; a moment without offset is UTC.
pub fn parse_moment(text: &str) -> Option<i64> {
    let text = text.trim().trim_end_matches("UTC").trim_end_matches('Z').trim_end();
    let text = match text.split_once('T') {
        Some((date, clock)) => &format!("{date} {clock}"),
        None => text,
    };
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_micros());
    }
    for format in ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"] {
        if let Ok(moment) = NaiveDateTime::parse_from_str(text, format) {
            return Some(moment.and_utc().timestamp_micros());
        }
    }
    for format in [
        "%Y-%m-%d %H:%M:%S%.f%#z",
        "%Y-%m-%d %H:%M%#z",
        "%Y-%m-%d %H:%M:%S%.f %#z",
    ] {
        if let Ok(moment) = DateTime::parse_from_str(text, format) {
            return Some(moment.timestamp_micros());
        }
    }
    None
}

impl Literal {
    pub(super) fn as_number(&self, column: &str) -> Result<f64, ConditionError> {
        let parsed = match self.value {
            LiteralValue::Number(value) => Some(value),
            LiteralValue::Text => self.text.trim().parse::<f64>().ok(),
            LiteralValue::Boolean(_) => None,
        };
        parsed.ok_or_else(|| self.wrong(column, "numbers", "数字"))
    }

    /// The exact integer, or `None` where the literal is a number with a fraction (or beyond 64 bits).
    pub(super) fn as_integer(&self, column: &str) -> Result<Option<i64>, ConditionError> {
        if let Ok(value) = self.text.trim().parse::<i64>() {
            return Ok(Some(value));
        }
        let value = self.as_number(column)?;
        // 2^53: below it every whole f64 is the integer that was written.
        let whole = value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0;
        Ok(whole.then_some(value as i64))
    }

    pub(super) fn as_moment(&self, column: &str) -> Result<i64, ConditionError> {
        let parsed = match self.value {
            LiteralValue::Text => parse_moment(&self.text),
            _ => None,
        };
        parsed.ok_or_else(|| {
            ConditionError::new(
                self.at,
                format!(
                    "column `{column}` holds times; `{}` is none, write it as \"2026-10-01 08:00\"",
                    self.text
                ),
                format!(
                    "列 `{column}` 是时间；`{}` 不是时间，请写成 \"2026-10-01 08:00\"",
                    self.text
                ),
            )
        })
    }

    pub(super) fn as_boolean(&self, column: &str) -> Result<bool, ConditionError> {
        match (self.value, self.text.to_ascii_lowercase().as_str()) {
            (LiteralValue::Boolean(value), _) => Ok(value),
            (_, "1" | "true") => Ok(true),
            (_, "0" | "false") => Ok(false),
            _ => Err(self.wrong(column, "true and false", "布尔值")),
        }
    }

    /// Text columns compare with texts; an equality with a bare number compares its digits.
    pub(super) fn as_text(&self, column: &str, order: bool) -> Result<&str, ConditionError> {
        match self.value {
            LiteralValue::Text => Ok(&self.text),
            _ if !order => Ok(&self.text),
            _ => Err(ConditionError::new(
                self.at,
                format!(
                    "column `{column}` holds text, so < and > compare alphabetically; write \"{}\", or map the column to numbers first",
                    self.text
                ),
                format!(
                    "列 `{column}` 是文本，< 和 > 按字典序比较；请写成 \"{}\"，或先把该列转换为数字",
                    self.text
                ),
            )),
        }
    }

    fn wrong(&self, column: &str, en: &str, zh: &str) -> ConditionError {
        ConditionError::new(
            self.at,
            format!("column `{column}` holds {en}; `{}` is something else", self.text),
            format!("列 `{column}` 是{zh}；`{}` 不是", self.text),
        )
    }

    pub(super) fn type_mismatch(column: &str, at: usize, left: ColumnType, right: ColumnType) -> ConditionError {
        ConditionError::new(
            at,
            format!(
                "column `{column}` holds {}, which cannot be compared with {}",
                right.name(),
                left.name()
            ),
            format!("列 `{column}` 是 {}，无法与 {} 比较", right.name(), left.name()),
        )
    }
}
