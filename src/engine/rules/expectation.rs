//! The keys of one kind → `Expectation`.
//!
//! Invariant: bounds are in order, patterns and conditions parse; what does not is refused at its place in the file.

use super::fields::Fields;
use super::file::{Fault, check_condition};
use super::rule::{Against, Direction, Expectation, Scalar, Span};
use crate::engine::recipe::condition::parse_moment;

/// Reads what a kind expects; the kind and its keys are known to exist.
pub(super) fn expectation(kind: &str, fields: &Fields<'_>) -> Result<Expectation, Fault> {
    let column = || fields.needed_text("column").map(|(_, name)| name);
    Ok(match kind {
        "not_null" => Expectation::NotNull { column: column()? },
        "in_set" => Expectation::InSet {
            column: column()?,
            values: fields.scalars("values")?,
        },
        "between" => between(column()?, fields)?,
        "matches" => Expectation::Matches {
            column: column()?,
            pattern: pattern(fields)?,
        },
        "unique_together" => Expectation::UniqueTogether {
            columns: fields.names("columns")?.ok_or_else(|| fields.missing("columns"))?,
        },
        "references" => Expectation::References {
            column: column()?,
            table: fields.needed_text("table")?.1,
            table_column: fields.text("table_column")?.map(|(_, name)| name),
        },
        "monotone" => Expectation::Monotone {
            column: column()?,
            group: fields.names("group")?.unwrap_or_default(),
            direction: direction(fields)?,
            strict: fields.flag("strict")?,
        },
        "row_condition" => {
            let (at, condition) = fields.needed_text("condition")?;
            check_condition(at, &condition)?;
            Expectation::RowCondition { condition }
        }
        "freshness" => freshness(column()?, fields)?,
        _ => volume(fields)?,
    })
}

fn between(column: String, fields: &Fields<'_>) -> Result<Expectation, Fault> {
    let (min, max) = (fields.scalar("min")?, fields.scalar("max")?);
    let bound = |side: &Option<(usize, Scalar)>| -> Result<(), Fault> {
        let Some((at, value)) = side else { return Ok(()) };
        let is_bound = match value {
            Scalar::Integer(_) => true,
            Scalar::Number(number) => number.is_finite(),
            Scalar::Text(text) => parse_moment(text).is_some(),
            Scalar::Boolean(_) => false,
        };
        if is_bound {
            return Ok(());
        }
        Err(Fault::new(
            *at,
            format!("`{value}` is neither a number nor a time; write 12.5 or \"2026-10-01 08:00\""),
            format!("`{value}` 既不是数字也不是时间；请写 12.5 或 \"2026-10-01 08:00\""),
        ))
    };
    bound(&min)?;
    bound(&max)?;
    if let (Some((_, low)), Some((at, high))) = (&min, &max) {
        let in_order = match (low, high) {
            (Scalar::Text(low), Scalar::Text(high)) => parse_moment(low) <= parse_moment(high),
            (Scalar::Text(_), _) | (_, Scalar::Text(_)) => false,
            (low, high) => number_of(low) <= number_of(high),
        };
        if !in_order {
            return Err(Fault::new(
                *at,
                format!("max ({high}) must be of the kind of min ({low}) and not below it"),
                format!("max（{high}）应与 min（{low}）同类且不小于它"),
            ));
        }
    }
    if min.is_none() && max.is_none() {
        return Err(Fault::new(
            fields.at,
            "this rule needs `min` or `max` or both",
            "该规则需要 `min` 或 `max`",
        ));
    }
    Ok(Expectation::Between {
        column,
        min: min.map(|(_, value)| value),
        max: max.map(|(_, value)| value),
        strict_min: fields.flag("strict_min")?,
        strict_max: fields.flag("strict_max")?,
    })
}

fn number_of(value: &Scalar) -> Option<f64> {
    match value {
        Scalar::Integer(value) => Some(*value as f64),
        Scalar::Number(value) => Some(*value),
        Scalar::Boolean(_) | Scalar::Text(_) => None,
    }
}

fn pattern(fields: &Fields<'_>) -> Result<String, Fault> {
    let (at, pattern) = fields.needed_text("pattern")?;
    match regex::Regex::new(&pattern) {
        Ok(_) => Ok(pattern),
        Err(error) => {
            let error = error.to_string();
            let why = error.lines().last().unwrap_or_default().trim();
            Err(Fault::new(
                at,
                format!("`{pattern}` is not a regular expression: {why}"),
                format!("`{pattern}` 不是有效的正则表达式：{why}"),
            ))
        }
    }
}

fn direction(fields: &Fields<'_>) -> Result<Direction, Fault> {
    match fields.text("direction")? {
        None => Ok(Direction::Increasing),
        Some((_, name)) if name == "increasing" => Ok(Direction::Increasing),
        Some((_, name)) if name == "decreasing" => Ok(Direction::Decreasing),
        Some((at, name)) => Err(Fault::new(
            at,
            format!("there is no direction `{name}`; write increasing or decreasing"),
            format!("没有方向 `{name}`；请写 increasing 或 decreasing"),
        )),
    }
}

fn freshness(column: String, fields: &Fields<'_>) -> Result<Expectation, Fault> {
    let (at, text) = fields.needed_text("within")?;
    let within = Span::parse(&text).ok_or_else(|| {
        Fault::new(
            at,
            format!("`{text}` is not a length of time; write for example \"36 hours\" or \"7 days\""),
            format!("`{text}` 不是时长；例如可写 \"36 hours\" 或 \"7 days\""),
        )
    })?;
    let against = match fields.text("against")? {
        None => Against::Now,
        Some((_, word)) if word == "now" => Against::Now,
        Some((_, word)) if word == "log_end" => Against::LogEnd,
        Some((at, text)) => Against::Moment(parse_moment(&text).ok_or_else(|| {
            Fault::new(
                at,
                format!("`{text}` is no moment; write now, log_end or a time such as \"2026-10-01 08:00\""),
                format!("`{text}` 不是时刻；请写 now、log_end 或如 \"2026-10-01 08:00\" 的时间"),
            )
        })?),
    };
    Ok(Expectation::Freshness {
        column,
        within,
        against,
    })
}

fn volume(fields: &Fields<'_>) -> Result<Expectation, Fault> {
    let (min, max) = (fields.count("min_rows")?, fields.count("max_rows")?);
    match (&min, &max) {
        (None, None) => {
            return Err(Fault::new(
                fields.at,
                "this rule needs `min_rows` or `max_rows` or both",
                "该规则需要 `min_rows` 或 `max_rows`",
            ));
        }
        (Some((_, low)), Some((at, high))) if low > high => {
            return Err(Fault::new(
                *at,
                format!("max_rows ({high}) must not be below min_rows ({low})"),
                format!("max_rows（{high}）不应小于 min_rows（{low}）"),
            ));
        }
        _ => {}
    }
    Ok(Expectation::Volume {
        min_rows: min.map(|(_, rows)| rows),
        max_rows: max.map(|(_, rows)| rows),
        per_day: fields.text("per_day")?.map(|(_, name)| name),
        edge_days: fields.flag("edge_days")?,
    })
}
