//! The log as a whole: who and what, volume over time, the funnel, how uneven popularity is, who comes when and again.

use super::behaviour;
use crate::engine::artifact::Bilingual;
use crate::engine::audit::AuditReport;
use crate::engine::audit::log_profile::{LogProfile, Volume};
use crate::engine::audit::plot::{FindingPlot, Marks, Series};
use crate::gui::i18n::audit as words;
use crate::gui::i18n::number::{compact, count, fixed, share, span_secs};
use crate::gui::pages::PageContext;
use crate::gui::theme::{palette, space, text};
use crate::gui::widgets::{self, Column, Figure};
use egui::{RichText, Ui};

pub(super) fn ui(cx: &PageContext<'_>, report: &AuditReport, ui: &mut Ui) {
    let Some(log) = &report.log else {
        widgets::empty_page(ui, cx.t(words::NOTHING_MATCHES), cx.t(words::EMPTY_WHY), None);
        return;
    };
    egui::ScrollArea::vertical()
        .id_salt("audit log")
        .auto_shrink([false, false])
        .show(ui, |ui| log_ui(cx, log, ui));
}

fn log_ui(cx: &PageContext<'_>, log: &LogProfile, ui: &mut Ui) {
    widgets::figure_card(ui, &figures(cx, log));
    ui.add_space(space::SMALL);
    if let Some(volume) = &log.volume {
        volume_ui(cx, volume, ui);
        ui.add_space(space::SMALL);
    }
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::GAP;
        let width = ((ui.available_width() - 2.0 * space::GAP) / 3.0).floor();
        side(ui, width, |ui| events_ui(cx, log, ui));
        side(ui, width, |ui| funnel_ui(cx, log, ui));
        side(ui, width, |ui| concentration_ui(cx, log, ui));
    });
    ui.add_space(space::SMALL);
    behaviour::ui(cx, log, ui);
}

fn side(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    ui.allocate_ui(egui::vec2(width, 220.0), |ui| {
        widgets::card(ui, |ui| {
            ui.set_height(206.0);
            add(ui);
        });
    });
}

fn figures(cx: &PageContext<'_>, log: &LogProfile) -> Vec<Figure> {
    let mut out = Vec::new();
    let mut add = |label, value: Option<String>, definition: &str| {
        if let Some(value) = value {
            out.push(Figure {
                label: cx.t(label).to_owned(),
                value,
                definition: definition.to_owned(),
                ..Figure::default()
            });
        }
    };
    add(words::USERS, log.users.map(count), "");
    add(words::ITEMS, log.items.map(count), "");
    add(words::SESSIONS, log.sessions.map(count), "");
    add(words::SPARSITY, log.sparsity.map(share), cx.t(words::SPARSITY_WHAT));
    add(
        words::GINI,
        log.popularity.as_ref().map(|items| compact(items.gini)),
        cx.t(words::GINI_WHAT),
    );
    let session = log.session_profile.as_ref();
    add(
        words::MEDIAN_SESSION,
        session.map(|s| span_secs(s.median_length_secs, cx.lang())),
        "",
    );
    out
}

/// One line a type, over the core of the log.
fn volume_ui(cx: &PageContext<'_>, volume: &Volume, ui: &mut Ui) {
    let title = if volume.bin_secs <= 3_600.0 {
        words::VOLUME_HOUR
    } else {
        words::VOLUME_DAY
    };
    let p = palette(ui);
    let names = |ui: &mut Ui| {
        for (place, name) in volume.types.iter().enumerate().rev() {
            ui.label(RichText::new(name).font(text::small()).color(p.series(place)));
        }
    };
    widgets::card_titled(ui, cx.t(title), names, |ui| {
        let line = |(place, counts): (usize, &Vec<u64>)| {
            let at = |bin: usize| volume.start_secs + volume.bin_secs * (bin as f64 + 0.5);
            let points = counts
                .iter()
                .enumerate()
                .map(|(bin, &rows)| [at(bin), rows as f64])
                .collect();
            (volume.types[place].clone(), points, p.series(place))
        };
        let lines: Vec<_> = volume.counts.iter().enumerate().map(line).collect();
        widgets::time_lines(ui, "audit volume", 170.0, lines);
    });
}

fn events_ui(cx: &PageContext<'_>, log: &LogProfile, ui: &mut Ui) {
    let columns = [
        Column::rest(cx.t(words::VALUE)),
        Column::right(cx.t(words::ROWS), 84.0),
        Column::right(cx.t(words::SHARE), 62.0),
        Column::right(cx.t(words::USERS), 66.0),
    ];
    let height = ui.available_height();
    widgets::table(
        ui,
        "audit events",
        &columns,
        (log.events.len(), height, None),
        |row, place| {
            let event = &log.events[place];
            row.col(|ui| widgets::cell(ui, &event.name, palette(ui).text));
            row.col(|ui| widgets::cell_right(ui, &count(event.count), palette(ui).text));
            row.col(|ui| widgets::cell_right(ui, &share(event.share), palette(ui).text_2));
            let users = event.users.map_or_else(|| "–".to_owned(), count);
            row.col(|ui| widgets::cell_right(ui, &users, palette(ui).text_2));
        },
    );
}

fn funnel_ui(cx: &PageContext<'_>, log: &LogProfile, ui: &mut Ui) {
    let bars = log.funnel.iter().map(|step| {
        let rate = step
            .rate
            .map_or_else(String::new, |rate| format!(" {} %", fixed(rate * 100.0, 0)));
        (format!("{}{rate}", step.kind), step.users as f64, false)
    });
    let title = Bilingual::from(words::FUNNEL);
    let plot = FindingPlot::bars(title, Bilingual::default(), words::USERS.into(), bars.collect());
    let width = ui.available_width();
    widgets::finding_plot(ui, "audit funnel", &plot, (width, 200.0), cx.lang());
}

/// Lorenz curves of users and items: the further from the diagonal, the more uneven.
fn concentration_ui(cx: &PageContext<'_>, log: &LogProfile, ui: &mut Ui) {
    let named = [
        (Bilingual::from(words::USERS), &log.activity, false),
        (Bilingual::from(words::ITEMS), &log.popularity, true),
    ];
    let series: Vec<Series> = named
        .into_iter()
        .filter_map(|(name, of, flagged)| {
            let of = of.as_ref()?;
            let gini = format!(" {}", fixed(of.gini, 2));
            let name = Bilingual::new(name.en + &gini, name.zh + &gini);
            let points = of.lorenz.clone();
            Some(Series { name, points, flagged })
        })
        .collect();
    if series.is_empty() {
        return;
    }
    let marks = Marks::Lines { series };
    let none = Bilingual::default;
    let plot = FindingPlot::new(words::CONCENTRATION.into(), none(), none(), marks);
    let width = ui.available_width();
    widgets::finding_plot(ui, "audit lorenz", &plot, (width, 200.0), cx.lang());
}
