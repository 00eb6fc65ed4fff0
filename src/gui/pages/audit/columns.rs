//! The column explorer: every column with a thumbnail, and the profile of the chosen one.

use super::findings::body_height;
use super::texts::{self, TokenChoice};
use crate::engine::artifact::{Bilingual, ColumnType};
use crate::engine::audit::plot::{FindingPlot, Marks, Scale};
use crate::engine::audit::profile::ColumnProfile;
use crate::engine::audit::{AuditReport, Value};
use crate::gui::i18n::number::{compact, count, share};
use crate::gui::i18n::{audit as words, audit_profile as profile, common};
use crate::gui::pages::PageContext;
use crate::gui::settings::Language;
use crate::gui::theme::{Tone, palette, space};
use crate::gui::widgets::{self, Column};
use egui::{RichText, Ui};

const LIST_WIDTH: f32 = 560.0;

/// Widget state of the explorer.
#[derive(Default)]
pub(super) struct ColumnExplorer {
    search: String,
    /// Index into the report's columns.
    selected: usize,
    tokens: TokenChoice,
}

impl ColumnExplorer {
    pub(super) fn ui(&mut self, cx: &PageContext<'_>, report: &AuditReport, ui: &mut Ui) {
        let search = self.search.trim().to_lowercase();
        let matches = |column: &ColumnProfile| column.name.to_lowercase().contains(&search);
        let shown: Vec<usize> = (0..report.columns.len())
            .filter(|&index| matches(&report.columns[index]))
            .collect();
        if !shown.contains(&self.selected) {
            self.selected = shown.first().copied().unwrap_or(0);
        }
        let height = body_height(ui);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::GAP;
            let width = LIST_WIDTH.min(ui.available_width() * 0.48);
            ui.allocate_ui(egui::vec2(width, height), |ui| {
                widgets::card(ui, |ui| {
                    ui.set_height(height - 2.0 * f32::from(space::CARD_Y));
                    let field = egui::TextEdit::singleline(&mut self.search).hint_text(cx.t(common::FILTER));
                    ui.add(field).accessible_name(cx.t(words::SEARCH_COLUMNS));
                    self.list_ui(cx, report, &shown, ui);
                });
            });
            ui.vertical(|ui| {
                if let Some(column) = report.columns.get(self.selected).filter(|_| !shown.is_empty()) {
                    profile_ui(cx, report, (column, &mut self.tokens), height, ui);
                }
            });
        });
    }

    fn list_ui(&mut self, cx: &PageContext<'_>, report: &AuditReport, shown: &[usize], ui: &mut Ui) {
        let columns = [
            Column::rest(cx.t(words::NAME)),
            Column::left(cx.t(words::KIND), 66.0),
            Column::left(cx.t(words::MISSING), 92.0),
            Column::right(cx.t(words::DISTINCT), 76.0),
            Column::left(cx.t(words::DISTRIBUTION), 120.0),
        ];
        let selected = shown.iter().position(|&index| index == self.selected);
        let height = ui.available_height();
        let rows = report.rows.accepted.max(1) as f64;
        let clicked = widgets::table(
            ui,
            "audit columns",
            &columns,
            (shown.len(), height, selected),
            |row, place| {
                let column = &report.columns[shown[place]];
                row.col(|ui| widgets::cell(ui, &column.name, palette(ui).text));
                row.col(|ui| widgets::cell(ui, words::kind(cx.lang(), column.kind), palette(ui).text_2));
                row.col(|ui| {
                    let missing = column.nulls as f64 / rows;
                    widgets::share_bar(ui, missing as f32, Tone::Warning, 34.0);
                    widgets::cell(ui, &share(missing), palette(ui).text_2);
                });
                row.col(|ui| widgets::cell_right(ui, &count(column.distinct), palette(ui).text));
                row.col(|ui| thumbnail_ui(column, ui));
            },
        );
        if let Some(place) = clicked {
            self.selected = shown[place];
        }
    }
}

/// A histogram for numbers and times, the shares of the top values for the rest.
fn thumbnail_ui(column: &ColumnProfile, ui: &mut Ui) {
    let color = palette(ui).series(0);
    if let Some(histogram) = &column.histogram {
        widgets::mini_histogram(ui, histogram, color, 108.0);
        return;
    }
    let top = crate::engine::audit::profile::Histogram {
        edges: Vec::new(),
        counts: column.top.iter().map(|top| top.count).collect(),
        log: false,
    };
    widgets::mini_histogram(ui, &top, palette(ui).series(5), 108.0);
}

fn profile_ui(
    cx: &PageContext<'_>,
    report: &AuditReport,
    (column, tokens): (&ColumnProfile, &mut TokenChoice),
    height: f32,
    ui: &mut Ui,
) {
    widgets::card(ui, |ui| {
        ui.set_height(height - 2.0 * f32::from(space::CARD_Y));
        ui.horizontal(|ui| {
            ui.label(RichText::new(&column.name).size(15.0).color(palette(ui).text));
            for word in what_it_is(cx.lang(), column) {
                widgets::chip(ui, &word, Tone::Quiet);
            }
        });
        ui.add_space(space::TIGHT);
        if let Some(plot) = plot_of(column) {
            let width = ui.available_width();
            widgets::finding_plot(ui, &format!("column {}", column.name), &plot, (width, 190.0), cx.lang());
        }
        ui.add_space(space::SMALL);
        egui::ScrollArea::vertical()
            .id_salt("audit profile")
            .auto_shrink([false, false])
            .show(ui, |ui| {
                // Figures on the left end before the values on the right begin.
                ui.spacing_mut().item_spacing.x = 2.0 * space::GAP;
                ui.columns(2, |sides| {
                    let rows = report.rows.accepted;
                    widgets::fact_lines(&mut sides[0], &facts(cx, column, rows));
                    let right = &mut sides[1];
                    right.spacing_mut().item_spacing.x = space::SMALL;
                    widgets::fact_lines(right, &top_values(cx, column));
                    right.add_space(space::SMALL);
                    texts::facts_ui(cx, column, right);
                    tokens.ui(cx, column, right);
                });
            });
    });
}

/// The column's histogram, or bars of its most frequent values.
fn plot_of(column: &ColumnProfile) -> Option<FindingPlot> {
    let rows = || Bilingual::from(words::NUM_ROWS);
    let name = || Bilingual::new(column.name.clone(), column.name.clone());
    if let Some(histogram) = &column.histogram {
        let scale = match column.dtype {
            ColumnType::Time => Scale::Time,
            _ if histogram.log => Scale::Log,
            _ => Scale::Linear,
        };
        let marks = Marks::Histogram {
            edges: histogram.edges.clone(),
            counts: histogram.counts.iter().map(|&count| count as f64).collect(),
            flagged: Vec::new(),
        };
        let title = words::ROWS_BY_VALUE.into();
        let one_value = histogram.edges.first() == histogram.edges.last();
        return (!one_value).then(|| FindingPlot::new(title, name(), rows(), marks).with_scale(scale));
    }
    let bars: Vec<(String, f64, bool)> = column
        .top
        .iter()
        .take(8)
        .map(|top| (top.value.to_string(), top.count as f64, false))
        .collect();
    let title = words::MOST_FREQUENT.into();
    (!bars.is_empty()).then(|| FindingPlot::bars(title, name(), rows(), bars))
}

fn facts(cx: &PageContext<'_>, column: &ColumnProfile, rows: u64) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    let mut add = |name, value: String| out.push((cx.t(name).to_owned(), value));
    add(words::FILLED, count(column.count));
    let missing = column.nulls as f64 / rows.max(1) as f64;
    add(words::MISSING, format!("{} ({})", count(column.nulls), share(missing)));
    if column.invalid > 0 {
        add(words::INVALID, count(column.invalid));
    }
    add(words::DISTINCT, count(column.distinct));
    if let Some(uniqueness) = column.uniqueness {
        add(words::UNIQUENESS, share(uniqueness));
    }
    for (name, value) in [(words::SMALLEST, &column.min), (words::LARGEST, &column.max)] {
        if let Some(value) = value {
            add(name, shown(value));
        }
    }
    let is_time = column.dtype == ColumnType::Time;
    let numbers = [
        (words::MEAN, column.mean),
        (if is_time { words::STD_SECS } else { words::STD }, column.std),
        (words::SKEWNESS, column.skewness),
        (profile::KURTOSIS, column.kurtosis),
        (profile::ENTROPY, column.entropy_bits),
    ];
    for (name, value) in numbers {
        if let Some(value) = value {
            add(name, compact(value));
        }
    }
    for (name, value) in [(words::ZEROS, column.zeros), (words::NEGATIVES, column.negatives)] {
        if let Some(value) = value.filter(|value| *value > 0) {
            add(name, count(value));
        }
    }
    if let Some(length) = &column.length {
        add(
            words::LENGTH,
            format!("{} · {} · {}", length.min, compact(length.mean), length.max),
        );
    }
    let quantiles = column.quantiles.iter().flat_map(|quantiles| quantiles.named());
    out.extend(quantiles.map(|(name, value)| (name.to_owned(), shown(value))));
    out
}

fn top_values(cx: &PageContext<'_>, column: &ColumnProfile) -> Vec<(String, String)> {
    let head = (cx.t(words::TOP_VALUES).to_owned(), String::new());
    let values = column.top.iter().map(|top| {
        (
            shown(&top.value),
            format!("{} ({})", count(top.count), share(top.share)),
        )
    });
    std::iter::once(head).chain(values).collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::Number(number) => compact(*number),
        other => crate::engine::audit::shortened(&other.to_string(), 40),
    }
}

/// How the column behaves, its type and its role, each word once: a time of type time in the role of the time is told
/// in one word.
fn what_it_is(lang: Language, column: &ColumnProfile) -> Vec<String> {
    let told = [
        words::kind(lang, column.kind).to_owned(),
        lang.b(&column.dtype.label()).to_owned(),
        lang.b(&column.role.label()).to_owned(),
    ];
    let mut words: Vec<String> = Vec::new();
    for word in told {
        let is_new = words.iter().all(|known| known.to_lowercase() != word.to_lowercase());
        if is_new {
            words.push(word);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::artifact::Role;
    use crate::engine::audit::fixture::{Col, audited, table};

    #[test]
    fn what_a_column_is_says_each_word_once() {
        let times = (0..40).map(|row| Some(1_600_000_000 + 37 * row)).collect();
        let report = audited(&table(vec![("time", Col::T(times))]));
        let mut column = report.columns[0].clone();
        assert_eq!(what_it_is(Language::English, &column), ["time"]);
        assert_eq!(what_it_is(Language::Chinese, &column), ["时间"]);
        column.role = Role::Other;
        assert_eq!(what_it_is(Language::English, &column), ["time", "other"]);
    }
}
