//! A training run as HTML: how it stands, its curves, metrics, sample predictions, settings and events.

use super::ReportLanguage;
use super::curve_chart::{CurveChart, Line, Style};
use super::numbers::{four, moment, significant};
use super::page::{Page, escape};
use super::run_record::{events, settings};
use crate::engine::audit::personal::mask;
use crate::engine::audit::{duration, percent, shortened, thousands};
use crate::engine::run::config::Method;
use crate::engine::run::replay::{MarkKind, Outcome, RunView, curve};
use crate::engine::run::series::{Series, smoothed};
use crate::engine::run::status::RunStatus;
use crate::engine::run::watch::RunWatch;

/// Points of a curve that are drawn; extremes are kept.
const MOST_POINTS: usize = 400;
/// Weight of the moving average over the training loss.
const SMOOTH: f64 = 0.9;
/// Longest sample text.
const TEXT: usize = 140;

/// A run, read to the end of its log, as a page of its own.
pub fn run_html(watch: &RunWatch, language: ReportLanguage) -> String {
    let title = format!("{} · {}", language.pick("Run", "训练任务"), watch.run().id());
    let mut page = Page::new(language, &title);
    page.title(&title, &facts(watch, language));
    run_sections(&mut page, watch);
    page.finish()
}

/// One line: base model, method, when, how often taken up again.
pub(super) fn facts(watch: &RunWatch, language: ReportLanguage) -> String {
    let (config, view) = (watch.config(), watch.view());
    let mut parts = vec![format!("{}, {}", config.base_model, method_words(&config.method))];
    if let Some(started) = view.started_ms {
        parts.push(format!("{} {}", language.pick("started", "开始于"), moment(started)));
    }
    let (en, zh) = duration(view.active_secs());
    parts.push(language.pick("active ", "实际用时 ").to_owned() + if zh_of(language) { &zh } else { &en });
    if view.attempts > 1 {
        parts.push(match language {
            ReportLanguage::English => format!("resumed {} times", view.attempts - 1),
            ReportLanguage::Chinese => format!("续训 {} 次", view.attempts - 1),
        });
    }
    parts.join(" · ")
}

fn zh_of(language: ReportLanguage) -> bool {
    language == ReportLanguage::Chinese
}

fn method_words(method: &Method) -> String {
    match method {
        Method::Full => "full".to_owned(),
        Method::Lora {
            rank, alpha, rslora, ..
        } => format!("{} r {rank}, α {alpha}", if *rslora { "rsLoRA" } else { "LoRA" }),
        Method::HeadOnly => "head only".to_owned(),
    }
}

/// The word of a state, with a shape.
pub(super) fn status_words(status: &RunStatus, language: ReportLanguage) -> String {
    let (sign, zh) = match status {
        RunStatus::Finished => ("✓", "已完成"),
        RunStatus::Stopped => ("■", "已停止"),
        RunStatus::Failed { .. } => ("●", "失败"),
        RunStatus::Crashed => ("●", "中断"),
        RunStatus::Waiting => ("–", "未开始"),
        RunStatus::Paused => ("▲", "已暂停"),
        RunStatus::Starting | RunStatus::Running | RunStatus::Stopping => ("▶", "进行中"),
    };
    format!("{sign} {}", language.pick(status.name(), zh))
}

/// The same inside a page of several results.
pub(super) fn run_sections(page: &mut Page, watch: &RunWatch) {
    let (config, view, language) = (watch.config(), watch.view(), page.language());
    headline(page, watch);
    if let Some(Outcome::Failed { message, hint }) = &view.outcome {
        page.push(&format!(
            "<p class=\"error\">● {} · {}</p>",
            escape(message),
            escape(hint)
        ));
    }
    page.figures(&[
        loss_chart(view, language).figure(),
        metric_chart(view, &config.metric, language).figure(),
        plain_chart(
            view,
            curve::LEARNING_RATE,
            language.pick("Learning rate", "学习率"),
            3,
            language,
        )
        .figure(),
        plain_chart(
            view,
            curve::SAMPLES_PER_SEC,
            language.pick("Samples a second", "每秒样本数"),
            6,
            language,
        )
        .figure(),
    ]);
    metrics(page, view);
    samples(page, view);
    page.heading(language.pick("Settings", "配置"));
    settings(page, config);
    events(page, view);
}

fn headline(page: &mut Page, watch: &RunWatch) {
    let (config, view, language) = (watch.config(), watch.view(), page.language());
    let text = |en: &'static str, zh: &'static str| language.pick(en, zh).to_owned();
    let best = view.best();
    let best_value = best.and_then(|best| best.metrics.get(&config.metric).copied());
    let at = best.map_or_else(String::new, |best| match language {
        ReportLanguage::English => format!("at step {}", thousands(best.step)),
        ReportLanguage::Chinese => format!("第 {} 步", thousands(best.step)),
    });
    let total = view.total_steps().map_or_else(String::new, |total| match language {
        ReportLanguage::English => format!("of {}", thousands(total)),
        ReportLanguage::Chinese => format!("共 {}", thousands(total)),
    });
    let attempt = view.attempt.as_ref();
    // `cpu (AMD EPYC, 2 threads)` → the kind as the figure, the rest below.
    let device = attempt.map_or("–", |attempt| attempt.device.as_str());
    let (device, model) = device.split_once(" (").unwrap_or((device, ""));
    let precision = attempt.map_or("", |attempt| attempt.precision.as_str());
    let below = [model.trim_end_matches(')'), precision];
    let below: Vec<&str> = below.into_iter().filter(|part| !part.is_empty()).collect();
    let trained = attempt.map_or_else(String::new, |attempt| {
        let share = attempt.params_trainable as f64 / attempt.params_total.max(1) as f64;
        format!("{} / {}", percent(share), thousands(attempt.params_total))
    });
    page.cards(&[
        (
            text("State", "状态"),
            status_words(watch.status(), language),
            String::new(),
        ),
        (
            format!("{} {}", language.pick("Best validation", "最佳验证"), config.metric),
            four(best_value),
            at,
        ),
        (text("Step", "步数"), thousands(view.step), total),
        (
            text("Training loss", "训练损失"),
            four(view.last(curve::TRAIN_LOSS)),
            String::new(),
        ),
        (
            text("Throughput", "吞吐"),
            significant(view.last(curve::SAMPLES_PER_SEC)),
            text("samples/s", "样本/秒"),
        ),
        (text("Device", "设备"), device.to_owned(), below.join(" · ")),
        (
            text("Trained", "可训练参数"),
            attempt.map_or_else(|| "–".to_owned(), |attempt| thousands(attempt.params_trainable)),
            trained,
        ),
    ]);
}

fn points(series: Option<&Series>) -> Vec<[f64; 2]> {
    series.map(|series| series.decimated(MOST_POINTS)).unwrap_or_default()
}

fn marks(view: &RunView, language: ReportLanguage) -> Vec<(f64, String)> {
    let marks = view.marks();
    let told = marks.iter().filter_map(|mark| {
        let word = match mark.kind {
            MarkKind::Best => language.pick("best", "最佳"),
            MarkKind::Resumed => language.pick("resumed", "续训"),
            MarkKind::MemoryShort => language.pick("memory short", "内存不足"),
            MarkKind::Checkpoint | MarkKind::Paused | MarkKind::StepSkipped => return None,
        };
        Some((mark.step as f64, format!("{word} · {}", mark.step)))
    });
    told.collect()
}

fn loss_chart(view: &RunView, language: ReportLanguage) -> CurveChart {
    let raw = view.series.get(curve::TRAIN_LOSS);
    let mean = raw.map(|raw| smoothed(raw.iter(), SMOOTH)).unwrap_or_default();
    let kept = mean.len();
    let mean = crate::engine::run::series::decimate(mean.into_iter(), kept, MOST_POINTS);
    let line = |name: &str, points, hue, style| Line {
        name: name.to_owned(),
        points,
        hue,
        style,
    };
    CurveChart {
        title: language
            .pick("Loss (training smoothed 0.9)", "损失（训练曲线平滑 0.9）")
            .to_owned(),
        x_label: language.pick("step", "步").to_owned(),
        y_label: language.pick("loss", "损失").to_owned(),
        lines: vec![
            line("", points(raw), 0, Style::Faint),
            line(language.pick("train", "训练"), mean, 0, Style::Plain),
            line(
                language.pick("validation", "验证"),
                points(view.series.get(&curve::valid("loss"))),
                1,
                Style::Dots,
            ),
        ],
        marks: marks(view, language),
        ..CurveChart::default()
    }
}

fn metric_chart(view: &RunView, metric: &str, language: ReportLanguage) -> CurveChart {
    CurveChart {
        title: format!("{} {metric}", language.pick("Validation", "验证")),
        x_label: language.pick("step", "步").to_owned(),
        y_label: metric.to_owned(),
        lines: vec![Line {
            name: String::new(),
            points: points(view.series.get(&curve::valid(metric))),
            hue: 5,
            style: Style::Marked,
        }],
        marks: marks(view, language),
        ..CurveChart::default()
    }
}

fn plain_chart(view: &RunView, name: &str, title: &str, hue: usize, language: ReportLanguage) -> CurveChart {
    CurveChart {
        title: title.to_owned(),
        x_label: language.pick("step", "步").to_owned(),
        lines: vec![Line {
            name: String::new(),
            points: points(view.series.get(name)),
            hue,
            style: Style::Plain,
        }],
        ..CurveChart::default()
    }
}

/// Validation at the best step beside the test rows.
fn metrics(page: &mut Page, view: &RunView) {
    let language = page.language();
    let Some(best) = view.best() else { return };
    let test = match &view.outcome {
        Some(Outcome::Finished(finish)) => Some(&finish.test_metrics),
        _ => None,
    };
    page.heading(language.pick("Metrics", "指标"));
    let rows: Vec<Vec<String>> = best
        .metrics
        .iter()
        .map(|(name, value)| {
            let test = test.and_then(|test| test.get(name)).copied();
            vec![escape(name), four(Some(*value)), four(test)]
        })
        .collect();
    let head = [
        language.pick("Metric", "指标"),
        language.pick("Validation, best step", "验证集（最佳步）"),
        language.pick("Test", "测试集"),
    ];
    page.table(&head.map(str::to_owned), &rows, &[1, 2]);
}

/// Fixed validation rows: label, score at the start and now; personal data in the texts is masked.
fn samples(page: &mut Page, view: &RunView) {
    let language = page.language();
    let Some(last) = view.samples.last() else { return };
    let first = view.samples.first().map(|first| &first.rows);
    page.heading(&match language {
        ReportLanguage::English => format!("Sample predictions at step {}", thousands(last.step)),
        ReportLanguage::Chinese => format!("第 {} 步的样例预测", thousands(last.step)),
    });
    let rows: Vec<Vec<String>> = last
        .rows
        .iter()
        .enumerate()
        .map(|(place, sample)| {
            let start = first.and_then(|rows| rows.get(place)).map(|row| row.score);
            let width = if sample.score.is_finite() {
                sample.score.clamp(0.0, 1.0) * 100.0
            } else {
                0.0
            };
            vec![
                escape(&shortened(&mask(&sample.text, &[]), TEXT)),
                label_text(sample.label),
                format!("<span class=\"meter\"><i style=\"width:{width:.0}%\"></i></span>"),
                four(Some(sample.score)),
                four(start),
            ]
        })
        .collect();
    let head = [
        language.pick("Text", "文本"),
        language.pick("Label", "标签"),
        "",
        language.pick("Score now", "当前分数"),
        language.pick("At start", "起始分数"),
    ];
    page.table(&head.map(str::to_owned), &rows, &[1, 3, 4]);
}

/// 0 and 1 without decimals; a dash where there is no label.
fn label_text(label: f64) -> String {
    if label.fract() == 0.0 {
        format!("{label:.0}")
    } else {
        significant(Some(label))
    }
}
