//! The checks beside the verdict: assignment, mixing, balance, trend, gaps, outliers.
//!
//! Invariant: one check a code, always in the same order; a check that could not be made says why.

use super::assignment::BLOCK_P;
use super::config::{ExperimentConfig, MetricKind};
use super::input::is_binary;
use super::report::{Check, CheckStatus, DayRange, ExperimentRows, MetricResult, SampleRatio};
use super::table::UnitTable;
use super::values::MetricColumns;
use super::wording::{p_value, percent};
use crate::engine::artifact::Bilingual;

/// Share and number of mixed units from which they are a warning (as `GrowthBook`).
const MIXED_SHARE: f64 = 0.01;
const MIXED_UNITS: u64 = 10;
const BALANCE_P: f64 = 0.01;
const TREND_P: f64 = 0.01;
/// Share of a total in the hands of the top 0.1 % of the units from which it is mentioned.
const TOP_SHARE: f64 = 0.05;

/// What the checks read.
pub(super) struct Seen<'a> {
    pub config: &'a ExperimentConfig,
    pub table: &'a UnitTable,
    pub columns: &'a [MetricColumns],
    pub srm: &'a SampleRatio,
    pub metrics: &'a [MetricResult],
    pub days: Option<&'a DayRange>,
}

fn check(code: &str, status: CheckStatus, title: (&str, &str), value: (String, String), why: (&str, &str)) -> Check {
    Check {
        code: code.to_owned(),
        status,
        title: Bilingual::new(title.0, title.1),
        value: Bilingual::new(value.0, value.1),
        explanation: Bilingual::new(why.0, why.1),
    }
}

fn same(text: String) -> (String, String) {
    (text.clone(), text)
}

pub(super) fn checks(seen: &Seen<'_>) -> Vec<Check> {
    let mut found = vec![
        sample_ratio(seen),
        segment_ratio(seen),
        mixed(seen),
        left_out(seen.table.rows),
    ];
    found.extend(balance(seen));
    found.extend(trend(seen));
    found.extend(seen.days.map(gaps));
    found.extend(outliers(seen));
    found.extend(not_binary(seen));
    found
}

fn sample_ratio(seen: &Seen<'_>) -> Check {
    let srm = seen.srm;
    let total: u64 = srm.observed.iter().sum();
    let shares = srm
        .expected
        .iter()
        .map(|expected| format!("{:.0}", 100.0 * expected / total as f64));
    let plan = shares.collect::<Vec<_>>().join(":");
    let value = srm
        .p_value
        .map_or_else(|| "–".to_owned(), |p| format!("{plan}, p {}", p_value(p)));
    let why = match srm.status {
        CheckStatus::Failed => (
            "The variants do not have their planned shares: something lost or doubled units of one arm. No effect can \
             be read until the cause is found; look at the most uneven segments, at redirects, crashes and filters.",
            "各组单元数与计划比例不符：有一组的单元丢失或重复。查明原因之前不能解读效果；请检查最不均衡的分群、跳转、崩溃与过滤。",
        ),
        CheckStatus::Warning => (
            "The shares are suspicious but not beyond the limit of p < 0.001; check how units were counted.",
            "分流比例可疑，但未超过 p < 0.001 的界限；请核对单元的统计方式。",
        ),
        _ => ("The variants have their planned shares.", "各组单元数与计划比例相符。"),
    };
    check(
        "sample_ratio",
        srm.status,
        ("Sample ratio", "样本比例"),
        same(value),
        why,
    )
}

fn segment_ratio(seen: &Seen<'_>) -> Check {
    let title = ("Sample ratio by segment", "分群样本比例");
    let Some(worst) = seen.srm.by_segment.first() else {
        let why = (
            "No segment column was chosen, or its parts are too small.",
            "未选择分群列，或分群太小。",
        );
        return check(
            "segment_ratio",
            CheckStatus::Skipped,
            title,
            ("no segments".into(), "无分群".into()),
            why,
        );
    };
    let uneven = worst.p_adjusted < BLOCK_P;
    let value = format!("{} = {}: p {}", worst.column, worst.value, p_value(worst.p_adjusted));
    let (status, why) = if uneven {
        let why = (
            "This part is assigned unevenly; the cause of a broken sample ratio is often found there.",
            "该分群分流不均；样本比例失衡的原因常在这里。",
        );
        (CheckStatus::Warning, why)
    } else {
        let why = (
            "The most uneven part is within chance (p adjusted).",
            "最不均衡的分群仍在随机波动之内（p 已校正）。",
        );
        (CheckStatus::Passed, why)
    };
    check("segment_ratio", status, title, same(value), why)
}

fn mixed(seen: &Seen<'_>) -> Check {
    let mixed = seen.table.mixed_units;
    let share = mixed as f64 / (mixed as f64 + seen.table.num_units() as f64);
    let status = match mixed {
        0 => CheckStatus::Passed,
        _ if share > MIXED_SHARE && mixed >= MIXED_UNITS => CheckStatus::Warning,
        _ => CheckStatus::Note,
    };
    let text = percent(share).replace('+', "");
    check(
        "mixed_units",
        status,
        ("Units in several variants", "进入多个组的单元"),
        (format!("{mixed} ({text})"), format!("{mixed}（{text}）")),
        (
            "Units that carry more than one variant are left out of every figure.",
            "出现在多个组中的单元不计入任何指标。",
        ),
    )
}

fn left_out(rows: ExperimentRows) -> Check {
    let lost = rows.without_unit + rows.without_variant;
    let status = if lost == 0 {
        CheckStatus::Passed
    } else {
        CheckStatus::Note
    };
    check(
        "rows_left_out",
        status,
        ("Rows without unit or variant", "缺少单元或组别的行"),
        (format!("{lost} of {}", rows.total), format!("{lost} / {}", rows.total)),
        (
            "These rows cannot be assigned and are left out.",
            "这些行无法归属，未计入。",
        ),
    )
}

fn balance(seen: &Seen<'_>) -> Option<Check> {
    let cupeds = seen
        .metrics
        .iter()
        .flat_map(|metric| &metric.treatments)
        .filter_map(|t| t.cuped.as_ref());
    let worst = cupeds.min_by(|a, b| {
        let p = |cuped: &super::report::Cuped| cuped.covariate_p_value.unwrap_or(1.0);
        p(a).total_cmp(&p(b))
    })?;
    let p = worst.covariate_p_value?;
    let difference = worst.covariate_difference.unwrap_or_default();
    let status = if p < BALANCE_P {
        CheckStatus::Warning
    } else {
        CheckStatus::Passed
    };
    Some(check(
        "pre_period_balance",
        status,
        ("Pre-period balance", "实验前均衡性"),
        same(format!("d {}, p {}", super::wording::signed(difference, 3), p_value(p))),
        if status == CheckStatus::Passed {
            (
                "Before the test the arms did not differ (standardised difference d).",
                "实验前各组无差异（标准化差 d）。",
            )
        } else {
            (
                "The arms differed before the test began; prefer the CUPED estimate and check the assignment.",
                "实验开始前各组已有差异；请以 CUPED 估计为准，并检查分流。",
            )
        },
    ))
}

fn trend(seen: &Seen<'_>) -> Option<Check> {
    seen.days?;
    let goal = seen.metrics.first()?;
    let lowest = goal
        .treatments
        .iter()
        .filter_map(|t| t.trend_p_value)
        .min_by(f64::total_cmp);
    let title = ("Effect over the days", "效果随天变化");
    let Some(p) = lowest else {
        let why = (
            "At least four days with ten units in each arm are needed.",
            "至少需要四天且每组每天不少于十个单元。",
        );
        return Some(check(
            "trend",
            CheckStatus::Skipped,
            title,
            ("too few days".into(), "天数太少".into()),
            why,
        ));
    };
    let p = (p * goal.treatments.len() as f64).min(1.0);
    let (status, value, why) = if p < TREND_P {
        (
            CheckStatus::Note,
            (format!("trend, p {}", p_value(p)), format!("有趋势，p {}", p_value(p))),
            (
                "The daily effect rises or falls over time: novelty, learning or a change on the way. The mean over the \
                 test may not last.",
                "每日效果随时间上升或下降：可能是新奇效应、学习效应或中途变更，平均效果未必能持续。",
            ),
        )
    } else {
        (
            CheckStatus::Passed,
            (
                format!("no trend, p {}", p_value(p)),
                format!("无趋势，p {}", p_value(p)),
            ),
            ("The daily effect shows no straight trend.", "每日效果没有线性趋势。"),
        )
    };
    Some(check("trend", status, title, value, why))
}

fn gaps(days: &DayRange) -> Check {
    let title = ("Missing days", "缺失日期");
    if days.missing.is_empty() {
        let why = ("Every day from first to last has rows.", "首日到末日每天都有数据。");
        return check(
            "missing_days",
            CheckStatus::Passed,
            title,
            ("none".into(), "无".into()),
            why,
        );
    }
    let why = (
        "Days without rows: did logging stop? The same days are missing in all arms, so the comparison holds, but the \
         week is not whole.",
        "这些日期没有数据：日志是否中断？各组缺失相同，比较仍成立，但周期不完整。",
    );
    check(
        "missing_days",
        CheckStatus::Note,
        title,
        same(days.missing.join(", ")),
        why,
    )
}

fn outliers(seen: &Seen<'_>) -> Option<Check> {
    let with_tail = seen
        .metrics
        .iter()
        .flat_map(|metric| metric.treatments.iter().map(move |t| (metric, t)));
    let worst = with_tail
        .filter_map(|(metric, treatment)| Some((metric, treatment.outliers.as_ref()?)))
        .max_by(|a, b| {
            let key = |o: &super::report::Outliers| (o.changes_the_answer, o.top_share.unwrap_or(0.0));
            let ((changes_a, share_a), (changes_b, share_b)) = (key(a.1), key(b.1));
            changes_a.cmp(&changes_b).then(share_a.total_cmp(&share_b))
        })?;
    let (metric, outliers) = worst;
    let share = percent(outliers.top_share.unwrap_or(0.0)).replace('+', "");
    let (status, why) = if outliers.changes_the_answer {
        (
            CheckStatus::Warning,
            (
                "With the largest values cut, the answer changes: a few units decide. Trust the winsorised line.",
                "截断最大值后结论改变：少数单元左右了结果，请以截尾后的结果为准。",
            ),
        )
    } else if outliers.top_share.unwrap_or(0.0) > TOP_SHARE {
        (
            CheckStatus::Note,
            (
                "A few units hold much of the total, but cutting them does not change the answer.",
                "少数单元占比很高，但截断后结论不变。",
            ),
        )
    } else {
        (
            CheckStatus::Passed,
            ("No few units decide the answer.", "没有少数单元左右结论。"),
        )
    };
    let value = (
        format!("{}: top 0.1 % hold {share}", metric.name),
        format!("{}：前 0.1% 占 {share}", metric.name),
    );
    Some(check("outliers", status, ("Heavy tail", "长尾极值"), value, why))
}

fn not_binary(seen: &Seen<'_>) -> Option<Check> {
    let metrics = seen.config.metrics.iter().zip(seen.columns);
    let odd =
        metrics.filter(|(metric, columns)| metric.kind == MetricKind::Proportion && !is_binary(&columns.numerator));
    let columns: Vec<&str> = odd.map(|(metric, _)| metric.column.as_str()).collect();
    if columns.is_empty() {
        return None;
    }
    let why = (
        "These columns of proportions hold other values than 0 and 1; a unit counts where a value is above 0.",
        "这些比例指标的列含有 0、1 以外的值；大于 0 即计为发生。",
    );
    let title = ("Proportion columns", "比例指标的列");
    Some(check(
        "not_binary",
        CheckStatus::Note,
        title,
        same(columns.join(", ")),
        why,
    ))
}
