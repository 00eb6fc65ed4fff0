//! A condition and a table → one three-valued truth a row.

use super::{ColumnRef, Comparison, Condition, ConditionError, Literal, Operand, TextTest};
use crate::engine::recipe::cells::Cells;
use hashbrown::HashSet;
use polars::prelude::DataFrame;
use std::cmp::Ordering;

const FALSE: u8 = 0;
const UNKNOWN: u8 = 1;
const TRUE: u8 = 2;
type Truths = Vec<u8>;

impl Condition {
    /// True where the row satisfies the condition; unknown (a missing cell was compared) counts as not satisfied.
    pub fn evaluate(&self, frame: &DataFrame) -> Result<Vec<bool>, ConditionError> {
        Ok(self.truths(frame)?.into_iter().map(|truth| truth == TRUE).collect())
    }

    /// One verdict a row; `None` where a missing cell was compared, so that it is neither.
    pub fn judge(&self, frame: &DataFrame) -> Result<Vec<Option<bool>>, ConditionError> {
        let verdict = |truth| (truth != UNKNOWN).then_some(truth == TRUE);
        Ok(self.truths(frame)?.into_iter().map(verdict).collect())
    }

    fn truths(&self, frame: &DataFrame) -> Result<Truths, ConditionError> {
        match self {
            // With false < unknown < true, Kleene's `or` is max, `and` is min, `not` mirrors.
            Self::Any(parts) => fold(parts, frame, u8::max),
            Self::All(parts) => fold(parts, frame, u8::min),
            Self::Not(inner) => {
                let mut truths = inner.truths(frame)?;
                truths.iter_mut().for_each(|truth| *truth = TRUE - *truth);
                Ok(truths)
            }
            Self::Compare { left, op, right } => compare(left, *op, right, frame),
            Self::In { column, values } => is_in(column, values, frame),
            Self::IsNull(column) => {
                let nulls = source(column, frame)?.is_null();
                Ok(nulls.iter().map(|null| truth(null == Some(true))).collect())
            }
            Self::Text {
                column,
                op,
                pattern,
                at,
            } => text_test(column, *op, pattern, *at, frame),
            Self::IsTrue(column) => match cells(column, frame)? {
                Cells::Boolean(values) => Ok(test(values.iter(), |value| value)),
                other => Err(ConditionError::new(
                    column.at,
                    format!(
                        "column `{}` holds {}, not true and false; compare it with something",
                        column.name,
                        other.dtype().name()
                    ),
                    format!(
                        "列 `{}` 是 {}，不是布尔值；请与某个值比较",
                        column.name,
                        other.dtype().name()
                    ),
                )),
            },
        }
    }
}

fn truth(holds: bool) -> u8 {
    if holds { TRUE } else { FALSE }
}

/// One truth a cell, unknown where it is missing.
fn test<T>(values: impl Iterator<Item = Option<T>>, holds: impl Fn(T) -> bool) -> Truths {
    values
        .map(|value| value.map_or(UNKNOWN, |value| truth(holds(value))))
        .collect()
}

fn fold(parts: &[Condition], frame: &DataFrame, join: impl Fn(u8, u8) -> u8) -> Result<Truths, ConditionError> {
    let mut joined: Option<Truths> = None;
    for part in parts {
        let truths = part.truths(frame)?;
        match &mut joined {
            None => joined = Some(truths),
            Some(so_far) => {
                for (a, b) in so_far.iter_mut().zip(truths) {
                    *a = join(*a, b);
                }
            }
        }
    }
    Ok(joined.unwrap_or_default())
}

fn source<'a>(column: &ColumnRef, frame: &'a DataFrame) -> Result<&'a polars::prelude::Column, ConditionError> {
    frame.column(&column.name).map_err(|_| {
        let names: Vec<&str> = frame.columns().iter().map(|c| c.name().as_str()).collect();
        let hint = super::super::error::closest(&column.name, &names);
        let (en, zh) = match hint {
            Some(name) => (format!("; did you mean `{name}`?"), format!("；是否指 `{name}`？")),
            None => (
                format!("; the columns are {}", names.join(", ")),
                format!("；现有列：{}", names.join("、")),
            ),
        };
        ConditionError::new(
            column.at,
            format!("there is no column `{}`{en}", column.name),
            format!("没有列 `{}`{zh}", column.name),
        )
    })
}

fn cells<'a>(column: &ColumnRef, frame: &'a DataFrame) -> Result<Cells<'a>, ConditionError> {
    Cells::of(source(column, frame)?).map_err(|refused| {
        ConditionError::new(
            column.at,
            refused.to_string(),
            format!("列 `{}` 的类型 {} 无法使用", refused.column, refused.dtype),
        )
    })
}

fn compare(left: &Operand, op: Comparison, right: &Operand, frame: &DataFrame) -> Result<Truths, ConditionError> {
    match (left, right) {
        (Operand::Column(column), Operand::Literal(literal)) => compare_literal(column, op, literal, frame),
        (Operand::Literal(literal), Operand::Column(column)) => compare_literal(column, op.mirrored(), literal, frame),
        (Operand::Column(a), Operand::Column(b)) => compare_columns(a, op, b, frame),
        // The parser refuses two literals; an empty result would be a wrong answer, so say it.
        (Operand::Literal(a), Operand::Literal(_)) => {
            Err(ConditionError::new(a.at, "a test needs a column", "判断中需要列名"))
        }
    }
}

fn compare_literal(
    column: &ColumnRef,
    op: Comparison,
    literal: &Literal,
    frame: &DataFrame,
) -> Result<Truths, ConditionError> {
    let name = &column.name;
    Ok(match cells(column, frame)? {
        Cells::Integer(values) => match literal.as_integer(name)? {
            Some(limit) => test(values.iter(), |v| op.holds(v.cmp(&limit))),
            None => {
                let limit = literal.as_number(name)?;
                test(values.iter(), |v| op.holds((v as f64).total_cmp(&limit)))
            }
        },
        Cells::Float(values) => {
            let limit = literal.as_number(name)?;
            test(values.iter().map(|v| v.filter(|v| !v.is_nan())), |v| {
                v.partial_cmp(&limit).is_some_and(|ordering| op.holds(ordering))
            })
        }
        Cells::Time(values) => {
            let limit = literal.as_moment(name)?;
            test(values.iter(), |v| op.holds(v.cmp(&limit)))
        }
        Cells::Boolean(values) => {
            let limit = literal.as_boolean(name)?;
            test(values.iter(), |v| op.holds(v.cmp(&limit)))
        }
        Cells::Text(values) => {
            let limit = literal.as_text(name, op.is_order())?;
            test(values.iter(), |v| op.holds(v.cmp(limit)))
        }
    })
}

fn compare_columns(a: &ColumnRef, op: Comparison, b: &ColumnRef, frame: &DataFrame) -> Result<Truths, ConditionError> {
    fn pairs<T>(
        a: impl Iterator<Item = Option<T>>,
        b: impl Iterator<Item = Option<T>>,
        holds: impl Fn(T, T) -> bool,
    ) -> Truths {
        test(a.zip(b).map(|(a, b)| a.zip(b)), |(a, b)| holds(a, b))
    }
    let (left, right) = (cells(a, frame)?, cells(b, frame)?);
    Ok(match (left, right) {
        (Cells::Text(x), Cells::Text(y)) => pairs(x.iter(), y.iter(), |x, y| op.holds(x.cmp(y))),
        (Cells::Time(x), Cells::Time(y)) | (Cells::Integer(x), Cells::Integer(y)) => {
            pairs(x.iter(), y.iter(), |x, y| op.holds(x.cmp(&y)))
        }
        (Cells::Boolean(x), Cells::Boolean(y)) => pairs(x.iter(), y.iter(), |x, y| op.holds(x.cmp(&y))),
        (Cells::Integer(_) | Cells::Float(_), Cells::Integer(_) | Cells::Float(_)) => {
            let (x, y) = (left.numbers().unwrap_or_default(), right.numbers().unwrap_or_default());
            pairs(x.into_iter(), y.into_iter(), |x, y| {
                x.partial_cmp(&y).is_some_and(|ordering: Ordering| op.holds(ordering))
            })
        }
        _ => return Err(Literal::type_mismatch(&b.name, b.at, left.dtype(), right.dtype())),
    })
}

fn is_in(column: &ColumnRef, values: &[Literal], frame: &DataFrame) -> Result<Truths, ConditionError> {
    let name = &column.name;
    Ok(match cells(column, frame)? {
        Cells::Integer(cells) => {
            let mut wanted = HashSet::new();
            for literal in values {
                wanted.extend(literal.as_integer(name)?);
            }
            test(cells.iter(), |v| wanted.contains(&v))
        }
        Cells::Float(cells) => {
            let wanted: Vec<f64> = values.iter().map(|l| l.as_number(name)).collect::<Result<_, _>>()?;
            test(cells.iter().map(|v| v.filter(|v| !v.is_nan())), |v| wanted.contains(&v))
        }
        Cells::Time(cells) => {
            let wanted: HashSet<i64> = values.iter().map(|l| l.as_moment(name)).collect::<Result<_, _>>()?;
            test(cells.iter(), |v| wanted.contains(&v))
        }
        Cells::Boolean(cells) => {
            let wanted: Vec<bool> = values.iter().map(|l| l.as_boolean(name)).collect::<Result<_, _>>()?;
            test(cells.iter(), |v| wanted.contains(&v))
        }
        Cells::Text(cells) => {
            let wanted: HashSet<&str> = values
                .iter()
                .map(|l| l.as_text(name, false))
                .collect::<Result<_, _>>()?;
            // A handful of values is compared faster than hashed.
            let few: Vec<&str> = values.iter().map(|l| l.text.as_str()).collect();
            if few.len() <= 8 {
                test(cells.iter(), |v| few.contains(&v))
            } else {
                test(cells.iter(), |v| wanted.contains(v))
            }
        }
    })
}

fn text_test(
    column: &ColumnRef,
    op: TextTest,
    pattern: &str,
    at: usize,
    frame: &DataFrame,
) -> Result<Truths, ConditionError> {
    let cells = cells(column, frame)?;
    let matcher = Matcher::new(op, pattern, at)?;
    Ok(match cells {
        Cells::Text(values) => test(values.iter(), |v| matcher.holds(v)),
        other => test(other.shown(), |v| matcher.holds(&v)),
    })
}

#[expect(
    clippy::large_enum_variant,
    reason = "there is one a condition, and it is asked once a row"
)]
enum Matcher<'a> {
    Contains(memchr::memmem::Finder<'a>),
    StartsWith(&'a str),
    EndsWith(&'a str),
    Matches(regex::Regex),
}

impl<'a> Matcher<'a> {
    fn new(op: TextTest, pattern: &'a str, at: usize) -> Result<Self, ConditionError> {
        Ok(match op {
            TextTest::Contains => Self::Contains(memchr::memmem::Finder::new(pattern)),
            TextTest::StartsWith => Self::StartsWith(pattern),
            TextTest::EndsWith => Self::EndsWith(pattern),
            TextTest::Matches => Self::Matches(regex::Regex::new(pattern).map_err(|error| {
                let reason = error.to_string();
                let last = reason.lines().last().unwrap_or_default().trim().to_owned();
                ConditionError::new(
                    at,
                    format!("\"{pattern}\" is not a regular expression: {last}"),
                    format!("\"{pattern}\" 不是有效的正则表达式：{last}"),
                )
            })?),
        })
    }

    fn holds(&self, text: &str) -> bool {
        match self {
            Self::Contains(finder) => finder.find(text.as_bytes()).is_some(),
            Self::StartsWith(prefix) => text.starts_with(prefix),
            Self::EndsWith(suffix) => text.ends_with(suffix),
            Self::Matches(regex) => regex.is_match(text),
        }
    }
}
