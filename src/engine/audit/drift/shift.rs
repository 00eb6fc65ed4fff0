//! D01, distribution shift.

use super::finding::{ALPHA, Told, p_text};
use super::{BinShare, ColumnDrift};
use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::finding::Unit;
use crate::engine::audit::plot::FindingPlot;
use crate::engine::audit::rule::fact;
use crate::engine::audit::wording::plain;

/// PSI from which a shift is large and from which it is worth a look (Siddiqi 2006).
const PSI_LARGE: f64 = 0.25;
const PSI_SOME: f64 = 0.1;
/// Largest difference of the distribution functions, or Cramér's V, that is large (deepchecks' default).
const EFFECT_LARGE: f64 = 0.2;
/// Categories drawn.
const DRAWN: usize = 8;

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
pub(super) fn shift(column: &ColumnDrift) -> Option<Told<'_>> {
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
