//! The seven scores with what moved since the audit before, and how the chosen one comes about.

use crate::engine::audit::{AuditReport, Dimension};
use crate::gui::i18n::number::fixed;
use crate::gui::i18n::{audit as words, audit_decisions as decisions};
use crate::gui::pages::PageContext;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets::{self, Figure};
use egui::{RichText, Ui};

/// A change below this is told as none.
const STEADY: f64 = 0.05;

/// The seven scores; returns the one that was clicked.
pub(super) fn cards(cx: &PageContext<'_>, report: &AuditReport, ui: &mut Ui) -> Option<Dimension> {
    let former = cx.state.audit.former();
    let without = report.scores_without(&cx.state.audit.accepted);
    let figures: Vec<Figure> = Dimension::ALL
        .into_iter()
        .map(|dimension| {
            let score = report.scores.get(&dimension).copied().unwrap_or(100.0);
            let change = former
                .and_then(|former| former.scores.get(&dimension))
                .map(|before| score - before);
            let mut definition = definition(cx, report, dimension);
            if let Some(former) = former {
                definition += &format!("\n{}", decisions::since(cx.lang(), &former.name, former.made_ms));
            }
            Figure {
                label: cx.b(&dimension.label()).to_owned(),
                value: fixed(score, 1),
                note: change.map_or_else(String::new, decisions::change),
                note_tone: change.and_then(change_tone),
                definition,
                bar: Some(((score / 100.0) as f32, tone_of(score))),
            }
        })
        .collect();
    let clicked = widgets::figure_card(ui, &figures).map(|index| Dimension::ALL[index]);
    accepted_line(cx, report, &without, ui);
    clicked
}

fn change_tone(change: f64) -> Option<Tone> {
    if change <= -STEADY {
        Some(Tone::Danger)
    } else {
        (change >= STEADY).then_some(Tone::Success)
    }
}

/// 95 and above is good, below 80 needs work.
pub(super) fn tone_of(score: f64) -> Tone {
    if score >= 95.0 {
        Tone::Success
    } else if score >= 80.0 {
        Tone::Warning
    } else {
        Tone::Danger
    }
}

/// Says that accepted findings still count, and what the scores are without them.
fn accepted_line(
    cx: &PageContext<'_>,
    report: &AuditReport,
    without: &crate::engine::audit::score::Scores,
    ui: &mut Ui,
) {
    let accepted = report.findings.len() - cx.state.audit.num_open(report);
    if accepted == 0 {
        return;
    }
    let moved: Vec<(String, f64)> = without
        .iter()
        .filter(|(dimension, score)| {
            let counted = report.scores.get(dimension).copied().unwrap_or(100.0);
            **score - counted >= STEADY
        })
        .map(|(dimension, score)| (cx.b(&dimension.label()).to_owned(), *score))
        .collect();
    ui.add_space(space::TIGHT);
    let told = decisions::scores_without(cx.lang(), accepted, &moved);
    ui.label(RichText::new(told).font(text::small()).color(palette(ui).text_2));
}

/// The formula, and the findings that moved the score.
fn definition(cx: &PageContext<'_>, report: &AuditReport, dimension: Dimension) -> String {
    let mut lines = vec![cx.b(&crate::engine::audit::score::formula()).to_owned()];
    for part in report.score_parts.iter().filter(|part| part.dimension == dimension) {
        lines.push(words::score_part(
            cx.lang(),
            &part.code,
            part.column.as_deref(),
            part.points,
        ));
    }
    lines.join("\n")
}

/// How the chosen score comes about: the sum, the formula, and each finding that moved it. The index of a finding that
/// was clicked.
pub(super) fn explained(
    cx: &PageContext<'_>,
    report: &AuditReport,
    dimension: Dimension,
    ui: &mut Ui,
) -> Option<usize> {
    let mut clicked = None;
    let parts: Vec<_> = report
        .score_parts
        .iter()
        .filter(|part| part.dimension == dimension)
        .collect();
    let score = report.scores.get(&dimension).copied().unwrap_or(100.0);
    ui.add_space(space::SMALL);
    widgets::card(ui, |ui| {
        let p = palette(ui);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::SMALL;
            let points: Vec<f64> = parts.iter().map(|part| part.points).collect();
            let sum = format!("{} {}", cx.b(&dimension.label()), decisions::sum(score, &points));
            ui.label(RichText::new(sum).color(p.text));
            for part in &parts {
                let label = words::score_part(cx.lang(), &part.code, part.column.as_deref(), part.points);
                if widgets::toggle_chip(ui, false, &label).clicked() {
                    let mut findings = report.findings.iter();
                    clicked =
                        findings.position(|finding| (&finding.code, &finding.column) == (&part.code, &part.column));
                }
            }
        });
        let formula = cx.b(&crate::engine::audit::score::formula()).to_owned();
        ui.label(RichText::new(formula).font(text::small()).color(p.text_2));
    });
    clicked
}
