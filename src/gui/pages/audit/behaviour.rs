//! The log over time: hours of the week, retention, arrivals, gaps and spikes.

use crate::engine::audit::log_profile::{
    Arrivals, Episode, EpisodeKind, LogProfile, Retention, Rhythm, VolumeEpisodes,
};
use crate::gui::i18n::audit_profile as words;
use crate::gui::i18n::number::{compact, count, fixed};
use crate::gui::pages::PageContext;
use crate::gui::theme::{palette, space, text};
use crate::gui::widgets::{self, Column, HeatCell, HeatLook};
use egui::{RichText, Ui};

const MAP_HEIGHT: f32 = 236.0;
const LOW_HEIGHT: f32 = 206.0;

pub(super) fn ui(cx: &PageContext<'_>, log: &LogProfile, ui: &mut Ui) {
    pair_of_cards(
        ui,
        MAP_HEIGHT,
        |ui| {
            if let Some(rhythm) = &log.rhythm {
                rhythm_ui(cx, rhythm, ui);
            }
        },
        |ui| {
            if let Some(retention) = &log.retention {
                retention_ui(cx, retention, ui);
            } else {
                nothing(cx, words::NO_RETENTION, ui);
            }
        },
    );
    ui.add_space(space::SMALL);
    pair_of_cards(
        ui,
        LOW_HEIGHT,
        |ui| {
            if let Some(arrivals) = &log.arrivals {
                arrivals_ui(cx, arrivals, ui);
            }
        },
        |ui| {
            if let Some(episodes) = &log.episodes {
                episodes_ui(cx, episodes, ui);
            }
        },
    );
}

fn nothing(cx: &PageContext<'_>, why: crate::gui::i18n::Text, ui: &mut Ui) {
    ui.label(RichText::new(cx.t(why)).color(palette(ui).text_2));
}

fn pair_of_cards(ui: &mut Ui, height: f32, left: impl FnOnce(&mut Ui), right: impl FnOnce(&mut Ui)) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::GAP;
        let width = ((ui.available_width() - space::GAP) / 2.0).floor();
        one_card(ui, width, height, left);
        one_card(ui, width, height, right);
    });
}

fn one_card(ui: &mut Ui, width: f32, height: f32, add: impl FnOnce(&mut Ui)) {
    ui.allocate_ui(egui::vec2(width, height), |ui| {
        widgets::card(ui, |ui| {
            ui.set_height(height - 2.0 * f32::from(space::CARD_Y));
            add(ui);
        });
    });
}

fn title(ui: &mut Ui, words: &str, actions: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(words).font(text::small()).color(palette(ui).text_2));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), actions);
    });
    ui.add_space(space::TIGHT);
}

fn rhythm_ui(cx: &PageContext<'_>, rhythm: &Rhythm, ui: &mut Ui) {
    let most = rhythm.highest_mean();
    let days = words::weekdays(cx.lang());
    let legend = [(0.0, "0".to_owned()), (1.0, words::rows_an_hour(cx.lang(), most))];
    title(ui, cx.t(words::RHYTHM), |ui| widgets::heat_legend(ui, &legend));
    let cells: Vec<Vec<HeatCell>> = (0..7)
        .map(|day| {
            let cell = |hour: usize| {
                let mean = rhythm.mean(day * 24 + hour);
                HeatCell {
                    strength: mean.map(|mean| (mean / most) as f32),
                    text: String::new(),
                    hint: mean.map_or_else(String::new, |mean| words::hour(cx.lang(), days[day], hour, mean)),
                }
            };
            (0..24).map(cell).collect()
        })
        .collect();
    let hours = Rhythm::hour_labels();
    let label_width = 40.0;
    let look = HeatLook {
        cell: egui::vec2(((ui.available_width() - label_width) / 24.0).floor(), 21.0),
        label_width,
    };
    widgets::heat_map(
        ui,
        cx.t(words::RHYTHM),
        (&days.map(str::to_owned), &hours),
        &cells,
        look,
    );
}

fn retention_ui(cx: &PageContext<'_>, retention: &Retention, ui: &mut Ui) {
    let (most, days) = (retention.highest_rate(), retention.period_days());
    let legend = [(0.0, "0 %".to_owned()), (1.0, format!("{} %", fixed(most * 100.0, 0)))];
    title(
        ui,
        &words::retention(cx.lang(), days, retention.last_period_share),
        |ui| {
            widgets::heat_legend(ui, &legend);
        },
    );
    let cells: Vec<Vec<HeatCell>> = retention
        .cohorts
        .iter()
        .map(|cohort| {
            let size = HeatCell {
                text: count(cohort.size()),
                ..HeatCell::default()
            };
            let later = (1..cohort.users.len()).map(|later| {
                let rate = cohort.rate(later).unwrap_or(0.0);
                HeatCell {
                    strength: Some((rate / most) as f32),
                    text: format!("{} %", fixed(rate * 100.0, 0)),
                    hint: words::of_users(cx.lang(), cohort.users[later], cohort.size()),
                }
            });
            std::iter::once(size).chain(later).collect()
        })
        .collect();
    let start = |cohort| retention.start_of(cohort, "%m-%d");
    let rows: Vec<String> = retention.cohorts.iter().map(start).collect();
    let mut columns = vec![cx.t(words::NEW).to_owned()];
    columns.extend((1..retention.num_periods()).map(|later| format!("+{later}")));
    egui::ScrollArea::both()
        .id_salt("audit retention")
        .auto_shrink([false, false])
        .show(ui, |ui| {
            let room = (ui.available_width() - 56.0) / columns.len().max(1) as f32;
            let look = HeatLook {
                cell: egui::vec2(room.clamp(46.0, 96.0).floor(), 24.0),
                label_width: 52.0,
            };
            widgets::heat_map(ui, cx.t(words::RETENTION), (&rows, &columns), &cells, look);
        });
}

fn arrivals_ui(cx: &PageContext<'_>, arrivals: &Arrivals, ui: &mut Ui) {
    let p = palette(ui);
    let named = [
        (words::NEW_USERS, &arrivals.new_users, p.series(0)),
        (words::NEW_ITEMS, &arrivals.new_items, p.series(1)),
    ];
    title(ui, cx.t(words::ARRIVALS), |ui| {
        for (name, counts, color) in named.iter().rev() {
            if counts.is_some() {
                ui.label(RichText::new(cx.t(*name)).font(text::small()).color(*color));
            }
        }
    });
    let line = |(name, counts, color): (crate::gui::i18n::Text, &Option<Vec<u64>>, egui::Color32)| {
        let points = arrivals.points(counts.as_ref()?);
        Some((cx.t(name).to_owned(), points, color))
    };
    let height = ui.available_height();
    widgets::time_lines(
        ui,
        "audit arrivals",
        height,
        named.into_iter().filter_map(line).collect(),
    );
}

fn episodes_ui(cx: &PageContext<'_>, found: &VolumeEpisodes, ui: &mut Ui) {
    let heading = words::episodes(cx.lang(), found.episodes.len(), found.total);
    ui.label(RichText::new(heading).font(text::small()).color(palette(ui).text_2))
        .on_hover_text(cx.t(words::EPISODES_WHAT));
    if found.episodes.is_empty() {
        ui.add_space(space::SMALL);
        nothing(cx, words::NO_EPISODES, ui);
        return;
    }
    let columns = [
        Column::left("", 74.0),
        Column::rest(cx.t(words::EVENT)),
        Column::left(cx.t(words::FROM), 92.0),
        Column::right(cx.t(words::HOURS), 54.0),
        Column::right(cx.t(words::ROWS), 72.0),
        Column::right(cx.t(words::USUAL), 72.0),
        Column::right("z", 56.0),
    ];
    let look = (found.episodes.len(), ui.available_height(), None);
    widgets::table(ui, "audit episodes", &columns, look, |row, place| {
        let Episode {
            kind,
            event,
            start_secs,
            end_secs,
            rows,
            usual_rows,
            z,
        } = &found.episodes[place];
        let name = match kind {
            EpisodeKind::Gap => words::GAP,
            EpisodeKind::Dip => words::DIP,
            EpisodeKind::Spike => words::SPIKE,
        };
        let from = chrono::DateTime::from_timestamp(*start_secs as i64, 0);
        let from = from.map_or_else(String::new, |from| from.format("%m-%d %H:%M").to_string());
        row.col(|ui| widgets::cell(ui, cx.t(name), palette(ui).text));
        let event = event.as_deref().unwrap_or(cx.t(words::ALL_EVENTS));
        row.col(|ui| widgets::cell(ui, event, palette(ui).text));
        row.col(|ui| widgets::cell(ui, &from, palette(ui).text_2));
        row.col(|ui| widgets::cell_right(ui, &compact((end_secs - start_secs) / 3_600.0), palette(ui).text_2));
        row.col(|ui| widgets::cell_right(ui, &count(*rows), palette(ui).text));
        row.col(|ui| widgets::cell_right(ui, &count(usual_rows.round() as u64), palette(ui).text_2));
        row.col(|ui| widgets::cell_right(ui, &fixed(*z, 1), palette(ui).text));
    });
}
