//! Candidates from single columns: values there, from a set, in a range, of a form, unique.

use super::Candidate;
use super::shape::shape;
use crate::engine::artifact::{Bilingual, ColumnType, Role, Severity};
use crate::engine::audit::cells::{Cells, Value};
use crate::engine::audit::distinct::{Distinct, NULL};
use crate::engine::audit::{percent, thousands};
use crate::engine::progress::Cancelled;
use crate::engine::rules::rule::{Expectation, Scalar};
use crate::engine::rules::subject::Subject;

/// A column of more values is free text or an identifier, no set; as Deequ.
const MOST_VALUES: usize = 120;
/// A set in which more values than this occur once will meet new ones; as Deequ.
const SINGLETON_SHARE: f64 = 0.1;
/// A value rarer than this may be a slip and is left out of the set, if all such together are at most `STRAY_ROWS`.
const STRAY_VALUE: f64 = 0.001;
const STRAY_ROWS: f64 = 0.01;
/// Fewer rows than this tell little of the values to come.
const FEWEST_ROWS: u64 = 100;

/// A column as the rows that rules are drawn from show it.
struct Seen<'a> {
    name: &'a str,
    role: Role,
    dtype: ColumnType,
    cells: Cells<'a>,
    distinct: Distinct,
    /// Rows of each value within these rows.
    counts: Vec<u64>,
    filled: u64,
}

/// Everything the columns suggest, in their order.
pub(super) fn candidates(subject: &Subject<'_>, fit: &[bool]) -> Result<Vec<Candidate>, Cancelled> {
    let mut found = Vec::new();
    for info in &subject.dataset.info.columns {
        let Ok(column) = subject.column(&info.name) else {
            continue;
        };
        let distinct = Distinct::of(column.cells, subject.progress)?;
        let mut counts = vec![0; distinct.num_values()];
        for (&code, _) in distinct
            .codes
            .iter()
            .zip(fit)
            .filter(|(code, in_fit)| **in_fit && **code != NULL)
        {
            counts[code as usize] += 1;
        }
        let seen = Seen {
            name: &info.name,
            role: info.role,
            dtype: info.dtype,
            cells: column.cells,
            filled: counts.iter().sum(),
            distinct,
            counts,
        };
        found.push(not_null(&seen));
        if seen.filled >= FEWEST_ROWS {
            let more = [in_set(&seen), between(&seen), matches(&seen), unique(&seen)];
            found.extend(more.into_iter().flatten());
        }
    }
    Ok(found)
}

fn is_key(role: Role) -> bool {
    matches!(role, Role::User | Role::Item | Role::Event | Role::Time)
}

fn not_null(seen: &Seen<'_>) -> Candidate {
    Candidate {
        expectation: Expectation::NotNull {
            column: seen.name.to_owned(),
        },
        severity: if is_key(seen.role) {
            Severity::Error
        } else {
            Severity::Warning
        },
        // Below that a value is rather the exception, and its absence no fault.
        most_failing: 0.5,
        evidence: None,
    }
}

impl Seen<'_> {
    fn num_values(&self) -> usize {
        self.counts.iter().filter(|&&count| count > 0).count()
    }

    fn value(&self, code: usize) -> Value {
        self.cells.value(self.distinct.first_row[code] as usize)
    }

    /// Codes that occur, most frequent first.
    fn by_count(&self) -> Vec<usize> {
        let mut codes: Vec<usize> = (0..self.counts.len()).filter(|&code| self.counts[code] > 0).collect();
        codes.sort_by_key(|&code| std::cmp::Reverse(self.counts[code]));
        codes
    }
}

fn in_set(seen: &Seen<'_>) -> Option<Candidate> {
    let is_id = matches!(
        seen.role,
        Role::User | Role::Item | Role::Session | Role::Time | Role::Price
    );
    let is_listable = matches!(seen.dtype, ColumnType::Text | ColumnType::Integer | ColumnType::Boolean);
    let values = seen.num_values();
    let once = seen.counts.iter().filter(|&&count| count == 1).count();
    if is_id || !is_listable || !(2..=MOST_VALUES).contains(&values) || once as f64 > values as f64 * SINGLETON_SHARE {
        return None;
    }
    let is_stray = |code: &usize| (seen.counts[*code] as f64) < seen.filled as f64 * STRAY_VALUE;
    let codes = seen.by_count();
    let strays: Vec<usize> = codes.iter().copied().filter(is_stray).collect();
    let stray_rows: u64 = strays.iter().map(|&code| seen.counts[code]).sum();
    let leave_out = stray_rows as f64 <= seen.filled as f64 * STRAY_ROWS && strays.len() + 2 <= codes.len();
    let kept = codes.iter().filter(|code| !leave_out || !is_stray(code));
    let values: Vec<Scalar> = kept.filter_map(|&code| scalar(seen.value(code))).collect();
    let (n, rows) = (thousands(codes.len() as u64), thousands(seen.filled));
    let (mut en, mut zh) = (
        format!("{n} values in {rows} rows, {once} of them once"),
        format!("{rows} 行中有 {n} 个取值，其中 {once} 个只出现一次"),
    );
    if leave_out && !strays.is_empty() {
        let (left, of_rows) = (thousands(strays.len() as u64), thousands(stray_rows));
        en += &format!("; {left} rare ones ({of_rows} rows) are left out");
        zh += &format!("；排除 {left} 个罕见取值（{of_rows} 行）");
    }
    Some(Candidate {
        expectation: Expectation::InSet {
            column: seen.name.to_owned(),
            values,
        },
        severity: if seen.role == Role::Event {
            Severity::Error
        } else {
            Severity::Warning
        },
        most_failing: STRAY_ROWS,
        evidence: Some(Bilingual::new(en, zh)),
    })
}

fn scalar(value: Value) -> Option<Scalar> {
    Some(match value {
        Value::Null => return None,
        Value::Boolean(value) => Scalar::Boolean(value),
        Value::Integer(value) => Scalar::Integer(value),
        Value::Number(value) => Scalar::Number(value),
        Value::Text(text) => Scalar::Text(text),
    })
}

/// Not below zero where nearly nothing is; a rating within what was seen. The greatest value of a sample is no limit of
/// what is to come, so no other upper bound is proposed.
fn between(seen: &Seen<'_>) -> Option<Candidate> {
    let is_number = matches!(seen.dtype, ColumnType::Integer | ColumnType::Float);
    if !is_number
        || matches!(
            seen.role,
            Role::User | Role::Item | Role::Session | Role::Label | Role::Event
        )
    {
        return None;
    }
    let number = |code: usize| seen.cells.number(seen.distinct.first_row[code] as usize);
    let rows_where = |test: &dyn Fn(f64) -> bool| -> u64 {
        let codes = (0..seen.counts.len()).filter(|&code| number(code).is_some_and(test));
        codes.map(|code| seen.counts[code]).sum()
    };
    let (negative, zero) = (rows_where(&|value| value < 0.0), rows_where(&|value| value == 0.0));
    if negative as f64 > seen.filled as f64 * STRAY_ROWS {
        return None;
    }
    let filled = thousands(seen.filled);
    let (negative_rows, zero_rows) = (thousands(negative), thousands(zero));
    let highest = (0..seen.counts.len())
        .filter(|&code| seen.counts[code] > 0)
        .filter_map(number)
        .fold(0.0, f64::max);
    let max = (seen.role == Role::Rating && highest.fract() == 0.0 && highest <= 100.0)
        .then_some(Scalar::Integer(highest as i64));
    Some(Candidate {
        expectation: Expectation::Between {
            column: seen.name.to_owned(),
            min: Some(Scalar::Integer(0)),
            max,
            strict_min: seen.role == Role::Price && zero as f64 <= seen.filled as f64 * STRAY_VALUE,
            strict_max: false,
        },
        severity: if seen.role == Role::Price {
            Severity::Error
        } else {
            Severity::Warning
        },
        most_failing: STRAY_ROWS,
        evidence: Some(Bilingual::new(
            format!("of {filled} numbers {negative_rows} are below zero and {zero_rows} are zero"),
            format!("{filled} 个数中有 {negative_rows} 个小于零、{zero_rows} 个等于零"),
        )),
    })
}

fn matches(seen: &Seen<'_>) -> Option<Candidate> {
    let is_code = seen.dtype == ColumnType::Text
        && matches!(seen.role, Role::User | Role::Item | Role::Session | Role::Other)
        && seen.num_values() > MOST_VALUES.min(seen.filled as usize / 2);
    if !is_code {
        return None;
    }
    let texts = (0..seen.counts.len())
        .filter(|&code| seen.counts[code] > 0)
        .filter_map(|code| seen.cells.text(seen.distinct.first_row[code] as usize));
    let pattern = shape(texts)?;
    let values = thousands(seen.num_values() as u64);
    Some(Candidate {
        expectation: Expectation::Matches {
            column: seen.name.to_owned(),
            pattern,
        },
        severity: Severity::Warning,
        most_failing: STRAY_ROWS,
        evidence: Some(Bilingual::new(
            format!("all {values} values have this form"),
            format!("全部 {values} 个取值都符合此格式"),
        )),
    })
}

fn unique(seen: &Seen<'_>) -> Option<Candidate> {
    let is_code = matches!(seen.dtype, ColumnType::Text | ColumnType::Integer);
    let may_be_key = matches!(
        seen.role,
        Role::User | Role::Item | Role::Session | Role::Other | Role::Query
    );
    let values = seen.num_values() as u64;
    // Less than one row in a hundred repeated: a key with faults, worth saying so.
    if !is_code || !may_be_key || (values as f64) < seen.filled as f64 * (1.0 - STRAY_ROWS) {
        return None;
    }
    let share = percent(values as f64 / seen.filled as f64);
    let (values, filled) = (thousands(values), thousands(seen.filled));
    Some(Candidate {
        expectation: Expectation::UniqueTogether {
            columns: vec![seen.name.to_owned()],
        },
        severity: Severity::Error,
        most_failing: STRAY_ROWS,
        evidence: Some(Bilingual::new(
            format!("{values} different values in {filled} rows ({share})"),
            format!("{filled} 行中有 {values} 个不同取值（{share}）"),
        )),
    })
}
