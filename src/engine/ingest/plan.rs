//! Decides how a column's cells are read: from the counts of their forms and the words of the column's name.

use super::cell::{self, Marks};
use super::names::Hints;
use super::options::{NumberFormat, TimeChoice};
use super::stats::CellStats;
use super::time::{Pattern, TimeFormat};
use crate::engine::artifact::ColumnType;

/// How every cell of a column is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    Text {
        /// Whether `NA`, `null` … are null (the empty cell always is).
        null_spellings: bool,
    },
    Integer {
        /// `17850.0` is 17850.
        dot_zero: bool,
        marks: Marks,
    },
    Float {
        marks: Marks,
    },
    Boolean,
    Time(TimeFormat),
}

impl Plan {
    pub(super) fn column_type(self) -> ColumnType {
        match self {
            Self::Text { .. } => ColumnType::Text,
            Self::Integer { .. } => ColumnType::Integer,
            Self::Float { .. } => ColumnType::Float,
            Self::Boolean => ColumnType::Boolean,
            Self::Time(_) => ColumnType::Time,
        }
    }

    pub(super) fn parse_int(cell: &[u8], dot_zero: bool, marks: Marks) -> Option<i64> {
        cell::parse_int(cell).or_else(|| cell::parse_int_loose(cell, dot_zero, marks))
    }

    pub(super) fn parse_float(cell: &[u8], marks: Marks) -> Option<f64> {
        if marks.point == b'.'
            && let Some(value) = cell::parse_float(cell)
        {
            return (!cell::leading_zero(cell)).then_some(value);
        }
        cell::parse_float_loose(cell, marks)
    }
}

pub(super) const TEXT: Plan = Plan::Text { null_spellings: true };
const FLOAT: Plan = Plan::Float { marks: Marks::POINT };
const FLOAT_COMMA: Plan = Plan::Float { marks: Marks::COMMA };

const fn integer(dot_zero: bool) -> Plan {
    Plan::Integer {
        dot_zero,
        marks: Marks::POINT,
    }
}

/// `part` is at least 95 % of `whole`.
fn nearly_all(part: u64, whole: u64) -> bool {
    part * 20 >= whole * 19
}

/// At least one in two hundred: too many to be slips of the pen.
fn notable(part: u64, whole: u64) -> bool {
    part > 0 && part * 200 >= whole
}

/// The type of a column whose cells were all counted in `stats`.
pub(super) fn decide(stats: &CellStats, hints: Hints) -> Plan {
    let cells = stats.cells;
    if cells == 0 {
        return TEXT;
    }
    if nearly_all(stats.times(), cells) {
        return Plan::Time(textual_time(stats));
    }
    if nearly_all(stats.boolean, cells) {
        return Plan::Boolean;
    }
    let numbers = stats.numbers();
    // `1.234` beside `1.234,50` is a thousand and some, `1,234` beside `2,5` is one and some.
    let commas = nearly_all(stats.comma_decimal + stats.int + stats.comma_possible, cells);
    let sure = notable(stats.comma_decimal_sure, cells) && stats.point_decimal_sure == 0;
    if commas && (sure || (stats.comma_decimal > 0 && stats.comma_decimal * 20 >= cells)) {
        return FLOAT_COMMA;
    }
    if nearly_all(numbers, cells) {
        return decide_number(stats, hints, numbers);
    }
    if hints.time && nearly_all(stats.times() + stats.compact_date, cells) && stats.compact_date > stats.times() {
        return Plan::Time(TimeFormat::Compact);
    }
    TEXT
}

fn decide_number(stats: &CellStats, hints: Hints, numbers: u64) -> Plan {
    let cells = stats.cells;
    // A number would lose the zeros, or the digits beyond 64 bits; codes with letters among numbers are ids.
    if notable(stats.leading_zero, cells) || notable(stats.big_int, cells) {
        return TEXT;
    }
    if !hints.measure && notable(stats.code, cells) && stats.code * 2 >= stats.code + stats.text {
        return TEXT;
    }
    if let Some(format) = numeric_time(stats, hints, numbers) {
        return Plan::Time(format);
    }
    if stats.decimal > 0 || (stats.dot_zero > 0 && !hints.id) {
        return FLOAT;
    }
    integer(stats.dot_zero > 0)
}

fn numeric_time(stats: &CellStats, hints: Hints, numbers: u64) -> Option<TimeFormat> {
    if !hints.time {
        return None;
    }
    if nearly_all(stats.compact_date, numbers) {
        return Some(TimeFormat::Compact);
    }
    let (count, format) = [
        (stats.epoch_seconds, TimeFormat::EpochSeconds),
        (stats.epoch_millis, TimeFormat::EpochMillis),
        (stats.epoch_micros, TimeFormat::EpochMicros),
    ]
    .into_iter()
    .max_by_key(|&(count, _)| count)?;
    // Zeros and slips are judged by the audit, so a clear majority is enough here.
    (count * 10 >= numbers * 9).then_some(format)
}

/// Numeric dates: the order more cells allow; month first when nothing tells.
fn textual_time(stats: &CellStats) -> TimeFormat {
    if stats.day_first > stats.month_first {
        TimeFormat::DayFirst
    } else {
        TimeFormat::MonthFirst
    }
}

/// The plan for a type the user chose, with the details found in the cells.
pub(super) fn force(dtype: ColumnType, stats: &CellStats, hints: Hints) -> Plan {
    match dtype {
        ColumnType::Text => TEXT,
        ColumnType::Integer => integer(true),
        ColumnType::Float if stats.comma_decimal > stats.decimal + stats.dot_zero => FLOAT_COMMA,
        ColumnType::Float => FLOAT,
        ColumnType::Boolean => Plan::Boolean,
        ColumnType::Time if stats.times() >= stats.numbers() => Plan::Time(textual_time(stats)),
        ColumnType::Time => {
            let hints = Hints { time: true, ..hints };
            Plan::Time(numeric_time(stats, hints, stats.numbers()).unwrap_or(TimeFormat::EpochSeconds))
        }
    }
}

/// The plan for a time format the user chose. The pattern was checked with the options.
pub(super) fn chosen_time(choice: &TimeChoice) -> Plan {
    Plan::Time(match choice {
        TimeChoice::DayFirst => TimeFormat::DayFirst,
        TimeChoice::MonthFirst => TimeFormat::MonthFirst,
        TimeChoice::EpochSeconds => TimeFormat::EpochSeconds,
        TimeChoice::EpochMillis => TimeFormat::EpochMillis,
        TimeChoice::EpochMicros => TimeFormat::EpochMicros,
        TimeChoice::Compact => TimeFormat::Compact,
        TimeChoice::Pattern(pattern) => Pattern::compile(pattern).map_or(TimeFormat::DayFirst, TimeFormat::Written),
    })
}

/// The plan for a number format the user chose: decimals, unless the type was chosen too.
pub(super) fn chosen_number(format: NumberFormat, dtype: Option<ColumnType>) -> Plan {
    let marks = Marks::chosen(format);
    match dtype {
        Some(ColumnType::Integer) => Plan::Integer { dot_zero: true, marks },
        _ => Plan::Float { marks },
    }
}

/// The counts that `parsed` cells read with `plan` stand for, where only the rest was counted.
pub(super) fn counts_of_parsed(plan: Plan, parsed: u64) -> CellStats {
    let mut stats = CellStats {
        cells: parsed,
        ..CellStats::default()
    };
    match plan {
        Plan::Text { .. } => stats.text = parsed,
        Plan::Integer { dot_zero: true, .. } => stats.dot_zero = parsed,
        Plan::Integer { dot_zero: false, .. } => stats.int = parsed,
        Plan::Float { marks } if marks.point == b'.' => stats.decimal = parsed,
        Plan::Float { .. } => stats.comma_decimal = parsed,
        Plan::Boolean => stats.boolean = parsed,
        Plan::Time(format) => match format {
            TimeFormat::EpochSeconds => (stats.int, stats.epoch_seconds) = (parsed, parsed),
            TimeFormat::EpochMillis => (stats.int, stats.epoch_millis) = (parsed, parsed),
            TimeFormat::EpochMicros => (stats.int, stats.epoch_micros) = (parsed, parsed),
            TimeFormat::Compact => (stats.int, stats.compact_date) = (parsed, parsed),
            TimeFormat::DayFirst | TimeFormat::MonthFirst | TimeFormat::Written(_) => stats.iso = parsed,
        },
    }
    stats
}

/// How the times of a column are written, for people.
pub(super) fn time_format_name(plan: Plan, stats: &CellStats) -> Option<String> {
    let Plan::Time(format) = plan else { return None };
    let numeric = stats.day_first + stats.month_first + stats.either_first;
    let name = match format {
        TimeFormat::EpochSeconds => "epoch seconds",
        TimeFormat::EpochMillis => "epoch milliseconds",
        TimeFormat::EpochMicros => "epoch microseconds",
        TimeFormat::Compact => "yyyymmdd",
        TimeFormat::Written(_) => return None,
        _ if stats.iso >= numeric && stats.iso >= stats.named_date => "ISO 8601",
        _ if stats.named_date >= numeric => "day, month name, year",
        TimeFormat::DayFirst => "d/m/Y",
        TimeFormat::MonthFirst if stats.month_first == 0 => "m/d/Y (no cell tells it from d/m/Y)",
        TimeFormat::MonthFirst => "m/d/Y",
    };
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(name: &str, cells: &[&str]) -> Plan {
        let mut stats = CellStats::default();
        for cell in cells {
            stats.add(cell.as_bytes());
        }
        decide(&stats, Hints::of(name))
    }

    fn mostly(common: &str, times: usize, rare: &[&str]) -> Vec<String> {
        let mut cells = vec![common.to_owned(); times];
        cells.extend(rare.iter().map(|&cell| cell.to_owned()));
        cells
    }

    fn plan_of(name: &str, cells: &[String]) -> Plan {
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        plan(name, &cells)
    }

    #[test]
    fn types_by_content() {
        assert_eq!(plan("n", &["1", "2", "NA", ""]), integer(false));
        assert_eq!(plan("n", &["1", "2.5"]), FLOAT);
        assert_eq!(plan("Gross Sales", &["337,300.00", "1"]), FLOAT);
        assert_eq!(plan("Preis", &["3,14", "1.200,50", "7"]), FLOAT_COMMA);
        assert_eq!(plan("Preis", &["1.234,50", "1.234", "2.500"]), FLOAT_COMMA);
        assert_eq!(plan("Preis", &["12,5", "1,234", "3,75"]), FLOAT_COMMA);
        assert_eq!(plan("price", &["1,234.50", "1,234", "2.5"]), FLOAT);
        assert_eq!(plan("count", &["1,234", "2,500", "7"]), integer(false));
        assert_eq!(plan("kg", &["1.234", "2.500", "0.750"]), FLOAT);
        assert_eq!(plan("balance", &["(5.25)", "1,000.00"]), FLOAT);
        assert_eq!(plan("Weekend", &["TRUE", "FALSE"]), Plan::Boolean);
        assert_eq!(plan("x", &["a", "b"]), TEXT);
        assert_eq!(plan("x", &["", "NA"]), TEXT);
    }

    #[test]
    fn ids_are_never_damaged() {
        assert_eq!(plan("CustomerID", &["17850.0", "13047.0", ""]), integer(true));
        assert_eq!(plan("price", &["10.0", "20.0"]), FLOAT);
        assert_eq!(plan("ean", &["0095205603217", "884420588030"]), TEXT);
        assert_eq!(plan("id", &["99999999999999999999", "1"]), TEXT);
        assert_eq!(
            plan_of("InvoiceNo", &mostly("536365", 98, &["C536379", "C536383"])),
            TEXT
        );
        assert_eq!(plan_of("price", &mostly("5.5", 98, &["C536379", "C536383"])), FLOAT);
    }

    #[test]
    fn times_by_content_and_name() {
        assert_eq!(
            plan("event_time", &["2019-10-01 00:00:00 UTC"]),
            Plan::Time(TimeFormat::MonthFirst)
        );
        assert_eq!(plan("d", &["13/1/2010", "1/2/2010"]), Plan::Time(TimeFormat::DayFirst));
        assert_eq!(
            plan("d", &["1/13/2010", "1/2/2010"]),
            Plan::Time(TimeFormat::MonthFirst)
        );
        assert_eq!(plan("timestamp", &["1511544070"]), Plan::Time(TimeFormat::EpochSeconds));
        assert_eq!(plan("ts", &["1511544070123"]), Plan::Time(TimeFormat::EpochMillis));
        assert_eq!(plan("item_id", &["1511544070"]), integer(false));
        assert_eq!(plan("date", &["20191001"]), Plan::Time(TimeFormat::Compact));
        assert_eq!(plan("item_id", &["20191001"]), integer(false));
    }

    #[test]
    fn a_few_bad_cells_do_not_change_the_type() {
        assert_eq!(plan_of("n", &mostly("5", 19, &["oops"])), integer(false));
        assert_eq!(plan_of("n", &mostly("5", 18, &["oops", "no way"])), TEXT);
        assert_eq!(plan_of("kg", &mostly("1.234", 99, &["3,14"])), FLOAT);
        assert_eq!(plan_of("n", &mostly("1,234", 99, &["12,5"])), integer(false));
    }
}
