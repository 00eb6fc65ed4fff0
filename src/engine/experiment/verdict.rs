//! From figures to one decision with its reasons.
//!
//! Invariant: nothing is said about effects while the assignment is broken; "ship" needs a goal that is better
//! after adjustment and no guardrail that is significantly worse.

use super::config::{ExperimentConfig, Method, MetricRole};
use super::report::{
    Check, CheckStatus, Decision, Inference, MetricResult, Reading, SampleRatio, TreatmentResult, Verdict,
};
use super::wording::{effect, p_value, percent};
use crate::engine::artifact::Bilingual;

/// Sets every treatment's reading; call after the p-values are adjusted.
pub(super) fn read(metrics: &mut [MetricResult], alpha: f64) {
    for metric in metrics {
        let readings: Vec<Reading> = metric
            .treatments
            .iter()
            .map(|treatment| {
                let p = if metric.role == MetricRole::Guardrail {
                    treatment.inference.p_value
                } else {
                    treatment.p_adjusted
                };
                reading(metric, treatment, p, alpha)
            })
            .collect();
        for (treatment, reading) in metric.treatments.iter_mut().zip(readings) {
            treatment.reading = reading;
        }
    }
}

/// By the p-value; without one (Bayes) by the interval.
fn reading(metric: &MetricResult, treatment: &TreatmentResult, p: Option<f64>, alpha: f64) -> Reading {
    let delta = treatment.inference.delta.unwrap_or(0.0);
    let told = match (p, treatment.inference.interval) {
        (Some(p), _) => p < alpha,
        (None, Some([low, high])) => low > 0.0 || high < 0.0,
        (None, None) => false,
    };
    match (told && delta != 0.0, (delta > 0.0) != metric.lower_is_better) {
        (false, _) => Reading::NotTold,
        (true, true) => Reading::Better,
        (true, false) => Reading::Worse,
    }
}

pub(super) fn verdict(
    metrics: &[MetricResult],
    srm: &SampleRatio,
    checks: &[Check],
    config: &ExperimentConfig,
) -> Verdict {
    if srm.status == CheckStatus::Failed {
        return blocked(srm, metrics);
    }
    let Some(goal) = metrics.iter().find(|metric| metric.role == MetricRole::Goal) else {
        return inconclusive_without_goal();
    };
    let Some(chosen) = candidate(goal) else {
        return inconclusive_without_goal();
    };
    let treatment = &goal.treatments[chosen];
    let hurt: Vec<&MetricResult> = metrics
        .iter()
        .filter(|metric| metric.role == MetricRole::Guardrail)
        .filter(|metric| metric.treatments[chosen].reading == Reading::Worse)
        .collect();
    let (decision, headline) = headline(goal, treatment, &hurt);
    let mut reasons = vec![evidence(treatment, config)];
    reasons.extend(hurt.iter().map(|metric| {
        let text = effect(&metric.treatments[chosen].inference);
        Bilingual::new(
            format!("{} is hurt: {text}", metric.name),
            format!("{} 受损：{text}", metric.name),
        )
    }));
    if hurt.is_empty() && metrics.iter().any(|metric| metric.role == MetricRole::Guardrail) {
        reasons.push(Bilingual::new("no guardrail is hurt", "护栏指标均未受损"));
    }
    let told = checks.iter().filter(|check| check.status != CheckStatus::Skipped);
    reasons.extend(told.filter(|check| matters(check)).map(|check| {
        Bilingual::new(
            format!("{}: {}", check.title.en, check.value.en),
            format!("{}：{}", check.title.zh, check.value.zh),
        )
    }));
    reasons.extend(others(goal, chosen));
    Verdict {
        decision,
        variant: Some(treatment.arm.name.clone()),
        headline,
        reasons,
    }
}

/// The sample ratio is always a reason; other checks only when they are not passed.
fn matters(check: &Check) -> bool {
    check.code == "sample_ratio" || check.status >= CheckStatus::Note
}

/// The better treatment with the largest effect; without one, the one with the most favourable estimate.
fn candidate(goal: &MetricResult) -> Option<usize> {
    let rank = |treatment: &TreatmentResult| {
        let reading = match treatment.reading {
            Reading::Better => 2.0f64,
            Reading::NotTold => 1.0,
            Reading::Worse => 0.0,
        };
        let sign = if goal.lower_is_better { -1.0 } else { 1.0 };
        (
            reading,
            treatment
                .inference
                .delta
                .map_or(f64::NEG_INFINITY, |delta| sign * delta),
        )
    };
    let ranked = goal.treatments.iter().map(rank).enumerate();
    ranked
        .max_by(|(_, a), (_, b)| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)))
        .map(|(at, _)| at)
}

fn headline(goal: &MetricResult, treatment: &TreatmentResult, hurt: &[&MetricResult]) -> (Decision, Bilingual) {
    let (name, variant, text) = (&goal.name, &treatment.arm.name, effect(&treatment.inference));
    let rises = treatment.inference.delta.unwrap_or(0.0) > 0.0;
    let (verb_en, verb_zh) = if rises {
        ("rises", "上升")
    } else {
        ("falls", "下降")
    };
    let guardrails = hurt
        .iter()
        .map(|metric| metric.name.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    match treatment.reading {
        Reading::Better if hurt.is_empty() => (
            Decision::Ship,
            Bilingual::new(
                format!("Ship {variant}: {name} {verb_en}, {text}"),
                format!("建议上线 {variant}：{name} {verb_zh}，{text}"),
            ),
        ),
        Reading::Better => (
            Decision::KeepControl,
            Bilingual::new(
                format!("Hold {variant}: {name} {verb_en}, {text}, but {guardrails} is hurt"),
                format!("暂缓 {variant}：{name} {verb_zh}，{text}，但 {guardrails} 受损"),
            ),
        ),
        Reading::Worse => {
            let control = &goal.control.name;
            (
                Decision::KeepControl,
                Bilingual::new(
                    format!("Keep {control}: with {variant} {name} {verb_en}, {text}"),
                    format!("保留 {control}：{variant} 使 {name} {verb_zh}，{text}"),
                ),
            )
        }
        Reading::NotTold => (
            Decision::Inconclusive,
            Bilingual::new(
                format!("No difference in {name} is shown for {variant}: {text}"),
                format!("未能显示 {variant} 的 {name} 有差异：{text}"),
            ),
        ),
    }
}

/// How the interval was made and what it could have shown.
fn evidence(treatment: &TreatmentResult, config: &ExperimentConfig) -> Bilingual {
    let level = format!("{:.0} %", 100.0 * (1.0 - config.alpha));
    let kind = match config.method {
        Method::Sequential => ("always-valid", "始终有效"),
        Method::Bayes => ("credible", "可信"),
        Method::Bootstrap => ("bootstrap", "自助法"),
        Method::Cuped => ("CUPED", "CUPED"),
        Method::Welch => ("confidence", "置信"),
    };
    let mut text = Bilingual::new(
        format!("{level} {} interval", kind.0),
        format!("{level} {}区间", kind.1),
    );
    match (treatment.p_adjusted, treatment.probability_to_beat) {
        (Some(p), _) => {
            text.en += &format!(", p {} after Holm", p_value(p));
            text.zh += &format!("，Holm 校正后 p {}", p_value(p));
        }
        (None, Some(probability)) => {
            let shown = percent(probability).replace('+', "");
            text.en += &format!(", better with probability {shown}");
            text.zh += &format!("，更优的概率 {shown}");
        }
        (None, None) => {}
    }
    if let Some(relative) = treatment.detectable_relative {
        let shown = percent(relative).replace('+', "");
        text.en += &format!("; an effect of {shown} had an 80 % chance to be shown");
        text.zh += &format!("；{shown} 的效果有 80% 的机会被检出");
    }
    text
}

/// One line for each further treatment.
fn others(goal: &MetricResult, chosen: usize) -> Vec<Bilingual> {
    let rest = goal.treatments.iter().enumerate().filter(|(at, _)| *at != chosen);
    let line = |treatment: &TreatmentResult, inference: &Inference| {
        let p = treatment
            .p_adjusted
            .map_or_else(String::new, |p| format!(", p {}", p_value(p)));
        let text = format!("{}: {}{p}", treatment.arm.name, effect(inference));
        Bilingual::new(text.clone(), text)
    };
    rest.map(|(_, treatment)| line(treatment, &treatment.inference))
        .collect()
}

fn blocked(srm: &SampleRatio, metrics: &[MetricResult]) -> Verdict {
    let p = srm.p_value.map_or_else(String::new, |p| format!("p {}", p_value(p)));
    let names = metrics.first().map(|metric| {
        let arms = std::iter::once(&metric.control).chain(metric.treatments.iter().map(|treatment| &treatment.arm));
        arms.map(|arm| arm.name.clone()).collect::<Vec<_>>()
    });
    let counts = names
        .unwrap_or_default()
        .into_iter()
        .zip(&srm.observed)
        .zip(&srm.expected);
    let counts: Vec<String> = counts
        .map(|((name, got), plan)| format!("{name} {got} / {plan:.0}"))
        .collect();
    let mut reasons = vec![Bilingual::new(
        format!("units observed / planned: {}", counts.join(", ")),
        format!("实际 / 计划单元数：{}", counts.join("，")),
    )];
    reasons.extend(
        srm.by_segment
            .first()
            .filter(|part| part.p_adjusted < 0.001)
            .map(|part| {
                let text = format!("{} = {}", part.column, part.value);
                Bilingual::new(format!("most uneven: {text}"), format!("最不均衡：{text}"))
            }),
    );
    Verdict {
        decision: Decision::Blocked,
        variant: None,
        headline: Bilingual::new(
            format!("Blocked: the variants do not have their planned shares ({p})"),
            format!("结论暂缓：各组单元数与计划比例不符（{p}）"),
        ),
        reasons,
    }
}

fn inconclusive_without_goal() -> Verdict {
    Verdict {
        decision: Decision::Inconclusive,
        variant: None,
        headline: Bilingual::new("There is no goal metric to decide by", "没有可用于决策的目标指标"),
        reasons: Vec::new(),
    }
}
