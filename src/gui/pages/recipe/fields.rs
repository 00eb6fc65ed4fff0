//! The fields of each kind of step.

use crate::engine::recipe::{Action, Case, CellValue, Fill, Keep, MaskMethod};
use crate::gui::i18n::{Text, recipe as words};
use crate::gui::pages::PageContext;
use crate::gui::theme::{palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};
use std::collections::BTreeMap;

pub(super) struct Field<'a, 'c> {
    pub cx: &'a PageContext<'c>,
    pub columns: &'a [String],
    /// The text of a field with one entry a line.
    pub lines: Option<&'a mut String>,
}

impl Field<'_, '_> {
    /// Draws the fields; true when one changed.
    pub fn edit(&mut self, ui: &mut Ui, action: &mut Action) -> bool {
        match action {
            Action::DropDuplicates { columns, keep } => {
                let picked = self.many(ui, columns, words::ALL_COLUMNS);
                let keeps = [(Keep::First, words::KEEP_FIRST), (Keep::Last, words::KEEP_LAST)];
                self.choice(ui, words::KEEP, keep, &keeps) | picked
            }
            Action::DropMissing { columns } => self.many(ui, columns, words::ALL_COLUMNS),
            Action::FillMissing { column, with } => self.fill(ui, column, with),
            Action::Clip {
                column,
                min,
                max,
                lower_quantile,
                upper_quantile,
            } => {
                let mut changed = self.column(ui, column);
                ui.horizontal(|ui| {
                    changed |= self.bound(ui, words::MIN, min, 0.0, f64::MIN..=f64::MAX);
                    changed |= self.bound(ui, words::MAX, max, 1.0, f64::MIN..=f64::MAX);
                    changed |= self.bound(ui, words::LOWER_QUANTILE, lower_quantile, 0.01, 0.0..=1.0);
                    changed |= self.bound(ui, words::UPPER_QUANTILE, upper_quantile, 0.99, 0.0..=1.0);
                });
                changed
            }
            Action::Filter { condition } | Action::DropRows { condition } => self.condition(ui, condition),
            Action::NormalizeText {
                columns,
                trim,
                nfkc,
                collapse_whitespace,
                case,
            } => {
                let mut changed = self.many(ui, columns, words::ALL_COLUMNS);
                ui.horizontal(|ui| {
                    changed |= widgets::check_box(ui, trim, self.cx.t(words::TRIM)).changed();
                    changed |= widgets::check_box(ui, nfkc, self.cx.t(words::NFKC)).changed();
                    changed |= widgets::check_box(ui, collapse_whitespace, self.cx.t(words::COLLAPSE)).changed();
                });
                let cases = [
                    (Case::Keep, words::CASE_KEEP),
                    (Case::Lower, words::CASE_LOWER),
                    (Case::Upper, words::CASE_UPPER),
                ];
                self.choice(ui, words::CASE, case, &cases) | changed
            }
            Action::ParseTime { column, format } => {
                let picked = self.column(ui, column);
                let typed = widgets::field(ui, self.cx.t(words::FORMAT), format, "%Y-%m-%d %H:%M:%S");
                self.help(ui, words::FORMAT_HELP);
                picked | typed
            }
            Action::ParseNumber { column } | Action::DropColumn { column } => self.column(ui, column),
            Action::MapValues { column, map } => {
                let picked = self.column(ui, column);
                self.map(ui, map) | picked
            }
            Action::Mask { column, method } => self.mask(ui, column, method),
            Action::DropDoubleFire { seconds, columns, .. } => {
                let typed = widgets::number_field(ui, self.cx.t(words::SECONDS), seconds, 0.0..=86_400.0);
                self.many(ui, columns, words::ROLE_COLUMNS) | typed
            }
            Action::DropUsers { users, .. } => self.users(ui, users),
        }
    }

    fn help(&self, ui: &mut Ui, help: Text) {
        let color = palette(ui).text_2;
        ui.label(RichText::new(self.cx.t(help)).font(text::small()).color(color));
    }

    fn choice<T: PartialEq + Clone>(&self, ui: &mut Ui, label: Text, value: &mut T, entries: &[(T, Text)]) -> bool {
        let entries: Vec<(T, String)> = entries
            .iter()
            .map(|(entry, name)| (entry.clone(), self.cx.t(*name).to_owned()))
            .collect();
        widgets::choice(ui, self.cx.t(label), value, &entries)
    }

    fn column(&self, ui: &mut Ui, column: &mut String) -> bool {
        let entries: Vec<(String, String)> = self.columns.iter().map(|name| (name.clone(), name.clone())).collect();
        widgets::choice(ui, self.cx.t(words::COLUMN), column, &entries)
    }

    /// A chip a column; none on has the meaning `hint` gives.
    fn many(&self, ui: &mut Ui, chosen: &mut Vec<String>, hint: Text) -> bool {
        let mut changed = false;
        widgets::labelled(ui, self.cx.t(words::COLUMNS), |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = egui::vec2(6.0, 6.0);
                ui.spacing_mut().interact_size.y = 20.0;
                for name in self.columns {
                    let at = chosen.iter().position(|column| column == name);
                    if widgets::toggle_chip(ui, at.is_some(), name).clicked() {
                        changed = true;
                        match at {
                            Some(at) => drop(chosen.remove(at)),
                            None => chosen.push(name.clone()),
                        }
                    }
                }
            });
            self.help(ui, hint);
        });
        changed
    }

    fn bound(
        &self,
        ui: &mut Ui,
        label: Text,
        bound: &mut Option<f64>,
        first: f64,
        range: std::ops::RangeInclusive<f64>,
    ) -> bool {
        let label = self.cx.t(label);
        ui.vertical(|ui| {
            let mut on = bound.is_some();
            let mut changed = widgets::check_box(ui, &mut on, label).changed();
            if changed {
                *bound = on.then_some(first);
            }
            if let Some(value) = bound {
                let drag = egui::DragValue::new(value).range(range).speed(0.01).max_decimals(6);
                let response = ui.add(drag);
                response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SpinButton, true, label));
                changed |= response.changed();
            }
            ui.add_space(space::TIGHT);
            changed
        })
        .inner
    }

    fn fill(&self, ui: &mut Ui, column: &mut String, with: &mut Fill) -> bool {
        let picked = self.column(ui, column);
        let mut kind = match with {
            Fill::Constant { .. } => 0,
            Fill::Mean => 1,
            Fill::Median => 2,
            Fill::Mode => 3,
        };
        let kinds = [
            (0, words::FILL_CONSTANT),
            (1, words::FILL_MEAN),
            (2, words::FILL_MEDIAN),
            (3, words::FILL_MODE),
        ];
        let mut changed = self.choice(ui, words::FILL_WITH, &mut kind, &kinds);
        if changed {
            *with = match kind {
                0 => Fill::Constant {
                    value: CellValue::Text("unknown".to_owned()),
                },
                1 => Fill::Mean,
                2 => Fill::Median,
                _ => Fill::Mode,
            };
        }
        if let Fill::Constant { value } = with {
            let mut shown = value.show();
            if widgets::field(ui, self.cx.t(words::VALUE), &mut shown, "") {
                *value = CellValue::Text(shown);
                changed = true;
            }
        }
        picked | changed
    }

    fn condition(&self, ui: &mut Ui, condition: &mut String) -> bool {
        let changed = widgets::labelled(ui, self.cx.t(words::CONDITION), |ui| {
            let edit = egui::TextEdit::multiline(condition)
                .font(text::mono())
                .desired_rows(2)
                .desired_width(ui.available_width())
                .hint_text(self.cx.t(words::CONDITION_HINT));
            ui.add(edit).changed()
        });
        self.help(ui, words::CONDITION_HELP);
        changed
    }

    fn entries(&mut self, ui: &mut Ui, label: Text) -> Option<Vec<String>> {
        let lines = self.lines.as_deref_mut()?;
        let changed = widgets::labelled(ui, self.cx.t(label), |ui| {
            egui::ScrollArea::vertical()
                .id_salt("entries")
                .max_height(110.0)
                .show(ui, |ui| {
                    let edit = egui::TextEdit::multiline(lines)
                        .font(text::mono())
                        .desired_rows(4)
                        .desired_width(ui.available_width());
                    ui.add(edit).changed()
                })
                .inner
        });
        changed.then(|| {
            lines
                .lines()
                .map(|line| line.trim().to_owned())
                .filter(|line| !line.is_empty())
                .collect()
        })
    }

    fn users(&mut self, ui: &mut Ui, users: &mut Vec<String>) -> bool {
        match self.entries(ui, words::USERS) {
            Some(listed) => {
                *users = listed;
                true
            }
            None => false,
        }
    }

    fn map(&mut self, ui: &mut Ui, map: &mut BTreeMap<String, Option<String>>) -> bool {
        let Some(listed) = self.entries(ui, words::MAP) else {
            return false;
        };
        *map = listed
            .iter()
            .filter_map(|line| line.split_once('='))
            .map(|(from, to)| {
                (
                    from.trim().to_owned(),
                    Some(to.trim().to_owned()).filter(|to| !to.is_empty()),
                )
            })
            .collect();
        true
    }

    fn mask(&self, ui: &mut Ui, column: &mut String, method: &mut MaskMethod) -> bool {
        let picked = self.column(ui, column);
        let mut kind = match method {
            MaskMethod::Hash { .. } => 0,
            MaskMethod::Redact { .. } => 1,
            MaskMethod::KeepLast { .. } => 2,
            MaskMethod::Personal { .. } => 3,
        };
        let kinds = [
            (0, words::MASK_HASH),
            (1, words::MASK_REDACT),
            (2, words::MASK_KEEP_LAST),
            (3, words::MASK_PERSONAL),
        ];
        let mut changed = self.choice(ui, words::METHOD, &mut kind, &kinds);
        if changed {
            *method = match kind {
                0 => MaskMethod::Hash { salt: String::new() },
                1 => MaskMethod::Redact { with: "***".to_owned() },
                2 => MaskMethod::KeepLast { n: 4 },
                _ => MaskMethod::Personal { patterns: Vec::new() },
            };
        }
        changed |= match method {
            MaskMethod::Hash { salt } => widgets::field(ui, self.cx.t(words::SALT), salt, ""),
            MaskMethod::Redact { with } => widgets::field(ui, self.cx.t(words::REPLACEMENT), with, "***"),
            MaskMethod::KeepLast { n } => widgets::number_field(ui, self.cx.t(words::CHARACTERS), n, 0..=64),
            MaskMethod::Personal { .. } => false,
        };
        picked | changed
    }
}

/// The entries of a step as lines to edit.
pub(super) fn lines_of(action: &Action) -> String {
    match action {
        Action::DropUsers { users, .. } => users.join("\n"),
        Action::MapValues { map, .. } => {
            let line = |(from, to): (&String, &Option<String>)| format!("{from} = {}", to.as_deref().unwrap_or(""));
            map.iter().map(line).collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}
