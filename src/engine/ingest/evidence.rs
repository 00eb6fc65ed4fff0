//! What the sampled cells of a column look like, and in words why they are read as they are.

use super::cell;
use super::dataset::{ColumnInfo, Decision, Dialect, ReadingPart};
use super::options::{ReadOptions, TimeChoice};
use super::plan::{self, Plan};
use super::read::Candidate;
use super::roles::grouped;
use super::spellings::Spellings;
use super::stats::CellStats;
use super::time::TimeFormat;
use crate::engine::artifact::Bilingual;
use std::collections::BTreeMap;

/// Different spellings of null, true and false that are counted.
const MAX_SPELLINGS: usize = 12;
/// Longest text of an example.
const MAX_EXAMPLE_BYTES: usize = 40;

/// Forms, spellings and examples of the sampled cells of one column.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub stats: CellStats,
    nulls: BTreeMap<Vec<u8>, u64>,
    booleans: BTreeMap<Vec<u8>, u64>,
    /// The first cell that proves something.
    both_marks: Option<String>,
    comma_both_marks: Option<String>,
    comma_decimal: Option<String>,
    grouped: Option<String>,
    day_first: Option<String>,
    month_first: Option<String>,
}

impl Seen {
    /// Counts one cell.
    pub(super) fn add(&mut self, cell: &[u8], spellings: &Spellings) {
        let cell = cell::trim(cell);
        let mut one = CellStats::default();
        one.add_by(cell, spellings);
        if one.nulls > 0 {
            count(&mut self.nulls, cell);
        } else if one.boolean > 0 {
            count(&mut self.booleans, cell);
        }
        for (seen, example) in [
            (one.point_decimal_sure, &mut self.both_marks),
            (one.comma_decimal_sure, &mut self.comma_both_marks),
            (one.comma_decimal, &mut self.comma_decimal),
            (one.grouped_int, &mut self.grouped),
            (one.day_first, &mut self.day_first),
            (one.month_first, &mut self.month_first),
        ] {
            if seen > 0 && example.is_none() && cell.len() <= MAX_EXAMPLE_BYTES {
                *example = Some(String::from_utf8_lossy(cell).into_owned());
            }
        }
        self.stats.merge(&one);
    }
}

fn count(spellings: &mut BTreeMap<Vec<u8>, u64>, cell: &[u8]) {
    if let Some(seen) = spellings.get_mut(cell) {
        *seen += 1;
    } else if spellings.len() < MAX_SPELLINGS {
        spellings.insert(cell.to_vec(), 1);
    }
}

/// Spellings with their counts, most frequent first: `NA 12, - 3`.
fn listed(spellings: &BTreeMap<Vec<u8>, u64>, empty: &str) -> String {
    let mut sorted: Vec<(&Vec<u8>, u64)> = spellings.iter().map(|(text, &count)| (text, count)).collect();
    sorted.sort_by_key(|&(text, count)| (std::cmp::Reverse(count), text));
    let shown = sorted.into_iter().map(|(text, count)| {
        let text = String::from_utf8_lossy(text);
        let text = if text.is_empty() { empty } else { &text };
        format!("{text} {}", grouped(count as usize))
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// Sets formats, evidence and who decided.
pub(super) fn describe(info: &mut ColumnInfo, candidate: &Candidate, options: &ReadOptions) {
    let seen = &candidate.seen;
    let time = options.times.get(&info.name);
    let number = options.numbers.get(&info.name);
    let chosen_type = options.types.get(&info.name);
    info.set_by_you = options.text_only || time.is_some() || number.is_some() || chosen_type.is_some();
    info.time_format = plan::time_format_name(candidate.plan, &seen.stats);
    if let (Some(TimeChoice::Pattern(pattern)), Plan::Time(TimeFormat::Written(_))) = (time, candidate.plan) {
        info.time_format = Some(pattern.clone());
    }
    info.number_format = number_format(candidate.plan, seen, number.map(|format| format.example()));
    let evidence = &mut info.evidence;
    if options.text_only {
        evidence.push(Bilingual::new(
            "All cells are kept as text: set by you",
            "所有单元格按文本保留：由您设定",
        ));
        return;
    }
    evidence.push(if info.set_by_you {
        let label = info.dtype.label();
        Bilingual::new(
            format!("Type {}: set by you; {}", label.en, forms(&seen.stats).en),
            format!("类型 {}：由您设定；{}", label.zh, forms(&seen.stats).zh),
        )
    } else {
        forms(&seen.stats)
    });
    if candidate.proposed != info.dtype {
        let (was, is) = (candidate.proposed.label(), info.dtype.label());
        evidence.push(Bilingual::new(
            format!(
                "Type {}, not {}: the rows after the sample do not fit what it showed",
                is.en, was.en
            ),
            format!("类型 {}，而非 {}：样本之后的行与样本不符", is.zh, was.zh),
        ));
    }
    match candidate.plan {
        Plan::Float { .. } | Plan::Integer { .. } => {
            let set = number.map(|format| format.example());
            evidence.extend(number_words(info.number_format.as_deref(), set.is_some(), seen));
        }
        Plan::Time(format) => evidence.extend(time_words(format, time, seen)),
        Plan::Boolean => evidence.push(Bilingual::new(
            format!("Words for true and false: {}", listed(&seen.booleans, "")),
            format!("表示真和假的词：{}", listed(&seen.booleans, "")),
        )),
        Plan::Text { .. } => {}
    }
    if !seen.nulls.is_empty() {
        evidence.push(Bilingual::new(
            format!("Null in the sample: {}", listed(&seen.nulls, "(empty)")),
            format!("样本中的空值：{}", listed(&seen.nulls, "（空单元格）")),
        ));
    }
}

/// An example of how the numbers of a column are written.
fn number_format(plan: Plan, seen: &Seen, chosen: Option<String>) -> Option<String> {
    let (marks, fraction) = match plan {
        Plan::Integer { marks, .. } => (marks, false),
        Plan::Float { marks } => (marks, true),
        _ => return None,
    };
    if chosen.is_some() {
        return chosen;
    }
    let comma = marks.point == b',';
    let example = match (comma, seen.grouped.is_some() || seen.both_marks.is_some(), fraction) {
        (true, _, _) if seen.comma_both_marks.is_some() => "1.234,50",
        (true, _, _) => "1234,50",
        (false, true, true) => "1,234.50",
        (false, false, true) => "1234.50",
        (false, true, false) => "1,234",
        (false, false, false) => "1234",
    };
    Some(example.to_owned())
}

/// The forms of the sampled cells, most frequent first.
fn forms(stats: &CellStats) -> Bilingual {
    let mut counted = [
        (stats.int, "integers", "整数"),
        (
            stats.grouped_int,
            "integers with marks such as 1,234 or ￥5",
            "带标记的整数（如 1,234、￥5）",
        ),
        (stats.leading_zero, "digits with zeros in front", "带前导零的数字"),
        (stats.big_int, "digits beyond 64 bits", "超出 64 位的数字"),
        (stats.dot_zero, "decimals ending in .0", "以 .0 结尾的小数"),
        (stats.decimal, "decimals", "小数"),
        (stats.comma_decimal, "decimals with a comma", "以逗号为小数点的小数"),
        (stats.boolean, "words for true and false", "表示真假的词"),
        (stats.iso, "times with the year first", "年份在前的时间"),
        (
            stats.day_first + stats.month_first + stats.either_first,
            "numeric dates with the year last",
            "年份在后的数字日期",
        ),
        (stats.named_date, "dates with a month's name", "带月份名的日期"),
        (stats.code, "codes of letters and digits", "字母数字编码"),
        (stats.text, "texts", "文本"),
    ];
    counted.sort_by_key(|&(count, ..)| std::cmp::Reverse(count));
    let cells = grouped(stats.cells as usize);
    let list = |word: fn(&(u64, &'static str, &'static str)) -> &'static str, comma: &str| {
        let kinds = counted.iter().filter(|(count, ..)| *count > 0).take(4);
        let kinds: Vec<String> = kinds
            .map(|kind| format!("{} {}", grouped(kind.0 as usize), word(kind)))
            .collect();
        kinds.join(comma)
    };
    if stats.cells == 0 {
        return Bilingual::new("No cell of the sample holds anything", "样本中没有非空单元格");
    }
    Bilingual::new(
        format!("Of {cells} sampled cells: {}", list(|kind| kind.1, ", ")),
        format!("{cells} 个样本单元格中：{}", list(|kind| kind.2, "、")),
    )
}

fn number_words(format: Option<&str>, set: bool, seen: &Seen) -> Option<Bilingual> {
    let format = format?;
    if set {
        return Some(Bilingual::new(
            format!("Numbers are written as {format}: set by you"),
            format!("数字写作 {format}：由您设定"),
        ));
    }
    let proof = if format.ends_with(",50") {
        seen.comma_both_marks.as_ref().or(seen.comma_decimal.as_ref())
    } else {
        seen.both_marks.as_ref().or(seen.grouped.as_ref())
    };
    let proof = proof?;
    Some(Bilingual::new(
        format!("Numbers are written as {format}: {proof:?} can mean nothing else beside the other cells"),
        format!("数字写作 {format}：结合其他单元格，{proof:?} 只能这样理解"),
    ))
}

fn time_words(format: TimeFormat, chosen: Option<&TimeChoice>, seen: &Seen) -> Option<Bilingual> {
    if let Some(choice) = chosen {
        let name = choice.name();
        return Some(Bilingual::new(
            format!("Times are written as {name}: set by you"),
            format!("时间写作 {name}：由您设定"),
        ));
    }
    let stats = &seen.stats;
    let n = |count: u64| grouped(count as usize);
    match format {
        TimeFormat::EpochSeconds => Some(epoch_words("seconds", "秒", stats.epoch_seconds, stats)),
        TimeFormat::EpochMillis => Some(epoch_words("milliseconds", "毫秒", stats.epoch_millis, stats)),
        TimeFormat::EpochMicros => Some(epoch_words("microseconds", "微秒", stats.epoch_micros, stats)),
        TimeFormat::Compact => Some(Bilingual::new(
            format!(
                "{} of {} sampled cells are dates as yyyymmdd",
                n(stats.compact_date),
                n(stats.cells)
            ),
            format!(
                "{} / {} 个样本单元格是 yyyymmdd 日期",
                n(stats.compact_date),
                n(stats.cells)
            ),
        )),
        TimeFormat::Written(_) => None,
        TimeFormat::DayFirst | TimeFormat::MonthFirst => {
            let both = stats.either_first;
            if stats.day_first + stats.month_first + both == 0 {
                return None;
            }
            let (day, month) = (n(stats.day_first), n(stats.month_first));
            let shown =
                |example: &Option<String>| example.as_ref().map_or_else(String::new, |text| format!(" ({text})"));
            let (first, second) = (shown(&seen.day_first), shown(&seen.month_first));
            if stats.day_first + stats.month_first == 0 {
                return Some(Bilingual::new(
                    format!(
                        "Month first is assumed: all {} numeric dates of the sample allow both orders",
                        n(both)
                    ),
                    format!("按月在前读取：样本中 {} 个数字日期两种顺序都成立", n(both)),
                ));
            }
            let (order, order_zh) = if format == TimeFormat::DayFirst {
                ("Day first", "日在前")
            } else {
                ("Month first", "月在前")
            };
            Some(Bilingual::new(
                format!(
                    "{order}: {day} sampled dates{first} allow only day first, {month}{second} only month first, {} both",
                    n(both)
                ),
                format!(
                    "{order_zh}：样本中 {day} 个日期{first}只能日在前，{month} 个{second}只能月在前，{} 个两者皆可",
                    n(both)
                ),
            ))
        }
    }
}

fn epoch_words(unit: &str, unit_zh: &str, count: u64, stats: &CellStats) -> Bilingual {
    let (count, cells) = (grouped(count as usize), grouped(stats.cells as usize));
    Bilingual::new(
        format!("{count} of {cells} sampled cells lie between 1990 and 2100 as {unit} since 1970"),
        format!("{count} / {cells} 个样本单元格按 1970 年以来的{unit_zh}数计在 1990 至 2100 年之间"),
    )
}

/// Which spellings count as null, true and false in the whole log, where the user decided.
pub(super) fn spellings(dialect: &mut Dialect, options: &ReadOptions) {
    if let Some(nulls) = &options.nulls {
        let list = if nulls.is_empty() {
            "–".to_owned()
        } else {
            nulls.join(", ")
        };
        dialect.decide(Decision::set(
            ReadingPart::Nulls,
            format!("Null is written as {list} or left empty: set by you"),
            format!("空值写作 {list} 或留空：由您设定"),
        ));
    }
    if let Some(words) = &options.booleans {
        let (yes, no) = (words.yes.join(", "), words.no.join(", "));
        dialect.decide(Decision::set(
            ReadingPart::Booleans,
            format!("True is written as {yes}, false as {no}: set by you"),
            format!("真写作 {yes}，假写作 {no}：由您设定"),
        ));
    }
}
