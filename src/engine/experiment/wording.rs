//! Numbers and recurring sentences of this stage in both languages.
//!
//! Invariant: a p-value is never shown as 0, and a rounded number never loses its sign.

use super::config::{MetricKind, MetricSpec};
use super::report::Inference;
use crate::engine::artifact::Bilingual;

/// `0.0074`, `< 0.0001`.
pub(super) fn p_value(p: f64) -> String {
    if p < 0.0001 {
        "< 0.0001".to_owned()
    } else if p < 0.001 {
        format!("{p:.4}")
    } else {
        format!("{p:.3}")
    }
}

/// A signed share as percent: `+2.9 %`, `−0.82 %`.
pub(super) fn percent(share: f64) -> String {
    let value = share * 100.0;
    let decimals = if value.abs() < 1.0 { 2 } else { 1 };
    format!("{} %", signed(value, decimals))
}

pub(super) fn signed(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let zero = text.bytes().all(|byte| byte == b'0' || byte == b'.');
    match (zero, value < 0.0) {
        (true, _) => text,
        (false, true) => format!("−{text}"),
        (false, false) => format!("+{text}"),
    }
}

/// Four significant digits, signed.
pub(super) fn number(value: f64) -> String {
    let magnitude = value.abs().log10().floor();
    let decimals = if value == 0.0 {
        0
    } else {
        (3.0 - magnitude).clamp(0.0, 8.0) as usize
    };
    signed(value, decimals)
}

/// `+2.9 % [+1.2 %, +4.6 %]`, in units of the metric where there is no relative effect.
pub(super) fn effect(inference: &Inference) -> String {
    match (
        inference.relative,
        inference.relative_interval,
        inference.delta,
        inference.interval,
    ) {
        (Some(relative), Some([low, high]), _, _) => {
            format!("{} [{}, {}]", percent(relative), percent(low), percent(high))
        }
        (_, _, Some(delta), Some([low, high])) => {
            format!("{} [{}, {}]", number(delta), number(low), number(high))
        }
        (_, _, Some(delta), None) => number(delta),
        _ => "–".to_owned(),
    }
}

pub(super) fn definition(spec: &MetricSpec) -> Bilingual {
    let column = &spec.column;
    let (mut en, mut zh) = match spec.kind {
        MetricKind::Proportion => (
            format!("share of units with {column} above 0 in any row"),
            format!("任一行 {column} 大于 0 的单元占比"),
        ),
        MetricKind::Mean => (
            format!("mean over units of the sum of {column}"),
            format!("各单元 {column} 之和的平均值"),
        ),
        MetricKind::Ratio => {
            let base = spec.denominator.as_deref().unwrap_or_default();
            (
                format!("sum of {column} over sum of {base}; units are independent, rows are not"),
                format!("{column} 之和除以 {base} 之和；以单元为独立样本"),
            )
        }
        MetricKind::Quantile => {
            let p = spec.quantile.unwrap_or_default();
            (
                format!("{p} quantile of {column} over rows; units are independent, rows are not"),
                format!("各行 {column} 的 {p} 分位数；以单元为独立样本"),
            )
        }
    };
    if spec.lower_is_better {
        en += "; lower is better";
        zh += "；越低越好";
    }
    Bilingual::new(en, zh)
}

pub(super) fn no_estimate(spec: &MetricSpec) -> Bilingual {
    match spec.kind {
        MetricKind::Quantile => Bilingual::new(
            "an arm has too few different values around this quantile for an interval",
            "某组在该分位数附近的不同取值太少，无法给出区间",
        ),
        MetricKind::Ratio => Bilingual::new(
            "an arm has fewer than two units, or its denominator adds up to 0",
            "某组不足两个单元，或分母之和为 0",
        ),
        _ => Bilingual::new(
            "an arm has fewer than two units with a value",
            "某组有取值的单元不足两个",
        ),
    }
}

pub(super) fn no_error(spec: &MetricSpec) -> Bilingual {
    let name = &spec.name;
    Bilingual::new(
        format!("all units of each arm have the same {name}, so there is no error to judge the difference by"),
        format!("各组内所有单元的 {name} 都相同，没有误差可用于判断差异"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        assert_eq!(
            (percent(0.0294), percent(-0.0082), percent(0.0)),
            ("+2.9 %".into(), "−0.82 %".into(), "0.00 %".into())
        );
        assert_eq!(
            (number(0.012_346), number(-1234.5), number(0.0)),
            ("+0.01235".into(), "−1234".into(), "0".into())
        );
        assert_eq!(
            (p_value(1e-12), p_value(0.00155), p_value(0.0004)),
            ("< 0.0001".into(), "0.002".into(), "0.0004".into())
        );
    }
}
