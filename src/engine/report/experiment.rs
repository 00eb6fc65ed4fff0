//! An A/B test as HTML: the verdict, every metric with its effect on one scale, the effect over time, segments, checks.

use super::ReportLanguage;
use super::curve_chart::{Band, CurveChart, Line, Style};
use super::forest::{Forest, Tone};
use super::numbers::{p_value, percent_interval, signed_percent, significant};
use super::page::{Page, escape};
use crate::engine::audit::{percent, thousands};
use crate::engine::experiment::report::{MetricResult, SegmentColumn};
use crate::engine::experiment::{CheckStatus, ExperimentReport, MetricRole, Reading, TreatmentResult};

/// The experiment as a page of its own.
pub fn experiment_html(report: &ExperimentReport, language: ReportLanguage) -> String {
    let title = format!("{} · {}", language.pick("A/B test", "A/B 实验"), report.name);
    let mut page = Page::new(language, &title);
    page.title(&title, &facts(report, language));
    experiment_sections(&mut page, report);
    page.finish()
}

fn facts(report: &ExperimentReport, language: ReportLanguage) -> String {
    let days = report
        .days
        .as_ref()
        .map_or_else(String::new, |days| format!(" · {} … {}", days.first, days.last));
    match language {
        ReportLanguage::English => format!(
            "{} units in {} variants · {} of {} rows used{days} · method {}, alpha {}",
            thousands(report.units),
            report.variants.len(),
            thousands(report.rows.used),
            thousands(report.rows.total),
            report.config.method.name(),
            report.config.alpha
        ),
        ReportLanguage::Chinese => format!(
            "{} 个单元，{} 个实验组 · 使用 {} / {} 行{days} · 方法 {}，显著性水平 {}",
            thousands(report.units),
            report.variants.len(),
            thousands(report.rows.used),
            thousands(report.rows.total),
            report.config.method.name(),
            report.config.alpha
        ),
    }
}

/// The same inside a page of several results.
pub(super) fn experiment_sections(page: &mut Page, report: &ExperimentReport) {
    let language = page.language();
    let reasons: Vec<String> = report
        .verdict
        .reasons
        .iter()
        .map(|reason| language.of(reason).to_owned())
        .collect();
    page.verdict(language.of(&report.verdict.headline), &reasons);
    page.heading(language.pick("Metrics", "指标"));
    metrics(page, report);
    over_time(page, report);
    for column in &report.segments {
        segment(page, column);
    }
    page.heading(language.pick("Checks", "检查"));
    checks(page, report);
    variants(page, report);
    definitions(page, report);
}

fn tone(reading: Reading) -> Tone {
    match reading {
        Reading::Better => Tone::Better,
        Reading::Worse => Tone::Worse,
        Reading::NotTold => Tone::Open,
    }
}

/// Shape and word, so that colour is never alone.
fn reading_words(treatment: &TreatmentResult, language: ReportLanguage) -> String {
    if let Some(why) = &treatment.undefined {
        return format!("<i>{}</i>", escape(language.of(why)));
    }
    match treatment.reading {
        Reading::Better => format!("<span class=\"ok\">▲ {}</span>", language.pick("better", "更好")),
        Reading::Worse => format!("<span class=\"error\">▼ {}</span>", language.pick("worse", "更差")),
        Reading::NotTold => format!("– {}", language.pick("not told", "无法判断")),
    }
}

fn role_word(role: MetricRole, language: ReportLanguage) -> &'static str {
    match role {
        MetricRole::Goal => language.pick("goal", "目标"),
        MetricRole::Secondary => language.pick("secondary", "次要"),
        MetricRole::Guardrail => language.pick("guardrail", "护栏"),
    }
}

fn metrics(page: &mut Page, report: &ExperimentReport) {
    let language = page.language();
    let all = || {
        let metrics = report.metrics.iter();
        metrics.flat_map(|metric| metric.treatments.iter().map(move |treatment| (metric, treatment)))
    };
    let effects: Vec<_> = all()
        .map(|(_, treatment)| (treatment.inference.relative, treatment.inference.relative_interval))
        .collect();
    let forest = Forest::of(&effects);
    let rows: Vec<Vec<String>> = all()
        .map(|(metric, treatment)| metric_row(metric, treatment, &forest, language))
        .collect();
    let head = [
        language.pick("Metric", "指标"),
        language.pick("Role", "角色"),
        language.pick("Variant", "实验组"),
        language.pick("Control", "对照"),
        language.pick("Treatment", "实验"),
        language.pick("Effect, % of control", "相对效果"),
        "Δ",
        language.pick("interval", "区间"),
        "p",
        language.pick("p adjusted", "校正 p"),
        language.pick("Beats control", "优于对照"),
        language.pick("Reading", "结论"),
    ];
    page.table(&head.map(str::to_owned), &rows, &[3, 4, 6, 7, 8, 9, 10]);
}

fn metric_row(
    metric: &MetricResult,
    treatment: &TreatmentResult,
    forest: &Forest,
    language: ReportLanguage,
) -> Vec<String> {
    let inference = &treatment.inference;
    // Where the control is too near 0 for a ratio, the difference itself is given.
    let (delta, interval) = if inference.relative.is_some() {
        (
            signed_percent(inference.relative),
            percent_interval(inference.relative_interval),
        )
    } else {
        let ends = inference
            .interval
            .map(|[low, high]| format!("[{}, {}]", significant(Some(low)), significant(Some(high))));
        (significant(inference.delta), ends.unwrap_or_else(|| "–".to_owned()))
    };
    vec![
        escape(&metric.name),
        role_word(metric.role, language).to_owned(),
        escape(&treatment.arm.name),
        significant(metric.control.estimate),
        significant(treatment.arm.estimate),
        forest.cell(inference.relative, inference.relative_interval, tone(treatment.reading)),
        delta,
        interval,
        p_value(inference.p_value),
        p_value(treatment.p_adjusted),
        treatment
            .probability_to_beat
            .map_or_else(|| "–".to_owned(), |chance| escape(&percent(chance))),
        reading_words(treatment, language),
    ]
}

/// The goal's effect as data came in, with the band that holds at every look.
fn over_time(page: &mut Page, report: &ExperimentReport) {
    let language = page.language();
    let goals = report.metrics.iter().filter(|metric| metric.role == MetricRole::Goal);
    let mut figures = Vec::new();
    for (metric, treatment) in goals.flat_map(|metric| metric.treatments.iter().map(move |arm| (metric, arm))) {
        let points = &treatment.cumulative;
        if points.len() < 2 {
            continue;
        }
        let relative = points.iter().all(|point| point.relative.is_some());
        let values = points.iter().map(|point| {
            if relative {
                (point.relative, point.relative_sequential_interval)
            } else {
                (Some(point.delta), point.sequential_interval.or(point.interval))
            }
        });
        let (mut line, mut band) = (Vec::new(), Vec::new());
        for (at, (middle, ends)) in values.enumerate() {
            line.extend(middle.map(|middle| [at as f64, middle]));
            band.extend(ends.map(|[low, high]| [at as f64, low, high]));
        }
        let chart = CurveChart {
            title: format!(
                "{} · {} · {}",
                metric.name,
                treatment.arm.name,
                language.pick(
                    "effect as data came in, band valid at every look",
                    "累计效果，区间在每次查看时都有效"
                )
            ),
            y_label: language.pick("effect", "效果").to_owned(),
            x_label: language.pick("day", "日期").to_owned(),
            lines: vec![Line {
                name: String::new(),
                points: line,
                hue: 5,
                style: Style::Marked,
            }],
            bands: vec![Band { points: band, hue: 5 }],
            x_names: points.iter().map(|point| point.day.clone()).collect(),
            has_zero: true,
            is_percent: relative,
            ..CurveChart::default()
        };
        figures.push(chart.figure());
    }
    page.figures(&figures);
}

fn segment(page: &mut Page, column: &SegmentColumn) {
    let language = page.language();
    page.heading(&format!(
        "{} {} · {} · {}",
        language.pick("By", "分群"),
        column.column,
        column.metric,
        column.treatment
    ));
    let effects: Vec<_> = column
        .parts
        .iter()
        .map(|part| (part.inference.relative, part.inference.relative_interval))
        .collect();
    let forest = Forest::of(&effects);
    let rows: Vec<Vec<String>> = column
        .parts
        .iter()
        .map(|part| {
            vec![
                escape(&part.value),
                thousands(part.control_units),
                thousands(part.treatment_units),
                forest.cell(part.inference.relative, part.inference.relative_interval, Tone::Open),
                signed_percent(part.inference.relative),
                percent_interval(part.inference.relative_interval),
                p_value(part.inference.p_value),
            ]
        })
        .collect();
    let head = [
        language.pick("Part", "分群"),
        language.pick("Control units", "对照单元"),
        language.pick("Treatment units", "实验单元"),
        language.pick("Effect, % of control", "相对效果"),
        "Δ",
        language.pick("interval", "区间"),
        "p",
    ];
    page.table(&head.map(str::to_owned), &rows, &[1, 2, 4, 5, 6]);
    page.push(&format!(
        "<p class=\"quiet\">{} {} · {} {}</p>",
        language.pick("same effect in all parts: p", "各分群效果相同：p"),
        p_value(column.interaction_p_value),
        language.pick("after Holm", "Holm 校正后"),
        p_value(column.interaction_p_adjusted)
    ));
}

fn checks(page: &mut Page, report: &ExperimentReport) {
    let language = page.language();
    let rows: Vec<Vec<String>> = report
        .checks
        .iter()
        .map(|check| {
            let (sign, class) = match check.status {
                CheckStatus::Passed => ("✓", "ok"),
                CheckStatus::Skipped => ("–", "quiet"),
                CheckStatus::Note => ("■", "info"),
                CheckStatus::Warning => ("▲", "warning"),
                CheckStatus::Failed => ("●", "error"),
            };
            vec![
                format!("<span class=\"{class}\">{sign}</span>"),
                escape(language.of(&check.title)),
                escape(language.of(&check.value)),
                escape(language.of(&check.explanation)),
            ]
        })
        .collect();
    let head = ["", language.pick("Check", "检查"), language.pick("Found", "结果"), ""];
    page.table(&head.map(str::to_owned), &rows, &[]);
}

fn variants(page: &mut Page, report: &ExperimentReport) {
    let language = page.language();
    page.heading(language.pick("Variants", "实验组"));
    let rows: Vec<Vec<String>> = report
        .variants
        .iter()
        .enumerate()
        .map(|(place, variant)| {
            let expected = report.srm.expected.get(place).copied();
            vec![
                escape(&variant.name),
                thousands(variant.units),
                escape(&percent(variant.share)),
                significant(expected),
            ]
        })
        .collect();
    let head = [
        language.pick("Variant", "实验组"),
        language.pick("Units", "单元"),
        language.pick("Share", "占比"),
        language.pick("Expected", "期望"),
    ];
    page.table(&head.map(str::to_owned), &rows, &[1, 2, 3]);
    page.push(&format!(
        "<p class=\"quiet\">{}: χ² {}, p {}</p>",
        language.pick("Sample ratio", "样本比例检验"),
        significant(report.srm.chi2),
        p_value(report.srm.p_value)
    ));
}

fn definitions(page: &mut Page, report: &ExperimentReport) {
    let language = page.language();
    page.heading(language.pick("How each metric is computed", "指标计算方法"));
    let rows: Vec<(String, String)> = report
        .metrics
        .iter()
        .map(|metric| (metric.name.clone(), language.of(&metric.definition).to_owned()))
        .collect();
    page.facts(&rows);
    page.push(&format!(
        "<p class=\"quiet\">Touchstone {} · {} {}</p>",
        env!("CARGO_PKG_VERSION"),
        language.pick("log", "日志"),
        escape(report.input.short())
    ));
}
