//! The job tray: what runs, how far, how long still, and a way to stop it.

use crate::gui::command::Command;
use crate::gui::command::project::ProjectCommand;
use crate::gui::i18n::{common, flow as flow_words, shell as words};
use crate::gui::jobs::Job;
use crate::gui::pages::PageContext;
use crate::gui::state::Stage;
use crate::gui::state::flow::FLOW;
use crate::gui::theme::{palette, text};
use crate::gui::widgets;
use egui::{RichText, Ui};

pub fn ui(cx: &PageContext<'_>, jobs: &[Job], ui: &mut Ui) {
    // A preview is over before it could be read here.
    let jobs: Vec<&Job> = jobs.iter().filter(|job| job.stage != Stage::Preview).collect();
    ui.horizontal_centered(|ui| {
        // As high whatever stands in it, and all of it on one line.
        ui.set_min_height(ui.available_height());
        if let Some(job) = jobs.first() {
            job_ui(cx, ui, job);
        } else if let Some(line) = cx.state.train.tray_line(cx.lang()) {
            ui.label(RichText::new(line.text).font(text::small()).color(palette(ui).text));
            bar(ui, line.fraction);
            ui.label(RichText::new(line.detail).font(text::small()).color(palette(ui).text_2));
        } else if let Some(why) = &cx.state.flow.stopped {
            widgets::tone_text(
                ui,
                crate::gui::theme::Tone::Warning,
                &flow_words::stopped(cx.lang(), why),
            );
        } else {
            ui.label(
                RichText::new(cx.t(words::IDLE))
                    .font(text::small())
                    .color(palette(ui).text_2),
            );
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            right_side(cx, ui, jobs.len())
        });
    });
}

fn job_ui(cx: &PageContext<'_>, ui: &mut Ui, job: &Job) {
    let p = palette(ui);
    let seen = job.progress.snapshot();
    ui.label(RichText::new(cx.b(&job.title)).font(text::small()).color(p.text));
    bar(ui, seen.fraction);
    let mut detail = format!("{:.0} % · {}", seen.fraction * 100.0, cx.b(&seen.phase));
    if seen.rows > 0 {
        detail = format!("{detail} · {}", common::rows(cx.lang(), seen.rows));
    }
    if let Some(secs) = job.eta_secs() {
        detail = format!("{detail} · {}", common::time_left(cx.lang(), secs));
    }
    ui.label(RichText::new(detail).font(text::small()).color(p.text_2));
    if widgets::link(ui, cx.t(common::CANCEL)).clicked() {
        cx.send(Command::CancelJob(job.stage));
    }
}

fn bar(ui: &mut Ui, fraction: f32) {
    let p = palette(ui);
    ui.add(
        egui::ProgressBar::new(fraction)
            .desired_width(150.0)
            .desired_height(5.0)
            .fill(p.accent),
    );
}

fn right_side(cx: &PageContext<'_>, ui: &mut Ui, num_jobs: usize) {
    let p = palette(ui);
    let flow = &cx.state.flow;
    if let Some(index) = flow.current {
        if widgets::link(ui, cx.t(flow_words::STOP)).clicked() {
            cx.send(Command::Project(ProjectCommand::StopFlow));
        }
        let line = flow_words::stage_of(cx.lang(), index + 1, FLOW.len());
        ui.label(RichText::new(line).font(text::small()).color(p.accent));
    } else if num_jobs > 0 {
        ui.label(
            RichText::new(words::jobs(cx.lang(), num_jobs))
                .font(text::small())
                .color(p.text_2),
        );
    }
    if let Some(line) = cx.state.train.queue_line(cx.lang()) {
        ui.label(RichText::new(line).font(text::small()).color(p.text_2));
    }
    if let Some(project) = cx.state.project.project.value() {
        let folder = project.folder().display().to_string();
        ui.label(RichText::new(short_path(&folder)).font(text::small()).color(p.text_2))
            .on_hover_text(folder);
    }
}

/// A path short enough for the tray: its last two parts.
fn short_path(path: &str) -> String {
    let parts: Vec<&str> = path.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [.., parent, name] if parts.len() > 2 => format!("…/{parent}/{name}"),
        _ => path.to_owned(),
    }
}
