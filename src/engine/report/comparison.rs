//! A comparison of models as HTML: the verdict, each difference with its interval on one scale, segments.

use super::ReportLanguage;
use super::forest::{Forest, Tone};
use super::numbers::{four, interval, p_value, signed};
use super::page::{Page, escape};
use crate::engine::audit::thousands;
use crate::engine::compare::{Comparison, PairResult};
use crate::engine::eval::Metric;

/// The comparison as a page of its own.
pub fn comparison_html(found: &Comparison, language: ReportLanguage) -> String {
    let names: Vec<&str> = found.models.iter().map(|model| model.name.as_str()).collect();
    let title = format!("{} · {}", language.pick("Comparison", "模型对比"), names.join(" / "));
    let mut page = Page::new(language, &title);
    page.title(&title, &facts(found, language));
    comparison_sections(&mut page, found);
    page.finish()
}

fn facts(found: &Comparison, language: ReportLanguage) -> String {
    let groups = found.num_groups.map(thousands);
    match language {
        ReportLanguage::English => format!(
            "{} rows, {} positive{} · the same rows for every model · p adjusted by Holm over {} tests",
            thousands(found.n),
            thousands(found.positives),
            groups.map_or_else(String::new, |groups| format!(", {groups} groups")),
            found.family_size
        ),
        ReportLanguage::Chinese => format!(
            "{} 行，正例 {}{} · 所有模型使用相同的行 · p 值按 Holm 对 {} 次检验校正",
            thousands(found.n),
            thousands(found.positives),
            groups.map_or_else(String::new, |groups| format!("，{groups} 组")),
            found.family_size
        ),
    }
}

/// The same inside a page of several results.
pub(super) fn comparison_sections(page: &mut Page, found: &Comparison) {
    let language = page.language();
    let decisive = found
        .pairs
        .iter()
        .filter(|pair| pair.metric == found.primary_metric && pair.verdict != found.verdict);
    let reasons: Vec<String> = decisive.map(|pair| language.of(&pair.verdict).to_owned()).collect();
    page.verdict(language.of(&found.verdict), &reasons);
    for warning in &found.warnings {
        page.push(&format!("<p class=\"warning\">▲ {}</p>", escape(language.of(warning))));
    }
    for metric in &found.metrics {
        metric_table(page, found, *metric);
    }
    segments(page, found);
}

fn tone(pair: &PairResult) -> Tone {
    match &pair.better {
        None => Tone::Open,
        Some(better) if *better == pair.b => Tone::Better,
        Some(_) => Tone::Worse,
    }
}

fn metric_table(page: &mut Page, found: &Comparison, metric: Metric) {
    let language = page.language();
    let pairs: Vec<&PairResult> = found.pairs.iter().filter(|pair| pair.metric == metric).collect();
    if pairs.is_empty() {
        return;
    }
    page.push(&format!(
        "<h3>{} <span class=\"quiet\">{}</span></h3>",
        escape(language.of(&metric.label())),
        if metric.higher_is_better() {
            language.pick("higher is better", "越高越好")
        } else {
            language.pick("lower is better", "越低越好")
        }
    ));
    let effects: Vec<_> = pairs.iter().map(|pair| (pair.delta, pair.interval)).collect();
    let forest = Forest::of(&effects);
    let rows: Vec<Vec<String>> = pairs
        .iter()
        .map(|pair| {
            let told = match (&pair.test, &pair.undefined, &pair.better) {
                (_, Some(why), _) => format!("<i>{}</i>", escape(language.of(why))),
                (Some(test), None, Some(better)) => {
                    format!("✓ {} · {}", escape(better), escape(language.of(&test.label())))
                }
                (Some(test), None, None) => format!(
                    "{} · {}",
                    language.pick("not told apart", "无法区分"),
                    escape(language.of(&test.label()))
                ),
                (None, None, _) => String::new(),
            };
            vec![
                format!("{} → {}", escape(&pair.a), escape(&pair.b)),
                four(pair.value_a),
                four(pair.value_b),
                forest.cell(pair.delta, pair.interval, tone(pair)),
                signed(pair.delta),
                interval(pair.interval),
                p_value(pair.p_value),
                p_value(pair.p_adjusted),
                told,
            ]
        })
        .collect();
    let head = [
        language.pick("Models", "模型"),
        "A",
        "B",
        language.pick("Difference, interval", "差值与区间"),
        "B − A",
        language.pick("interval", "区间"),
        "p",
        language.pick("p adjusted", "校正 p"),
        language.pick("Reading", "结论"),
    ];
    page.table(&head.map(str::to_owned), &rows, &[1, 2, 4, 5, 6, 7]);
}

fn segments(page: &mut Page, found: &Comparison) {
    if found.segments.is_empty() {
        return;
    }
    let language = page.language();
    page.heading(&format!(
        "{} · {}",
        language.pick("By segment", "分群对比"),
        language.of(&found.primary_metric.label())
    ));
    let effects: Vec<_> = found.segments.iter().map(|part| (part.delta, part.interval)).collect();
    let forest = Forest::of(&effects);
    let rows: Vec<Vec<String>> = found
        .segments
        .iter()
        .map(|part| {
            let value = if part.value.is_empty() {
                language.pick("missing", "缺失")
            } else {
                &part.value
            };
            vec![
                format!("{} = {}", escape(&part.column), escape(value)),
                format!("{} → {}", escape(&part.a), escape(&part.b)),
                thousands(part.n),
                forest.cell(part.delta, part.interval, Tone::Open),
                signed(part.delta),
                interval(part.interval),
                p_value(part.p_adjusted),
            ]
        })
        .collect();
    let head = [
        language.pick("Segment", "分群"),
        language.pick("Models", "模型"),
        language.pick("Rows", "行数"),
        language.pick("Difference, interval", "差值与区间"),
        "B − A",
        language.pick("interval", "区间"),
        language.pick("p adjusted", "校正 p"),
    ];
    page.table(&head.map(str::to_owned), &rows, &[2, 4, 5, 6]);
}
