//! The fields of each kind of rule, then those of all kinds.

use crate::engine::artifact::{ColumnType, Severity};
use crate::engine::ingest::dataset::ColumnInfo;
use crate::engine::rules::RuleDraft;
use crate::engine::rules::explain::{INFOS, KindInfo};
use crate::gui::i18n::{Text, common, rules as words};
use crate::gui::pages::PageContext;
use crate::gui::theme::{palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};

/// Least share that the slider reaches; less can be typed.
const SLIDER_FROM: f64 = 50.0;

struct Form<'a, 'c> {
    cx: &'a PageContext<'c>,
    columns: &'a [ColumnInfo],
}

pub(super) fn ui(cx: &PageContext<'_>, draft: &mut RuleDraft, ui: &mut Ui) {
    let log = cx.state.data.dataset.value().map(|log| &*log.info);
    let columns = log.map_or(&[][..], |log| &log.columns);
    let form = Form { cx, columns };
    ui.spacing_mut().item_spacing.y = space::SMALL;
    ui.horizontal_top(|ui| {
        let kinds: Vec<(String, String)> = INFOS
            .iter()
            .map(|info| (info.name.to_owned(), cx.b(&info.label()).to_owned()))
            .collect();
        let mut kind = draft.kind.clone();
        if widgets::choice(ui, cx.t(words::KIND), &mut kind, &kinds) {
            *draft = draft.with_kind(&kind, log);
        }
        let severities = [
            (Severity::Error, common::ERROR),
            (Severity::Warning, common::WARNING),
            (Severity::Info, common::INFO),
        ];
        let severities = severities.map(|(severity, word)| (severity, cx.t(word).to_owned()));
        widgets::choice(ui, cx.t(words::SEVERITY), &mut draft.severity, &severities);
    });
    if let Some(info) = KindInfo::of(&draft.kind) {
        form.help(ui, cx.b(&info.what()));
    }
    form.own(ui, draft);
    if draft.has_share() {
        form.mostly(ui, &mut draft.mostly);
    }
    form.condition(ui, words::WHERE, &mut draft.filter, words::WHERE_HINT);
    // As wide as the condition above it: a reason is a sentence.
    widgets::labelled(ui, cx.t(words::REASON), |ui| {
        let field = egui::TextEdit::singleline(&mut draft.reason)
            .hint_text(cx.t(words::REASON_HINT))
            .desired_width(ui.available_width() - 8.0);
        ui.add(field);
    });
}

impl Form<'_, '_> {
    /// The fields only this kind has.
    fn own(&self, ui: &mut Ui, draft: &mut RuleDraft) {
        let times = [ColumnType::Time];
        let ordered = [ColumnType::Integer, ColumnType::Float, ColumnType::Time];
        match draft.kind.as_str() {
            "not_null" => self.column(ui, &mut draft.column, &[]),
            "in_set" => {
                self.column(ui, &mut draft.column, &[]);
                draft.has_texts = draft.is_text_column(self.columns);
                self.values(ui, &mut draft.values);
            }
            "between" => {
                self.column(ui, &mut draft.column, &ordered);
                self.between(ui, draft);
            }
            "matches" => {
                self.column(ui, &mut draft.column, &[]);
                self.condition(ui, words::PATTERN, &mut draft.pattern, words::PATTERN_HINT);
            }
            "unique_together" => self.many(ui, words::COLUMNS, &mut draft.columns),
            "references" => {
                ui.horizontal_top(|ui| {
                    self.column(ui, &mut draft.column, &[]);
                    widgets::field(
                        ui,
                        self.cx.t(words::TABLE_COLUMN),
                        &mut draft.table_column,
                        &draft.column,
                    );
                });
                self.table(ui, &mut draft.table);
            }
            "monotone" => {
                ui.horizontal_top(|ui| {
                    self.column(ui, &mut draft.column, &ordered);
                    let directions = [(false, words::INCREASING), (true, words::DECREASING)];
                    self.choice(ui, words::DIRECTION, &mut draft.is_decreasing, &directions);
                });
                widgets::check_box(ui, &mut draft.is_strict, self.cx.t(words::STRICT));
                self.many(ui, words::GROUP, &mut draft.group);
            }
            "row_condition" => {
                self.condition(ui, words::CONDITION, &mut draft.condition, words::CONDITION_HINT);
                self.help(ui, self.cx.t(words::CONDITION_HELP));
            }
            "freshness" => {
                self.column(ui, &mut draft.column, &times);
                ui.horizontal_top(|ui| {
                    self.short(ui, words::WITHIN, &mut draft.within, "36 hours");
                    self.against(ui, &mut draft.against);
                });
            }
            _ => self.volume(ui, draft),
        }
    }

    fn help(&self, ui: &mut Ui, help: &str) {
        let color = palette(ui).text_2;
        ui.label(RichText::new(help).font(text::small()).color(color));
    }

    fn choice<T: PartialEq + Clone>(&self, ui: &mut Ui, label: Text, value: &mut T, entries: &[(T, Text)]) {
        let entries: Vec<(T, String)> = entries
            .iter()
            .map(|(entry, name)| (entry.clone(), self.cx.t(*name).to_owned()))
            .collect();
        widgets::choice(ui, self.cx.t(label), value, &entries);
    }

    /// A column of these types, or of any; the one that stands in the rule is offered whatever the log has.
    fn column(&self, ui: &mut Ui, column: &mut String, types: &[ColumnType]) {
        let fits = |info: &&ColumnInfo| types.is_empty() || types.contains(&info.dtype);
        let names = self.columns.iter().filter(fits).map(|info| info.name.clone());
        let mut entries: Vec<(String, String)> = names.map(|name| (name.clone(), name)).collect();
        if !column.is_empty() && entries.iter().all(|(name, _)| name != column) {
            entries.insert(0, (column.clone(), column.clone()));
        }
        widgets::choice(ui, self.cx.t(words::COLUMN), column, &entries);
    }

    /// A chip a column, in the order they are chosen in.
    fn many(&self, ui: &mut Ui, label: Text, chosen: &mut Vec<String>) {
        widgets::labelled(ui, self.cx.t(label), |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = egui::vec2(6.0, 6.0);
                ui.spacing_mut().interact_size.y = 20.0;
                let known = self.columns.iter().map(|info| info.name.as_str());
                let strange: Vec<String> = chosen
                    .iter()
                    .filter(|name| self.columns.iter().all(|info| info.name != **name))
                    .cloned()
                    .collect();
                let names: Vec<&str> = strange.iter().map(String::as_str).chain(known).collect();
                for name in names {
                    let at = chosen.iter().position(|column| column == name);
                    if widgets::toggle_chip(ui, at.is_some(), name).clicked() {
                        match at {
                            Some(at) => drop(chosen.remove(at)),
                            None => chosen.push(name.to_owned()),
                        }
                    }
                }
            });
        });
    }

    fn values(&self, ui: &mut Ui, values: &mut String) {
        widgets::labelled(ui, self.cx.t(words::VALUES), |ui| {
            egui::ScrollArea::vertical()
                .id_salt("values")
                .max_height(92.0)
                .show(ui, |ui| {
                    let edit = egui::TextEdit::multiline(values)
                        .font(text::mono())
                        .desired_rows(4)
                        .desired_width(ui.available_width());
                    ui.add(edit);
                });
        });
    }

    /// A condition, a pattern: one line in the font of code.
    fn condition(&self, ui: &mut Ui, label: Text, value: &mut String, hint: Text) {
        widgets::labelled(ui, self.cx.t(label), |ui| {
            let edit = egui::TextEdit::singleline(value)
                .font(text::mono())
                .hint_text(self.cx.t(hint))
                .desired_width(ui.available_width() - 8.0);
            ui.add(edit);
        });
    }

    fn short(&self, ui: &mut Ui, label: Text, value: &mut String, hint: &str) {
        widgets::labelled(ui, self.cx.t(label), |ui| {
            ui.add(egui::TextEdit::singleline(value).hint_text(hint).desired_width(150.0));
        });
    }

    fn between(&self, ui: &mut Ui, draft: &mut RuleDraft) {
        ui.horizontal_top(|ui| {
            self.short(ui, words::MIN, &mut draft.min, "0");
            self.short(ui, words::MAX, &mut draft.max, "");
        });
        ui.horizontal(|ui| {
            widgets::check_box(ui, &mut draft.strict_min, self.cx.t(words::STRICT_MIN));
            widgets::check_box(ui, &mut draft.strict_max, self.cx.t(words::STRICT_MAX));
        });
        self.help(ui, self.cx.t(words::BOUNDS_HELP));
    }

    /// The tables beside the log, or a file.
    fn table(&self, ui: &mut Ui, table: &mut String) {
        let is_file = !["items", "users"].contains(&table.as_str());
        let mut chosen = if is_file { String::new() } else { table.clone() };
        let entries = [
            ("items".to_owned(), words::ITEMS),
            ("users".to_owned(), words::USERS),
            (String::new(), words::A_FILE),
        ];
        ui.horizontal_top(|ui| {
            self.choice(ui, words::TABLE, &mut chosen, &entries);
            if chosen.is_empty() != is_file || !chosen.is_empty() {
                table.clone_from(&chosen);
            }
            if chosen.is_empty() {
                widgets::field(ui, self.cx.t(words::FILE), table, "brands.csv");
            }
        });
    }

    fn against(&self, ui: &mut Ui, against: &mut String) {
        let is_moment = !["now", "log_end"].contains(&against.as_str());
        let mut chosen = if is_moment { String::new() } else { against.clone() };
        let entries = [
            ("now".to_owned(), words::NOW),
            ("log_end".to_owned(), words::LOG_END),
            (String::new(), words::A_MOMENT),
        ];
        self.choice(ui, words::AGAINST, &mut chosen, &entries);
        if chosen.is_empty() != is_moment || !chosen.is_empty() {
            against.clone_from(&chosen);
        }
        if chosen.is_empty() {
            self.short(ui, words::MOMENT, against, "2026-10-01 08:00");
        }
    }

    fn volume(&self, ui: &mut Ui, draft: &mut RuleDraft) {
        ui.horizontal_top(|ui| {
            self.short(ui, words::MIN_ROWS, &mut draft.min_rows, "1000");
            self.short(ui, words::MAX_ROWS, &mut draft.max_rows, "");
        });
        ui.horizontal_top(|ui| {
            let times = self.columns.iter().filter(|info| info.dtype == ColumnType::Time);
            let days = times.map(|info| (info.name.clone(), words::per_day(self.cx.lang(), &info.name)));
            let mut entries = vec![(String::new(), self.cx.t(words::WHOLE_LOG).to_owned())];
            entries.extend(days);
            if entries.iter().all(|(name, _)| *name != draft.per_day) {
                entries.push((draft.per_day.clone(), words::per_day(self.cx.lang(), &draft.per_day)));
            }
            widgets::choice(ui, self.cx.t(words::COUNTED), &mut draft.per_day, &entries);
        });
        if !draft.per_day.is_empty() {
            widgets::check_box(ui, &mut draft.edge_days, self.cx.t(words::EDGE_DAYS));
        }
    }

    /// The share that must hold: a slider, and the exact value beside it.
    fn mostly(&self, ui: &mut Ui, mostly: &mut f64) {
        let mut percent = round(*mostly * 100.0);
        let response = widgets::labelled(ui, self.cx.t(words::MOSTLY), |ui| {
            ui.spacing_mut().slider_width = (ui.available_width() - 120.0).clamp(80.0, 320.0);
            let slider = egui::Slider::new(&mut percent, SLIDER_FROM..=100.0)
                .clamping(egui::SliderClamping::Never)
                .max_decimals(6)
                .suffix(" %");
            ui.add(slider)
        });
        if response.changed() {
            *mostly = (percent / 100.0 * 1e10).round() / 1e10;
        }
    }
}

/// Without the dust of floating point.
fn round(value: f64) -> f64 {
    (value * 1e8).round() / 1e8
}
