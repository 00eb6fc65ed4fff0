//! Rules on single cells or rows: not_null, in_set, between, matches, row_condition.
//!
//! All but the first are conditions in the language of the recipe, so that a rule and a recipe step that say the same
//! mean the same rows.

use crate::engine::artifact::ColumnType;
use crate::engine::recipe::condition::{ColumnRef, Comparison, Condition, Literal, LiteralValue, Operand, TextTest};
use crate::engine::rules::rule::{Expectation, Scalar};
use crate::engine::rules::subject::{Column, Scope, Stop, Subject, Verdict, undefined};

pub(super) fn not_null(column: &str, subject: &Subject<'_>, scope: &Scope) -> Result<Verdict, Stop> {
    let column = subject.column(column)?;
    let mut verdict = Verdict::default();
    for row in scope.rows() {
        if column.cells.is_null(row) {
            verdict.fail(row);
        } else {
            verdict.pass();
        }
    }
    Ok(verdict)
}

pub(super) fn in_set(column: &str, values: &[Scalar], subject: &Subject<'_>, scope: &Scope) -> Result<Verdict, Stop> {
    let condition = Condition::In {
        column: reference(column),
        values: values.iter().map(literal).collect(),
    };
    of_cells(column, &condition, subject, scope)
}

pub(super) fn between(
    column: &str,
    expectation: &Expectation,
    subject: &Subject<'_>,
    scope: &Scope,
) -> Result<Verdict, Stop> {
    let Expectation::Between {
        min,
        max,
        strict_min,
        strict_max,
        ..
    } = expectation
    else {
        return Err(undefined("this is no rule of the kind between", "不是 between 规则"));
    };
    let dtype = subject.column(column)?.info.dtype;
    if !matches!(dtype, ColumnType::Integer | ColumnType::Float | ColumnType::Time) {
        let name = dtype.name();
        return Err(undefined(
            format!("`{column}` holds {name}; between judges numbers and times"),
            format!("列 `{column}` 是 {name}；between 只判断数字和时间"),
        ));
    }
    let side = |bound: &Option<Scalar>, op| {
        bound.as_ref().map(|bound| Condition::Compare {
            left: Operand::Column(reference(column)),
            op,
            right: Operand::Literal(literal(bound)),
        })
    };
    let above = if *strict_min {
        Comparison::Greater
    } else {
        Comparison::GreaterOrEqual
    };
    let below = if *strict_max {
        Comparison::Less
    } else {
        Comparison::LessOrEqual
    };
    let sides = [side(min, above), side(max, below)];
    of_cells(
        column,
        &Condition::All(sides.into_iter().flatten().collect()),
        subject,
        scope,
    )
}

pub(super) fn matches(column: &str, pattern: &str, subject: &Subject<'_>, scope: &Scope) -> Result<Verdict, Stop> {
    let condition = Condition::Text {
        column: reference(column),
        op: TextTest::Matches,
        // The whole cell, also where the pattern has alternatives or its flags change what ^ and $ mean.
        pattern: format!(r"\A(?:{pattern})\z"),
        at: 1,
    };
    of_cells(column, &condition, subject, scope)
}

/// Rows on which the condition cannot be told for a missing cell are not judged, as a CHECK of SQL.
pub(super) fn row_condition(condition: &str, subject: &Subject<'_>, scope: &Scope) -> Result<Verdict, Stop> {
    judge(&Condition::parse(condition)?, None, subject, scope)
}

fn of_cells(column: &str, condition: &Condition, subject: &Subject<'_>, scope: &Scope) -> Result<Verdict, Stop> {
    let column = subject.column(column)?;
    judge(condition, Some(&column), subject, scope)
}

fn judge(
    condition: &Condition,
    column: Option<&Column<'_>>,
    subject: &Subject<'_>,
    scope: &Scope,
) -> Result<Verdict, Stop> {
    subject.progress.check()?;
    let judged = condition.judge(&subject.dataset.frame)?;
    let unread = column.map(|column| subject.unread(column)).transpose()?;
    let mut verdict = Verdict::default();
    for row in scope.rows() {
        // Text tests see "NaN" where a number is not one; to a rule that cell has no value.
        let is_missing = column.is_some_and(|column| column.cells.is_null(row));
        match judged[row].filter(|_| !is_missing) {
            Some(true) => verdict.pass(),
            Some(false) => verdict.fail(row),
            None if unread.as_ref().is_some_and(|unread| unread.contains(row)) => verdict.fail(row),
            None => verdict.missing += 1,
        }
    }
    Ok(verdict)
}

fn reference(column: &str) -> ColumnRef {
    ColumnRef {
        name: column.to_owned(),
        at: 1,
    }
}

fn literal(value: &Scalar) -> Literal {
    let kind = match value {
        Scalar::Boolean(value) => LiteralValue::Boolean(*value),
        Scalar::Integer(value) => LiteralValue::Number(*value as f64),
        Scalar::Number(value) => LiteralValue::Number(*value),
        Scalar::Text(_) => LiteralValue::Text,
    };
    Literal {
        value: kind,
        text: value.to_string(),
        at: 1,
    }
}
