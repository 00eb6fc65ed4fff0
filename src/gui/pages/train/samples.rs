//! Fixed validation rows and how the model scores them, now and at the first evaluation.

use super::super::PageContext;
use crate::engine::run::event::SamplePrediction;
use crate::engine::run::task::Task;
use crate::gui::i18n::{number, train as words};
use crate::gui::runs::RunSnapshot;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets::{self, Column};
use egui::{RichText, Ui};

pub(super) fn ui(cx: &PageContext<'_>, ui: &mut Ui, run: &RunSnapshot, height: f32) {
    let p = palette(ui);
    let sets = &run.view.samples;
    let (Some(first), Some(now)) = (sets.first(), sets.last()) else {
        ui.label(RichText::new(cx.t(words::NO_SAMPLES)).color(p.text_2));
        return;
    };
    let task = run.config.task;
    let digits = if task == Task::Graded { 2 } else { 3 };
    let (label, answer) = if task == Task::Multiclass {
        (90.0, 90.0)
    } else {
        (44.0, 96.0)
    };
    let heading = if task == Task::Multiclass {
        cx.t(words::ANSWER)
    } else {
        ""
    };
    // The evaluation before this one.
    let earlier = sets.len().checked_sub(2).and_then(|at| sets.get(at));
    let columns = [
        Column::rest_above(
            format!("{} {}", cx.t(words::TEXT), words::samples_at(cx.lang(), now.step)),
            160.0,
        ),
        Column::right(cx.t(words::LABEL), label),
        Column::left(heading, answer),
        Column::right(cx.t(words::SCORE_NOW), 60.0),
        Column::right(cx.t(words::SCORE_CHANGE), 64.0),
        Column::right(cx.t(words::SCORE_START), 60.0),
    ];
    let rows = (now.rows.len(), height - space::ROW, None);
    let scale = Scale::of(task, &now.rows);
    widgets::table(ui, "samples", &columns, rows, |row, index| {
        let sample = &now.rows[index];
        row.col(|ui| {
            let label = RichText::new(&sample.text).font(text::table()).color(p.text);
            ui.add(egui::Label::new(label).truncate()).on_hover_text(&sample.text);
        });
        row.col(|ui| {
            let is_positive = task == Task::Binary && sample.label >= 0.5;
            let color = if is_positive { p.success } else { p.text_2 };
            let shown = sample.classes.as_ref().map(|[truth, _]| truth.clone());
            widgets::cell_right(ui, &shown.unwrap_or_else(|| number::compact(sample.label)), color);
        });
        row.col(|ui| match &sample.classes {
            // The mark says whether it is right, without colour.
            Some([truth, answer]) => {
                let (mark, color) = if truth == answer {
                    ("✓", p.success)
                } else {
                    ("✗", p.warning)
                };
                widgets::cell(ui, &format!("{mark} {answer}"), color);
            }
            None => {
                widgets::share_bar(ui, scale.share(sample.score), Tone::Info, 84.0);
            }
        });
        row.col(|ui| widgets::cell_right(ui, &number::fixed(sample.score, digits), p.text));
        let change = earlier
            .and_then(|set| set.rows.get(index))
            .filter(|before| before.text == sample.text)
            .map(|before| (before.score, sample.score));
        row.col(|ui| change_cell(ui, change, towards(task, sample)));
        // The same row at the start, found by its place and its text.
        let before = first.rows.get(index).filter(|before| before.text == sample.text);
        let score = before.map_or_else(|| "–".to_owned(), |before| number::fixed(before.score, 2));
        row.col(|ui| widgets::cell_right(ui, &score, p.text_2));
    });
}

/// What a full bar stands for: a probability of 1, or the highest grade shown.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    fn of(task: Task, rows: &[SamplePrediction]) -> Self {
        let labels = || rows.iter().map(|row| row.label).filter(|label| label.is_finite());
        match task {
            Task::Binary | Task::Multiclass => Self { low: 0.0, high: 1.0 },
            Task::Graded => Self {
                low: labels().fold(0.0, f64::min),
                high: labels().fold(1.0, f64::max),
            },
        }
    }

    fn share(&self, score: f64) -> f32 {
        let share = ((score - self.low) / (self.high - self.low)) as f32;
        if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
    }
}

/// The score a good model gives the row; a class's probability is to rise where the answer is right.
fn towards(task: Task, sample: &SamplePrediction) -> f64 {
    match (task, &sample.classes) {
        (Task::Multiclass, Some([truth, answer])) => f64::from(u8::from(truth == answer)),
        _ => sample.label,
    }
}

/// How far the score moved since the evaluation before: nearer to its target is good.
fn change_cell(ui: &mut Ui, change: Option<(f64, f64)>, target: f64) {
    let p = palette(ui);
    let moved = change.filter(|(before, now)| before.is_finite() && now.is_finite());
    let Some((before, now)) = moved else {
        widgets::cell_right(ui, "–", p.text_2);
        return;
    };
    let nearer = (now - target).abs() < (before - target).abs();
    let color = match ((now - before).abs() < 0.0005, nearer) {
        (true, _) => p.text_2,
        (false, true) => p.success,
        (false, false) => p.danger,
    };
    widgets::cell_right(ui, &number::signed(now - before, 3), color);
}
