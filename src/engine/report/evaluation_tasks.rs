//! Evaluations of classes and grades as HTML: metrics with intervals, the matrix of confusions, each class, each grade.

use super::ReportLanguage;
use super::heat_map::{HeatCell, HeatLook, heat_map};
use super::numbers::{four, interval};
use super::page::{Page, escape};
use crate::engine::audit::{percent, thousands};
use crate::engine::eval::tasks::{TaskEvaluation, TaskModel, metric_definition, metric_label};

/// Classes up to which the matrix is drawn.
const MOST_DRAWN: usize = 30;

pub(super) fn facts(found: &TaskEvaluation, language: ReportLanguage) -> String {
    let (used, total) = (thousands(found.n), thousands(found.rows.total));
    match language {
        ReportLanguage::English => format!("{used} labelled rows of {total}"),
        ReportLanguage::Chinese => format!("{total} 行中有 {used} 行带标签"),
    }
}

pub(super) fn sections(page: &mut Page, models: &[TaskModel]) {
    let Some(first) = models.first() else { return };
    let language = page.language();
    let found = &first.evaluation;
    let cards: Vec<(String, String, String)> = found
        .metrics
        .iter()
        .map(|metric| {
            let label = language.of(&metric_label(&metric.name)).to_owned();
            (label, four(metric.value), interval(metric.interval))
        })
        .collect();
    page.push(&format!("<p class=\"quiet\">{}</p>", escape(&first.model_name)));
    page.cards(&cards);
    for warning in &found.warnings {
        page.push(&format!("<p class=\"warning\">▲ {}</p>", escape(language.of(warning))));
    }
    page.heading(language.pick("Metrics", "指标"));
    metrics(page, models);
    if !found.classes.is_empty() {
        page.heading(language.pick("Confusions", "混淆矩阵"));
        confusions(page, found);
        page.heading(language.pick("Each class", "各类别"));
        classes(page, found);
    }
    if !found.grades.is_empty() {
        page.heading(language.pick("What the model says of the rows of each grade", "各等级的行得到的预测"));
        grades(page, found);
    }
    page.heading(language.pick("What each metric is", "指标含义"));
    let told: Vec<(String, String)> = found
        .metrics
        .iter()
        .map(|metric| {
            let definition = metric_definition(&metric.name);
            (escape(&metric.name), escape(language.of(&definition)))
        })
        .collect();
    page.facts(&told);
}

fn metrics(page: &mut Page, models: &[TaskModel]) {
    let language = page.language();
    let mut head = vec![language.pick("Metric", "指标").to_owned()];
    for model in models {
        head.extend([escape(&model.model_name), language.pick("interval", "区间").to_owned()]);
    }
    let row = |name: &str| {
        let label = metric_label(name);
        let mut cells = vec![format!(
            "{} <span class=\"quiet\">{}</span>",
            escape(language.of(&label)),
            escape(name)
        )];
        for model in models {
            let metric = model.evaluation.metric(name);
            let value = metric.and_then(|metric| metric.value);
            let why = metric
                .and_then(|metric| metric.undefined.as_ref())
                .filter(|_| value.is_none());
            let range = metric.and_then(|metric| metric.interval);
            cells.extend([
                four(value),
                why.map_or_else(|| interval(range), |why| format!("<i>{}</i>", escape(language.of(why)))),
            ]);
        }
        cells
    };
    let rows: Vec<Vec<String>> = models[0]
        .evaluation
        .metrics
        .iter()
        .map(|metric| row(&metric.name))
        .collect();
    let right: Vec<usize> = (0..models.len()).map(|place| 1 + 2 * place).collect();
    page.table(&head, &rows, &right);
}

fn confusions(page: &mut Page, found: &TaskEvaluation) {
    let language = page.language();
    let Some(confusion) = found.confusion.as_ref().filter(|matrix| matrix.classes <= MOST_DRAWN) else {
        let told = language.pick("There are too many classes to draw them all.", "类别过多，不逐一绘出。");
        page.push(&format!("<p class=\"quiet\">{told}</p>"));
        return;
    };
    let names: Vec<String> = found.classes.iter().map(|class| class.name.clone()).collect();
    let cell = |truth: usize, answer: usize| {
        let count = confusion.at(truth, answer);
        let share = count / (found.classes[truth].support.max(1) as f64);
        let (is, taken, rows) = (&names[truth], &names[answer], thousands(count as u64));
        HeatCell {
            strength: (count > 0.0).then_some(if truth == answer { share } else { -share }),
            text: rows.clone(),
            hint: match language {
                ReportLanguage::English => format!("{is} taken for {taken}: {rows} rows, {}", percent(share)),
                ReportLanguage::Chinese => format!("{is} 被判为 {taken}：{rows} 行，{}", percent(share)),
            },
        }
    };
    let cells: Vec<Vec<HeatCell>> = (0..names.len())
        .map(|truth| (0..names.len()).map(|answer| cell(truth, answer)).collect())
        .collect();
    let legend = [
        (1.0, language.pick("right", "正确").to_owned()),
        (-1.0, language.pick("taken for another", "误判").to_owned()),
    ];
    let look = HeatLook {
        cell_width: 46.0,
        cell_height: 22.0,
        label_width: 150.0,
        slanted: 90.0,
    };
    let title = language.pick(
        "Rows: what it is; columns: what it was taken for",
        "行为真实类别，列为预测类别",
    );
    page.push(&heat_map(title, (&names, &names), &cells, &legend, look));
}

fn classes(page: &mut Page, found: &TaskEvaluation) {
    let language = page.language();
    let range = language.pick("interval", "区间");
    let head = [
        language.pick("Class", "类别"),
        language.pick("Rows", "行数"),
        language.pick("Precision", "精确率"),
        range,
        language.pick("Recall", "召回率"),
        range,
        "F1",
        range,
        "AUC",
    ];
    let row = |class: &crate::engine::eval::tasks::ClassEvaluation| {
        vec![
            escape(&class.name),
            thousands(class.support),
            four(class.precision),
            interval(class.precision_interval),
            four(class.recall),
            interval(class.recall_interval),
            four(class.f1),
            interval(class.f1_interval),
            four(class.auc),
        ]
    };
    let rows: Vec<Vec<String>> = found.classes.iter().map(row).collect();
    page.table(&head.map(str::to_owned), &rows, &[1, 2, 4, 6, 8]);
}

fn grades(page: &mut Page, found: &TaskEvaluation) {
    let language = page.language();
    let head = [
        language.pick("Grade", "等级"),
        language.pick("Rows", "行数"),
        language.pick("Mean score", "平均预测"),
        "10 %",
        language.pick("Median", "中位数"),
        "90 %",
    ];
    let rows: Vec<Vec<String>> = found
        .grades
        .iter()
        .map(|grade| {
            let mut row = vec![
                grade.grade.to_string(),
                thousands(grade.rows),
                four(Some(grade.mean_score)),
            ];
            row.extend(grade.quantiles.map(|value| four(Some(value))));
            row
        })
        .collect();
    page.table(&head.map(str::to_owned), &rows, &[0, 1, 2, 3, 4, 5]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::artifact::{Bilingual, ContentHash, Provenance};
    use crate::engine::eval::tasks::{TaskRows, evaluate_task};
    use crate::engine::eval::{EvalConfig, EvaluationReport};
    use crate::engine::progress::Progress;
    use crate::engine::run::task::Task;
    use crate::engine::train::tasks::Predictions;

    #[test]
    fn classes_are_told_with_their_confusions_and_names_cannot_become_markup() {
        let classes = ["<b>".to_owned(), "裙子".to_owned(), "shoe".to_owned(), "bag".to_owned()];
        let labels: Vec<f32> = (0..80u8).map(|row| f32::from(row % 4)).collect();
        let values = (0..80usize).flat_map(|row| {
            let answer = if row % 5 == 0 { 1 } else { row % 4 };
            (0..4).map(move |class| if class == answer { 0.7 } else { 0.1 })
        });
        let predicted = Predictions {
            width: 4,
            values: values.collect(),
        };
        let rows = TaskRows {
            task: Task::Multiclass,
            classes: &classes,
            labels: &labels,
            predicted: &predicted,
            groups: &[],
            total: 80,
        };
        let config = EvalConfig {
            bootstrap: 50,
            ..EvalConfig::default()
        };
        let evaluation = evaluate_task(&rows, &config, &Progress::new()).expect("evaluated");
        let report = EvaluationReport {
            data_name: "test.parquet".to_owned(),
            models: Vec::new(),
            of_task: vec![TaskModel {
                model_name: "run & 1".to_owned(),
                is_baseline: false,
                description: Bilingual::new("a model", "模型"),
                evaluation,
                provenance: Provenance::new(1, Vec::new(), ContentHash::default(), None),
            }],
            elapsed_ms: 0,
        };
        for language in [ReportLanguage::English, ReportLanguage::Chinese] {
            let html = super::super::evaluation::evaluations_html(&report, language);
            for part in ["run &amp; 1", "&lt;b&gt;", "裙子", "macro_f1", "<svg"] {
                assert!(html.contains(part), "{part}");
            }
            assert!(!html.contains("<b>shoe") && !html.contains(">&lt;b&gt;<b>"));
        }
    }
}
