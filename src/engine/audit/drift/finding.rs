//! D01 to D04: what of the drift an analyst should look at.
//!
//! Invariant: a distribution is reported only if its distance is large and its adjusted p-value is small, so that
//! neither a large log's trifles nor a small log's noise are.

use super::{BinShare, ColumnDrift, DriftReport};
use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::AuditError;
use crate::engine::audit::cells::ColumnCells;
use crate::engine::audit::finding::{Dimension, Example, Fact, Finding, Unit};
use crate::engine::audit::personal::mask;
use crate::engine::audit::plot::FindingPlot;
use crate::engine::audit::registry::RuleInfo;
use crate::engine::audit::rule::fact;
use crate::engine::audit::wording::{percent, plain, quoted, thousands};
use crate::engine::ingest::dataset::Dataset;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// PSI from which a shift is large and from which it is worth a look (Siddiqi 2006).
const PSI_LARGE: f64 = 0.25;
const PSI_SOME: f64 = 0.1;
/// Largest difference of the distribution functions, or Cramér's V, that is large (deepchecks' default).
const EFFECT_LARGE: f64 = 0.2;
/// Level of the adjusted p-values.
const ALPHA: f64 = 0.05;
/// Points of missing share that are worth a warning, as for missing cells themselves, and a look.
const MISSING_LARGE: f64 = 0.05;
const MISSING_SOME: f64 = 0.01;
/// Share of rows in new, or formerly in vanished, categories that is worth a warning.
const CATEGORY_LARGE: f64 = 0.01;
/// Categories drawn.
const DRAWN: usize = 8;
const EXAMPLES: usize = 5;

const fn info(code: &'static str, name_en: &'static str, name_zh: &'static str) -> RuleInfo {
    RuleInfo {
        code,
        name_en,
        name_zh,
        dimension: Dimension::Consistency,
        source: include_str!("finding.rs"),
    }
}

/// The checks made against a reference, in order of their codes.
pub const INFOS: [RuleInfo; 4] = [
    info("D01", "Distribution shift", "分布漂移"),
    info("D02", "Missingness shift", "缺失率漂移"),
    info("D03", "New or vanished categories", "新增或消失的类别"),
    info("D04", "Changed columns", "列变化"),
];

/// What a finding says; the rest follows from its code.
struct Told<'a> {
    code: &'static str,
    severity: Severity,
    column: Option<&'a str>,
    count: u64,
    unit: Unit,
    share: Option<f64>,
    title: Bilingual,
    message: Bilingual,
    why: Bilingual,
    threshold: Bilingual,
    facts: Vec<Fact>,
    plots: Vec<FindingPlot>,
    rows: Vec<u32>,
}

impl Told<'_> {
    fn finding(self, current: &Dataset) -> Result<Finding, AuditError> {
        Ok(Finding {
            code: self.code.to_owned(),
            dimension: Dimension::Consistency,
            severity: self.severity,
            column: self.column.map(str::to_owned),
            count: self.count,
            unit: self.unit,
            share: self.share,
            title: self.title,
            message: self.message,
            why: self.why,
            threshold: self.threshold,
            facts: self.facts,
            examples: examples(current, &self.rows)?,
            fix: None,
            fix_title: None,
            plots: self.plots,
            rows: Arc::new(self.rows),
        })
    }
}

/// The findings of a drift report; `current` gives the rows behind new categories.
pub(super) fn findings(report: &DriftReport, current: &Dataset) -> Result<Vec<Finding>, AuditError> {
    let mut found = Vec::new();
    for column in &report.columns {
        found.extend(shift(column).map(|told| told.finding(current)).transpose()?);
        found.extend(missingness(column).map(|told| told.finding(current)).transpose()?);
        found.extend(
            categories(column, current)?
                .map(|told| told.finding(current))
                .transpose()?,
        );
        found.extend(
            changed_type(column, current)
                .map(|told| told.finding(current))
                .transpose()?,
        );
    }
    for name in &report.vanished_columns {
        found.push(schema(name, Severity::Error, "is gone", "已消失").finding(current)?);
    }
    for name in &report.new_columns {
        found.push(schema(name, Severity::Info, "is new", "是新增列").finding(current)?);
    }
    Ok(found)
}

/// Distribution shift (D01)
///
/// ## What it checks
/// Numbers in deciles of the reference, and categories: the population stability index (PSI), the Jensen-Shannon
/// distance, the Wasserstein distance over the reference's standard deviation, and a Kolmogorov-Smirnov or
/// chi-square test with its effect size, p-values adjusted over all columns (Benjamini-Hochberg). A warning where
/// PSI is at least 0.25 or the effect at least 0.2, a note from a PSI of 0.1, and only if the adjusted p is below 0.05.
///
/// ## Why it matters
/// A model trained on the reference meets other values than it learned from, and thresholds set there no longer fit.
///
/// ## Example
/// The median price doubled because cents were read as units.
///
/// ## Proposed fix
/// None: find out whether the shop changed or the logging did.
fn shift(column: &ColumnDrift) -> Option<Told<'_>> {
    let (psi, effect, p) = (column.psi?, column.effect?, column.p_adjusted?);
    let severity = if psi >= PSI_LARGE || effect >= EFFECT_LARGE {
        Severity::Warning
    } else if psi >= PSI_SOME {
        Severity::Info
    } else {
        return None;
    };
    if p >= ALPHA {
        return None;
    }
    let is_number = column.test.as_deref() == Some("kolmogorov_smirnov");
    let (effect_en, effect_zh) = if is_number {
        ("largest difference of the distributions", "分布函数最大差")
    } else {
        ("Cramér's V", "Cramér V")
    };
    let (shown, p_shown) = (plain(psi), p_text(p));
    let mut facts = vec![
        fact("psi", "PSI", "PSI", psi),
        fact("effect", effect_en, effect_zh, effect),
        fact("p_adjusted", "p adjusted", "校正 p", p),
    ];
    let others = [
        (
            "jensen_shannon",
            "Jensen-Shannon distance",
            "JS 距离",
            column.jensen_shannon,
        ),
        (
            "wasserstein_over_sigma",
            "Wasserstein / σ",
            "Wasserstein / σ",
            column.wasserstein_over_sigma,
        ),
    ];
    facts.extend(
        others
            .into_iter()
            .filter_map(|(name, en, zh, value)| Some(fact(name, en, zh, value?))),
    );
    Some(Told {
        code: "D01",
        severity,
        column: Some(&column.name),
        count: 1,
        unit: Unit::Columns,
        share: None,
        title: Bilingual::new(
            format!("{} is distributed otherwise", column.name),
            format!("{} 的分布发生变化", column.name),
        ),
        message: Bilingual::new(
            format!(
                "PSI {shown} against the reference; {effect_en} {}, adjusted p {p_shown}.",
                plain(effect)
            ),
            format!(
                "与参考数据相比 PSI 为 {shown}；{effect_zh} {}，校正 p {p_shown}。",
                plain(effect)
            ),
        ),
        why: Bilingual::new(
            "A model trained on the reference meets other values than it learned from.",
            "在参考数据上训练的模型将遇到与学习时不同的取值。",
        ),
        threshold: Bilingual::new(
            "PSI of 0.25 or an effect of 0.2 is a large shift, a PSI of 0.1 some; only with an adjusted p below 0.05.",
            "PSI ≥ 0.25 或效应 ≥ 0.2 为大幅漂移，PSI ≥ 0.1 为轻度漂移；且校正 p 须小于 0.05。",
        ),
        facts,
        plots: vec![shares_plot(&column.bins)],
        rows: Vec::new(),
    })
}

fn p_text(p: f64) -> String {
    if p < 0.001 {
        "< 0.001".to_owned()
    } else {
        format!("{p:.3}")
    }
}

/// Both shares of each bin side by side, the current one marked.
fn shares_plot(bins: &[BinShare]) -> FindingPlot {
    let bars = bins
        .iter()
        .take(if bins.len() <= 10 { 10 } else { DRAWN })
        .flat_map(|bin| {
            [
                (format!("{} ·", bin.label), bin.reference * 100.0, false),
                (bin.label.clone(), bin.current * 100.0, true),
            ]
        });
    FindingPlot::bars(
        Bilingual::new("Share of each value: reference, then now", "各取值占比：先参考，后当前"),
        Bilingual::new("value", "取值"),
        Bilingual::new("% of filled cells", "占已填单元格的 %"),
        bars.collect(),
    )
}

/// Missingness shift (D02)
///
/// ## What it checks
/// The share of missing cells in both logs, with a chi-square test adjusted over all columns. A warning from a
/// difference of 5 points, a note from 1 point, only if the adjusted p is below 0.05.
///
/// ## Why it matters
/// Missing cells rarely change by chance: a field was dropped from the logging, or a source stopped.
///
/// ## Example
/// The category is missing in 40 % of today's rows and in 2 % of the reference.
///
/// ## Proposed fix
/// None: the cells have to be logged again.
fn missingness(column: &ColumnDrift) -> Option<Told<'_>> {
    let p = column.missing_p_adjusted?;
    let difference = column.missing_current - column.missing_reference;
    if difference.abs() < MISSING_SOME || p >= ALPHA {
        return None;
    }
    let (was, is) = (percent(column.missing_reference), percent(column.missing_current));
    Some(Told {
        code: "D02",
        severity: if difference.abs() >= MISSING_LARGE {
            Severity::Warning
        } else {
            Severity::Info
        },
        column: Some(&column.name),
        count: 1,
        unit: Unit::Columns,
        share: None,
        title: Bilingual::new(
            format!("{}: {is} missing, was {was}", column.name),
            format!("{}：缺失 {is}，原为 {was}", column.name),
        ),
        message: Bilingual::new(
            format!(
                "{is} of the cells are missing against {was} in the reference; adjusted p {}.",
                p_text(p)
            ),
            format!("缺失单元格占 {is}，参考数据中为 {was}；校正 p {}。", p_text(p)),
        ),
        why: Bilingual::new(
            "A field was dropped from the logging, or a source stopped.",
            "可能是某个字段停止采集，或某个数据源中断。",
        ),
        threshold: Bilingual::new(
            "5 points are a warning, 1 point a note; only with an adjusted p below 0.05.",
            "相差 5 个百分点为警告，1 个百分点为提示；且校正 p 须小于 0.05。",
        ),
        facts: vec![
            fact(
                "missing_reference",
                "missing in the reference",
                "参考缺失率",
                column.missing_reference,
            ),
            fact("missing_current", "missing now", "当前缺失率", column.missing_current),
            fact("p_adjusted", "p adjusted", "校正 p", p),
        ],
        plots: Vec::new(),
        rows: Vec::new(),
    })
}

/// New or vanished categories (D03)
///
/// ## What it checks
/// Values of a category column that only one of the two logs has. A warning where at least 1 % of the rows hold a
/// new one, or held one that vanished; else a note.
///
/// ## Why it matters
/// A model has learned nothing about a new category; a vanished one is often a renamed one.
///
/// ## Example
/// `electronics.smartphone` vanished and `electronics.phone` is new.
///
/// ## Proposed fix
/// None: map a renamed category with a recipe step.
fn categories<'a>(column: &'a ColumnDrift, current: &Dataset) -> Result<Option<Told<'a>>, AuditError> {
    let (new, gone) = (&column.new_categories, &column.vanished_categories);
    if new.is_empty() && gone.is_empty() {
        return Ok(None);
    }
    let share = |found: &[super::CategoryCount]| found.iter().map(|category| category.share).sum::<f64>();
    let names = |found: &[super::CategoryCount]| {
        // A value may be somebody's number: the sentence is read by more people than the log.
        let names: Vec<String> = found.iter().map(|category| mask(&category.value, &[])).collect();
        quoted(&names, 5)
    };
    let rows = rows_of(column, current)?;
    let (new_share, gone_share) = (share(new), share(gone));
    let (en, zh) = (
        format!(
            "{} new values in {} of the filled cells ({}); {} of the reference's values are gone, which were {} of it ({}).",
            new.len(),
            percent(new_share),
            names(new),
            gone.len(),
            percent(gone_share),
            names(gone)
        ),
        format!(
            "新增取值 {} 个，占已填单元格 {}（{}）；参考数据中的 {} 个取值消失，原占 {}（{}）。",
            new.len(),
            percent(new_share),
            names(new),
            gone.len(),
            percent(gone_share),
            names(gone)
        ),
    );
    Ok(Some(Told {
        code: "D03",
        severity: if new_share.max(gone_share) >= CATEGORY_LARGE {
            Severity::Warning
        } else {
            Severity::Info
        },
        column: Some(&column.name),
        count: rows.len() as u64,
        unit: Unit::Rows,
        share: Some(rows.len() as f64 / current.num_rows().max(1) as f64),
        title: Bilingual::new(
            format!("{}: {} new, {} vanished values", column.name, new.len(), gone.len()),
            format!("{}：新增 {} 个、消失 {} 个取值", column.name, new.len(), gone.len()),
        ),
        message: Bilingual::new(en, zh),
        why: Bilingual::new(
            "A model has learned nothing about a new category; a vanished one is often a renamed one.",
            "模型对新类别一无所知；消失的类别常常是被改名。",
        ),
        threshold: Bilingual::new("1 % of the rows is a warning.", "占行数 1 % 即为警告。"),
        facts: vec![
            fact("new_share", "share of new values", "新增取值占比", new_share),
            fact("vanished_share", "share of vanished values", "消失取值占比", gone_share),
        ],
        plots: Vec::new(),
        rows,
    }))
}

/// Rows of the current log with a value the reference has not.
fn rows_of(column: &ColumnDrift, current: &Dataset) -> Result<Vec<u32>, AuditError> {
    let place = current.info.columns.iter().position(|info| info.name == column.name);
    let (Some(place), false) = (place, column.new_categories.is_empty()) else {
        return Ok(Vec::new());
    };
    let new: HashSet<&str> = column
        .new_categories
        .iter()
        .map(|category| category.value.as_str())
        .collect();
    let held = ColumnCells::new(current, place)?;
    let cells = held.cells();
    let is_new = |row: &u32| {
        let row = *row as usize;
        match cells.text(row) {
            Some(text) => new.contains(text),
            None => !cells.is_null(row) && new.contains(cells.value(row).to_string().as_str()),
        }
    };
    Ok((0..current.num_rows() as u32).filter(is_new).collect())
}

/// Changed columns (D04)
///
/// ## What it checks
/// Columns that only one of the logs has, and columns whose type changed.
///
/// ## Why it matters
/// Whatever reads the log by these names stops or reads something else.
///
/// ## Example
/// `price` was a number and is text since today.
///
/// ## Proposed fix
/// None: restore the column where the log is written.
fn schema<'a>(name: &'a str, severity: Severity, en: &str, zh: &str) -> Told<'a> {
    Told {
        code: "D04",
        severity,
        column: Some(name),
        count: 1,
        unit: Unit::Columns,
        share: None,
        title: Bilingual::new(format!("{name} {en}"), format!("{name} {zh}")),
        message: Bilingual::new(
            format!("Column {name} {en} compared with the reference."),
            format!("与参考数据相比，列 {name} {zh}。"),
        ),
        why: Bilingual::new(
            "Whatever reads the log by these names stops or reads something else.",
            "按列名读取日志的程序会中断或读到别的内容。",
        ),
        threshold: Bilingual::new("Any change of the columns is told.", "列的任何变化都会提示。"),
        facts: Vec::new(),
        plots: Vec::new(),
        rows: Vec::new(),
    }
}

fn changed_type<'a>(column: &'a ColumnDrift, current: &Dataset) -> Option<Told<'a>> {
    let was = column.type_was.as_deref()?;
    let is = current
        .info
        .columns
        .iter()
        .find(|info| info.name == column.name)?
        .dtype
        .name();
    // Whole numbers become fractions by a single value; that is a change of values, not of the column.
    let numbers = ["integer", "float"];
    let severity = if numbers.contains(&was) && numbers.contains(&is) {
        Severity::Info
    } else {
        Severity::Warning
    };
    Some(schema(
        &column.name,
        severity,
        &format!("was {was} and is {is}"),
        &format!("类型由 {was} 变为 {is}"),
    ))
}

fn examples(current: &Dataset, rows: &[u32]) -> Result<Vec<Example>, AuditError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let columns = &current.info.columns;
    let cells: Vec<ColumnCells> = (0..columns.len())
        .map(|index| ColumnCells::new(current, index))
        .collect::<Result<_, _>>()?;
    let example = |&row: &u32| {
        let values: BTreeMap<_, _> = columns
            .iter()
            .zip(&cells)
            .map(|(info, cells)| (info.name.clone(), cells.cells().value(row as usize)))
            .collect();
        let source = current
            .source_of_row
            .as_ref()
            .and_then(|sources| sources.get(row as usize));
        let path = source.and_then(|source| current.info.sources.get(usize::from(*source)));
        Example {
            line: current.lines.get(row as usize).copied().unwrap_or(row + 1),
            file: path.and_then(|source| Some(source.path.file_name()?.to_string_lossy().into_owned())),
            values,
        }
    };
    Ok(rows.iter().take(EXAMPLES).map(example).collect())
}

/// A sentence of the report for the terminal: rows compared and how many tests.
pub fn summary(report: &DriftReport) -> String {
    format!(
        "against {}: {} rows then, {} now, {} columns compared, p adjusted over {} tests",
        report.reference,
        thousands(report.reference_rows),
        thousands(report.current_rows),
        report.columns.len(),
        report.family_size
    )
}
