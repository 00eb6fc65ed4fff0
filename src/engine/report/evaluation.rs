//! Evaluations as HTML: headline figures, all metrics with intervals, curves, the threshold, segments, conventions.

use super::ReportLanguage;
use super::evaluation_charts::{precision_recall, reliability, roc, scores};
use super::evaluation_tasks;
use super::numbers::{four, interval, moment};
use super::page::{Page, escape};
use crate::engine::artifact::Bilingual;
use crate::engine::audit::{percent, thousands};
use crate::engine::eval::{Evaluation, EvaluationReport, Metric, RankingMetric, RowMetric};

/// One model's evaluation under a name.
pub(super) type Named<'a> = (&'a str, &'a Evaluation);

/// An evaluation of one model as a page of its own.
pub fn evaluation_html(name: &str, evaluation: &Evaluation, language: ReportLanguage) -> String {
    let title = format!("{} · {name}", language.pick("Evaluation", "能力评估"));
    let mut page = Page::new(language, &title);
    page.title(&title, &facts(evaluation, language));
    sections(&mut page, &[(name, evaluation)]);
    page.finish()
}

/// The models of one test set as a page of its own.
pub fn evaluations_html(report: &EvaluationReport, language: ReportLanguage) -> String {
    let title = format!("{} · {}", language.pick("Evaluation", "能力评估"), report.data_name);
    let mut page = Page::new(language, &title);
    let first = report.models.first().map(|model| facts(&model.evaluation, language));
    let of_task = report
        .of_task
        .first()
        .map(|model| evaluation_tasks::facts(&model.evaluation, language));
    let told = first.or(of_task).unwrap_or_default();
    page.title(&title, &told);
    evaluations_sections(&mut page, report);
    page.finish()
}

/// The same inside a page of several results.
pub(super) fn evaluations_sections(page: &mut Page, report: &EvaluationReport) {
    let language = page.language();
    if !report.of_task.is_empty() {
        evaluation_tasks::sections(page, &report.of_task);
        return;
    }
    let named: Vec<Named<'_>> = report
        .models
        .iter()
        .map(|model| (model.model_name.as_str(), &model.evaluation))
        .collect();
    sections(page, &named);
    page.heading(language.pick("Where the scores come from", "分数来源"));
    let rows: Vec<Vec<String>> = report
        .models
        .iter()
        .map(|model| {
            vec![
                escape(&model.model_name),
                escape(language.of(&model.description)),
                moment(model.provenance.created_ms),
                escape(model.provenance.config.short()),
            ]
        })
        .collect();
    let head = [
        language.pick("Model", "模型"),
        language.pick("Scores", "分数"),
        language.pick("Evaluated", "评估时间"),
        language.pick("Settings", "配置"),
    ];
    page.table(&head.map(str::to_owned), &rows, &[]);
}

fn facts(found: &Evaluation, language: ReportLanguage) -> String {
    let rate = percent(found.positive_rate());
    match language {
        ReportLanguage::English => format!(
            "{} rows with label and score of {} · {} positive ({rate})",
            thousands(found.n),
            thousands(found.rows.total),
            thousands(found.positives)
        ),
        ReportLanguage::Chinese => format!(
            "{} 行有标签和分数，共 {} 行 · 正例 {}（{rate}）",
            thousands(found.n),
            thousands(found.rows.total),
            thousands(found.positives)
        ),
    }
}

fn sections(page: &mut Page, models: &[Named<'_>]) {
    let Some((_, first)) = models.first() else { return };
    let language = page.language();
    headline(page, models[0]);
    let mut told: Vec<&Bilingual> = Vec::new();
    for warning in models.iter().flat_map(|(_, model)| &model.warnings) {
        // The same of several models is said once.
        if told.contains(&warning) {
            continue;
        }
        told.push(warning);
        page.push(&format!("<p class=\"warning\">▲ {}</p>", escape(language.of(warning))));
    }
    page.heading(language.pick("Metrics", "指标"));
    metrics(page, models);
    page.heading(language.pick("Curves", "曲线"));
    page.figures(&[
        roc(models, language).figure(),
        precision_recall(models, language).figure(),
        reliability(models, language).figure(),
        scores(models[0], language).figure(),
    ]);
    thresholds(page, models);
    segments(page, models);
    conventions(page, first);
}

fn headline(page: &mut Page, (name, found): Named<'_>) {
    let language = page.language();
    let metrics = [
        RowMetric::Auc,
        RowMetric::AveragePrecision,
        RowMetric::LogLoss,
        RowMetric::Ece,
        RowMetric::F1,
    ];
    let mut cards: Vec<(String, String, String)> = Vec::new();
    for metric in metrics.map(Metric::Row) {
        let label = language.of(&metric.label()).to_owned();
        cards.push((label, four(found.value(metric)), interval(found.interval(metric))));
    }
    if let Some(value) = found.ranking.get("ndcg@10").copied().flatten() {
        let range = found.intervals.get("ndcg@10").copied().flatten();
        cards.push(("NDCG@10".to_owned(), four(Some(value)), interval(range)));
    }
    page.push(&format!("<p class=\"quiet\">{}</p>", escape(name)));
    page.cards(&cards);
}

fn metrics(page: &mut Page, models: &[Named<'_>]) {
    let language = page.language();
    let (_, first) = models[0];
    let ranking = RankingMetric::family(&first.config.k).into_iter().map(Metric::Ranking);
    let ranking = ranking.filter(|_| first.groups.is_some());
    let all = RowMetric::ALL.into_iter().map(Metric::Row).chain(ranking);
    let mut head = vec![language.pick("Metric", "指标").to_owned()];
    for (name, _) in models {
        head.extend([escape(name), language.pick("interval", "区间").to_owned()]);
    }
    let rows: Vec<Vec<String>> = all
        .map(|metric| {
            let name = format!(
                "{} <span class=\"quiet\">{}</span>",
                escape(language.of(&metric.label())),
                escape(&metric.name())
            );
            let cells = models.iter().flat_map(|(_, found)| {
                let why = found
                    .undefined
                    .get(&metric.name())
                    .filter(|_| found.value(metric).is_none());
                let range = why.map_or_else(
                    || interval(found.interval(metric)),
                    |why| format!("<i>{}</i>", escape(language.of(why))),
                );
                [four(found.value(metric)), range]
            });
            std::iter::once(name).chain(cells).collect()
        })
        .collect();
    let right: Vec<usize> = (0..models.len()).map(|place| 1 + 2 * place).collect();
    page.table(&head, &rows, &right);
    if let Some(method) = &first.interval_method {
        let told = match language {
            ReportLanguage::English => format!(
                "{:.0} % intervals of {} resamples by {}, {} units, seed {}",
                method.level * 100.0,
                thousands(method.resamples),
                method.unit,
                thousands(method.num_units),
                method.seed
            ),
            ReportLanguage::Chinese => format!(
                "{:.0} % 区间，重抽样 {} 次，按 {} 抽取，{} 个单元，随机种子 {}",
                method.level * 100.0,
                thousands(method.resamples),
                if method.unit == "group" { "组" } else { "行" },
                thousands(method.num_units),
                method.seed
            ),
        };
        page.push(&format!("<p class=\"quiet\">{}</p>", escape(&told)));
    }
}

fn thresholds(page: &mut Page, models: &[Named<'_>]) {
    let language = page.language();
    let rows: Vec<Vec<String>> = models
        .iter()
        .filter_map(|(name, found)| {
            let (threshold, confusion) = (found.threshold?, found.confusion?);
            Some(vec![
                escape(name),
                four(Some(threshold)),
                thousands(confusion.true_positives),
                thousands(confusion.false_positives),
                thousands(confusion.false_negatives),
                thousands(confusion.true_negatives),
                four(found.precision),
                four(found.recall),
                four(found.f1),
                four(found.mcc),
            ])
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    page.heading(language.pick("At the threshold", "阈值处"));
    let head = [
        language.pick("Model", "模型"),
        language.pick("Threshold", "阈值"),
        language.pick("True pos.", "真正例"),
        language.pick("False pos.", "假正例"),
        language.pick("False neg.", "假负例"),
        language.pick("True neg.", "真负例"),
        language.pick("Precision", "精确率"),
        language.pick("Recall", "召回率"),
        "F1",
        "MCC",
    ];
    page.table(&head.map(str::to_owned), &rows, &[1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

fn segments(page: &mut Page, models: &[Named<'_>]) {
    let language = page.language();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (name, found) in models {
        rows.extend(found.segments.iter().map(|part| {
            let value = if part.value.is_empty() {
                format!("<i>{}</i>", language.pick("missing", "缺失"))
            } else {
                escape(&part.value)
            };
            vec![
                escape(name),
                escape(&part.column),
                value,
                thousands(part.n),
                percent_of(part.positive_rate),
                four(part.auc),
                interval(part.auc_interval),
                four(part.average_precision),
                four(part.f1),
            ]
        }));
    }
    if rows.is_empty() {
        return;
    }
    page.heading(language.pick("Segments", "分群"));
    let head = [
        language.pick("Model", "模型"),
        language.pick("Segment", "分群"),
        language.pick("Value", "取值"),
        language.pick("Rows", "行数"),
        language.pick("Positive", "正例率"),
        "AUC",
        language.pick("interval", "区间"),
        "AP",
        "F1",
    ];
    page.table(&head.map(str::to_owned), &rows, &[3, 4, 5, 7, 8]);
}

fn percent_of(share: f64) -> String {
    escape(&percent(share))
}

fn conventions(page: &mut Page, found: &Evaluation) {
    if found.conventions.is_empty() {
        return;
    }
    let language = page.language();
    page.heading(language.pick("What each name means here", "指标定义"));
    let rows: Vec<(String, String)> = found
        .conventions
        .iter()
        .map(|(name, told)| (name.clone(), language.of(told).to_owned()))
        .collect();
    page.facts(&rows);
}
