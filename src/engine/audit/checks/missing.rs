//! C01: cells without a value.

use crate::engine::artifact::{Bilingual, ColumnType, Role, Severity};
use crate::engine::audit::cells::Value;
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::distinct::NULL;
use crate::engine::audit::finding::{Dimension, Fact, Finding};
use crate::engine::audit::fix::{Condition, Fix};
use crate::engine::audit::plot::FindingPlot;
use crate::engine::audit::plots::over_time;
use crate::engine::audit::profile::ColumnKind;
use crate::engine::audit::rule::{Extent, RuleInfo, Violation, fact, finding};
use crate::engine::audit::wording::{percent, quoted, thousands};
use crate::engine::progress::Cancelled;

/// Missing values (C01)
///
/// ## What it checks
/// Counts, for each column, the rows whose cell is empty or holds a null spelling. Cells that are filled but
/// do not parse belong to V03. A column that is empty for some event types and always filled for the others is
/// reported as information: it is that way by design. So are queries, texts, positions, ratings and labels,
/// which not every event has.
///
/// ## Why it matters
/// Rows without user, item, event or time cannot be placed in any sequence and silently leave joins, splits
/// and features. Missing attributes become a category of their own, or bias whatever is computed from the rest.
///
/// ## Example
/// `category_code` is empty in 1,604,002 of 5,012,338 rows (32.0 %).
///
/// ## Proposed fix
/// Drop the rows if a user, item, event or time is missing; fill categories with `unknown` and numbers with
/// the column's median. Free text is left as it is.
pub struct MissingCells {
    column: String,
    missing: u64,
    rows: u64,
    is_key: bool,
    /// What a role such as query or text leaves open: not every event has one.
    is_optional: bool,
    /// Event types for which the column is never filled, if it is always filled for the others.
    by_design: Option<Vec<String>>,
    warning_share: f64,
    key_error_share: f64,
    fix: Option<(Fix, Bilingual)>,
    plots: Vec<FindingPlot>,
}

impl Violation for MissingCells {
    const INFO: RuleInfo = RuleInfo {
        code: "C01",
        name_en: "Missing values",
        name_zh: "缺失值",
        dimension: Dimension::Completeness,
        source: include_str!("missing.rs"),
    };

    fn title(&self) -> Bilingual {
        Bilingual::new(format!("{} missing", self.column), format!("{} 缺失", self.column))
    }

    fn message(&self) -> Bilingual {
        let (count, rows) = (thousands(self.missing), thousands(self.rows));
        let share = percent(self.missing as f64 / self.rows as f64);
        let mut text = Bilingual::new(
            format!("{} is empty in {count} of {rows} rows ({share}).", self.column),
            format!("{} 在 {rows} 行中有 {count} 行为空（{share}）。", self.column),
        );
        if let Some(events) = &self.by_design {
            let names = quoted(events, 4);
            text.en += &format!(" It is never filled for {names} and always for the other events.");
            text.zh += &format!("事件 {names} 从不填写该列，其余事件总是填写。");
        }
        text
    }

    fn why(&self) -> Bilingual {
        if self.is_key {
            Bilingual::new(
                "An event without user, item, type or time cannot be placed in a sequence and drops out of joins, splits and features without a word.",
                "缺少用户、商品、事件类型或时间的记录无法进入行为序列，会在关联、切分和特征计算中悄悄丢失。",
            )
        } else if self.by_design.is_some() {
            Bilingual::new(
                "This looks intended: the attribute does not exist for these events.",
                "这看起来是设计如此：这些事件本来就没有该属性。",
            )
        } else if self.is_optional {
            Bilingual::new(
                "Not every event has one: a category page has no query, most views no review. Know what is left before you train on it.",
                "并非每个事件都有：类目页没有查询词，多数浏览没有评论。用它训练前请确认剩余的数据量。",
            )
        } else {
            Bilingual::new(
                "Whatever is computed from the filled rows alone is biased if the gaps are not random.",
                "如果缺失并非随机，仅用已填写的行计算出的结果会有偏差。",
            )
        }
    }

    fn threshold(&self) -> Bilingual {
        if self.is_optional {
            Bilingual::new(
                "Information at any share: queries, texts, positions, ratings and labels are optional by nature.",
                "无论占比多少都只作提示：查询词、文本、位置、评分和标签本来就是可选的。",
            )
        } else if self.is_key {
            let share = percent(self.key_error_share);
            Bilingual::new(
                format!("Any missing key is a warning, {share} and more an error, because each one loses an event."),
                format!("关键列只要有缺失就警告，达到 {share} 为错误，因为每个缺失都会丢掉一个事件。"),
            )
        } else {
            let share = percent(self.warning_share);
            Bilingual::new(
                format!("A warning from {share}: below that, dropping or filling rarely moves a model."),
                format!("达到 {share} 才警告：低于此值，丢弃或填补很少影响模型。"),
            )
        }
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        self.fix.clone()
    }

    fn facts(&self) -> Vec<Fact> {
        vec![fact("missing", "Empty cells", "空单元格", self.missing as f64)]
    }

    fn plots(&self) -> Vec<FindingPlot> {
        self.plots.clone()
    }
}

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let profile = column.profile;
    if column.distinct.nulls == 0 || profile.count == 0 {
        return Ok(Vec::new());
    }
    let rows = without_invalid(column, column.distinct.null_rows());
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let is_key = matches!(column.info.role, Role::User | Role::Item | Role::Event | Role::Time);
    let (events, names) = share_by_event(column, &rows);
    let is_optional = is_optional(column.info.role);
    let by_design = if is_key { None } else { never_filled(&events, &names) };
    let share = rows.len() as f64 / column.num_rows() as f64;
    let thresholds = column.thresholds();
    let severity = match (is_key, by_design.is_some() || is_optional) {
        (true, _) if share >= thresholds.missing_key_error_share => Severity::Error,
        (true, _) => Severity::Warning,
        (false, false) if share >= thresholds.missing_warning_share => Severity::Warning,
        (false, _) => Severity::Info,
    };
    let violation = MissingCells {
        column: column.info.name.clone(),
        missing: rows.len() as u64,
        rows: column.num_rows() as u64,
        is_key,
        is_optional,
        fix: if by_design.is_some() {
            None
        } else {
            propose(column, is_key)
        },
        by_design,
        warning_share: thresholds.missing_warning_share,
        key_error_share: thresholds.missing_key_error_share,
        plots: plots(column, &rows, &events, &names),
    };
    let extent = Extent::of_rows(severity, Some(&column.info.name), rows, column.num_rows());
    Ok(vec![finding(column.context, &violation, extent)])
}

fn is_optional(role: Role) -> bool {
    matches!(
        role,
        Role::Query | Role::Text | Role::Position | Role::Rating | Role::Label | Role::Variant
    )
}

/// Rows that are empty in the file: cells that did not parse are null in the table but not missing.
fn without_invalid(column: &ColumnContext<'_>, null_rows: Vec<u32>) -> Vec<u32> {
    if column.info.invalid == 0 {
        return null_rows;
    }
    let cells = column
        .context
        .dataset
        .invalid
        .iter()
        .filter(|cell| cell.column == column.index);
    let invalid: hashbrown::HashSet<u64> = cells.map(|cell| cell.row).collect();
    null_rows
        .into_iter()
        .filter(|&row| !invalid.contains(&u64::from(row)))
        .collect()
}

/// Per event code: rows of the log and missing rows.
fn share_by_event(column: &ColumnContext<'_>, rows: &[u32]) -> (Vec<(u32, u32)>, Vec<String>) {
    let Some(event) = &column.context.log.event else {
        return (Vec::new(), Vec::new());
    };
    let mut missing = vec![0; event.num];
    for &row in rows {
        let code = event.codes[row as usize];
        if code != NULL {
            missing[code as usize] += 1;
        }
    }
    (
        event.counts().into_iter().zip(missing).collect(),
        column.context.event_names(),
    )
}

fn never_filled(events: &[(u32, u32)], names: &[String]) -> Option<Vec<String>> {
    let all_or_none = events.iter().all(|&(total, missing)| missing == 0 || missing == total);
    let some_filled = events.iter().any(|&(_, missing)| missing == 0);
    if !all_or_none || !some_filled {
        return None;
    }
    let empty = events.iter().zip(names).filter(|((_, missing), _)| *missing > 0);
    let names: Vec<String> = empty.map(|(_, name)| name.clone()).collect();
    (!names.is_empty()).then_some(names)
}

fn propose(column: &ColumnContext<'_>, is_key: bool) -> Option<(Fix, Bilingual)> {
    let name = column.info.name.clone();
    if is_key {
        let fix = Fix::DropRows {
            condition: Condition::IsNull { column: name.clone() },
        };
        return Some((fix, Bilingual::new("Drop these rows", "删除这些行")));
    }
    let numeric = matches!(column.info.dtype, ColumnType::Integer | ColumnType::Float);
    let is_label = matches!(column.info.role, Role::Label | Role::Variant | Role::Session);
    let is_word = column.info.dtype == ColumnType::Text
        && !matches!(column.info.role, Role::Text | Role::Query)
        && column.profile.kind != ColumnKind::Identifier;
    if is_label {
        None
    } else if numeric && column.profile.kind == ColumnKind::Number {
        let value = column
            .profile
            .quantiles
            .as_ref()
            .map(|quantiles| quantiles.p50.clone())?;
        let title = Bilingual::new(
            format!("Fill with the median {value}"),
            format!("用中位数 {value} 填补"),
        );
        Some((Fix::FillMissing { column: name, value }, title))
    } else if is_word {
        let value = Value::Text("unknown".to_owned());
        let title = Bilingual::new("Fill with “unknown”", "填为 “unknown”");
        Some((Fix::FillMissing { column: name, value }, title))
    } else {
        None
    }
}

fn plots(column: &ColumnContext<'_>, rows: &[u32], events: &[(u32, u32)], names: &[String]) -> Vec<FindingPlot> {
    let mut out: Vec<FindingPlot> = over_time(column.context, rows).into_iter().collect();
    if events.len() > 1 && events.len() <= 12 {
        let bars = events.iter().zip(names).map(|(&(total, missing), name)| {
            (
                name.clone(),
                100.0 * f64::from(missing) / f64::from(total.max(1)),
                missing > 0,
            )
        });
        out.push(FindingPlot::bars(
            Bilingual::new("Empty cells by event type", "各事件类型的缺失比例"),
            Bilingual::new("event type", "事件类型"),
            Bilingual::new("% empty", "缺失 %"),
            bars.collect(),
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::engine::artifact::Severity;
    use crate::engine::audit::fix::Fix;
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn keys_are_worse_than_attributes_and_rows_are_exact() {
        let mut user: Vec<Option<i64>> = (0..100).map(Some).collect();
        user[7] = None;
        let mut brand: Vec<Option<&str>> = vec![Some("a"); 100];
        brand[3] = None;
        brand[50] = None;
        brand[51] = Some("b");
        let found = findings(&table(vec![("user", Col::I(user)), ("brand", Col::S(brand))]), "C01");
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].severity, found[0].rows.as_slice()),
            (Severity::Error, &[7][..])
        );
        assert_eq!(
            (found[1].severity, found[1].rows.as_slice()),
            (Severity::Info, &[3, 50][..])
        );
        assert_eq!(found[1].examples[0].line, 5);
        assert!(matches!(found[1].fix, Some(Fix::FillMissing { .. })));
    }

    #[test]
    fn empty_for_some_events_by_design_is_information() {
        let event = [Some("view"), Some("search")].into_iter().cycle().take(40).collect();
        let query = [None, Some("shoes")].into_iter().cycle().take(40).collect();
        let found = findings(&table(vec![("event", Col::S(event)), ("query", Col::S(query))]), "C01");
        assert_eq!((found[0].severity, found[0].count), (Severity::Info, 20));
        assert!(found[0].message.en.contains("“view”"), "{}", found[0].message.en);
        assert_eq!(found[0].fix, None);
    }
}
