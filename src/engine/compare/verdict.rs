//! The verdict in one sentence, in both languages, with effect, interval and p-value.
//!
//! Invariant: "better" is said only with an adjusted p-value of at most alpha; otherwise the sentence names the
//! smallest difference the rows could have shown.

use super::comparison::{Comparison, PairResult};
use crate::engine::artifact::Bilingual;
use crate::engine::eval::baseline::name_in_chinese as zh;

/// A p-value for people: never "0".
fn shown_p(p: f64) -> String {
    if p < 0.0001 {
        "< 0.0001".to_owned()
    } else {
        format!("= {}", trimmed(p, 4))
    }
}

fn trimmed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text.is_empty() || text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

/// Four decimals, more where the number is small, with a real minus sign.
fn number(value: f64) -> String {
    let decimals = if value != 0.0 && value.abs() < 0.001 { 6 } else { 4 };
    format!("{value:.decimals$}").replace('-', "−")
}

/// Sets who is better and the sentence of one pair.
pub(super) fn judge(pair: &mut PairResult, level: f64, alpha: f64) {
    let significant = pair.p_adjusted.is_some_and(|p| p <= alpha);
    let delta = pair.delta.unwrap_or(0.0);
    if significant && delta != 0.0 {
        let b_is_better = (delta > 0.0) == pair.higher_is_better;
        pair.better = Some(if b_is_better { pair.b.clone() } else { pair.a.clone() });
    }
    pair.verdict = sentence(pair, level);
}

fn sentence(pair: &PairResult, level: f64) -> Bilingual {
    let (a, b, metric) = (&pair.a, &pair.b, pair.metric.label());
    let (Some(delta), Some(p)) = (pair.delta, pair.p_value) else {
        let why = pair.undefined.clone().unwrap_or_default();
        return Bilingual::new(
            format!("{} of {a} and {b} cannot be compared: {}", metric.en, why.en),
            format!("{} 与 {} 的{}无法比较：{}", zh(a), zh(b), metric.zh, why.zh),
        );
    };
    let interval = |outer: &str| {
        // "Higher by 0.02" is a size, so its interval is turned the same way round.
        let turned = |[lower, upper]: [f64; 2]| {
            let turn = pair.better.is_some() && delta < 0.0;
            if turn { [-upper, -lower] } else { [lower, upper] }
        };
        pair.interval.map(turned).map_or_else(String::new, |[lower, upper]| {
            let percent = trimmed(level * 100.0, 1);
            outer
                .replace("{percent}", &percent)
                .replace("{lower}", &number(lower))
                .replace("{upper}", &number(upper))
        })
    };
    let p_en = p_text(pair, p, "adjusted");
    let p_zh = p_text(pair, p, "校正后");
    let interval_en = interval(", {percent} % interval {lower} to {upper}");
    let interval_zh = interval("，{percent}% 区间 {lower} 至 {upper}");
    if let Some(better) = &pair.better {
        let other = if better == a { b } else { a };
        return Bilingual::new(
            format!(
                "{better} is better than {other}: {} {} by {}{interval_en}, {p_en}",
                metric.en,
                direction(pair).0,
                number(delta.abs())
            ),
            format!(
                "{} 优于 {}：{}{} {}{interval_zh}，{p_zh}",
                zh(better),
                zh(other),
                metric.zh,
                direction(pair).1,
                number(delta.abs())
            ),
        );
    }
    if pair.standard_error == Some(0.0) {
        return Bilingual::new(
            format!("{a} and {b} agree everywhere: their {} is the same", metric.en),
            format!("{} 与 {} 处处一致：{}相同", zh(a), zh(b), metric.zh),
        );
    }
    let detectable = |before: &str| {
        pair.smallest_detectable
            .map_or_else(String::new, |size| format!("{before}{}", number(size)))
    };
    Bilingual::new(
        format!(
            "No difference in {} can be shown between {a} and {b}: {}{interval_en}, {p_en}{}",
            metric.en,
            signed(delta),
            detectable("; the smallest difference these rows could show is about ")
        ),
        format!(
            "未能显示 {} 与 {} 的{}有差异：{}{interval_zh}，{p_zh}{}",
            zh(a),
            zh(b),
            metric.zh,
            signed(delta),
            detectable("；这些数据能检出的最小差异约为 ")
        ),
    )
}

/// The better model's number is higher, or lower where lower is better.
fn direction(pair: &PairResult) -> (&'static str, &'static str) {
    if pair.higher_is_better {
        ("higher", "高")
    } else {
        ("lower", "低")
    }
}

fn signed(value: f64) -> String {
    let text = number(value);
    if value > 0.0 { format!("+{text}") } else { text }
}

fn p_text(pair: &PairResult, p: f64, adjusted: &str) -> String {
    match pair.p_adjusted {
        Some(found) if found != p => {
            let shown = shown_p(found);
            format!("p {} ({adjusted} {})", shown_p(p), shown.trim_start_matches("= "))
        }
        _ => format!("p {}", shown_p(p)),
    }
}

/// The model that beats every other on the deciding metric.
pub(super) fn best_model(comparison: &Comparison) -> Option<String> {
    let deciding: Vec<&PairResult> = comparison
        .pairs
        .iter()
        .filter(|pair| pair.metric == comparison.primary_metric)
        .collect();
    let beats_all = |name: &str| {
        let mut own = deciding
            .iter()
            .filter(|pair| pair.a == name || pair.b == name)
            .peekable();
        own.peek().is_some() && own.all(|pair| pair.better.as_deref() == Some(name))
    };
    comparison
        .models
        .iter()
        .map(|model| model.name.clone())
        .find(|name| beats_all(name))
}

/// The sentence about all models; with two it is their pair's.
pub(super) fn overall(comparison: &Comparison) -> Bilingual {
    let primary = comparison.primary_metric;
    let mut deciding = comparison.pairs.iter().filter(|pair| pair.metric == primary);
    if comparison.models.len() == 2 {
        return deciding
            .next()
            .map_or_else(Bilingual::default, |pair| pair.verdict.clone());
    }
    let label = primary.label();
    if let Some(best) = &comparison.best {
        return Bilingual::new(
            format!(
                "{best} is the best of {} models: its {} beats each of the others after adjustment",
                comparison.models.len(),
                label.en
            ),
            format!(
                "{} 是 {} 个模型中最好的：经校正，其{}优于其余每一个",
                zh(best),
                comparison.models.len(),
                label.zh
            ),
        );
    }
    let value = |model: &super::comparison::ComparedModel| model.metrics.get(&primary.name()).copied().flatten();
    let sign = if primary.higher_is_better() { 1.0 } else { -1.0 };
    let leader = comparison
        .models
        .iter()
        .filter_map(|model| value(model).map(|value| (value * sign, model.name.as_str())))
        .max_by(|x, y| x.0.total_cmp(&y.0));
    let Some((_, leader)) = leader else {
        return Bilingual::new(
            format!("{} is not defined for these models", label.en),
            format!("这些模型的{}无定义", label.zh),
        );
    };
    let rivals: Vec<&str> = deciding
        .filter(|pair| (pair.a == leader || pair.b == leader) && pair.better.as_deref() != Some(leader))
        .map(|pair| {
            if pair.a == leader {
                pair.b.as_str()
            } else {
                pair.a.as_str()
            }
        })
        .collect();
    Bilingual::new(
        format!(
            "{leader} leads in {}, but no difference from {} can be shown",
            label.en,
            rivals.join(", ")
        ),
        format!(
            "{} 的{}领先，但未能显示与 {} 有差异",
            zh(leader),
            label.zh,
            rivals.iter().map(|rival| zh(rival)).collect::<Vec<_>>().join("、")
        ),
    )
}
