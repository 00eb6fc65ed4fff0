//! All runs of the project: a table to sort and filter, and below it what the chosen ones have in common and what not.

mod columns;
mod differences;
mod overlay;
mod queue;
mod scatter;
mod table;

use super::super::PageContext;
use super::look::CurveLook;
use crate::engine::run::status::RunStatus;
use crate::gui::command::Command;
use crate::gui::command::train::TrainCommand;
use crate::gui::i18n::train::runs as words;
use crate::gui::i18n::{common, number};
use crate::gui::runs::{RunList, RunSnapshot, SameList};
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets;
use columns::Sort;
use egui::{RichText, Ui};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Widget state only.
pub(super) struct AllRuns {
    filter: String,
    tag: Option<String>,
    state: StateFilter,
    archived: bool,
    sort: Sort,
    scroll: widgets::BigScroll,
    /// Ids of the runs whose curves and settings are compared.
    chosen: BTreeSet<String>,
    below: Below,
    overlay: overlay::Overlay,
    scatter: scatter::Scatter,
    rows: Vec<usize>,
    key: Option<Key>,
    /// What the follower was told last.
    looked_at: BTreeSet<String>,
}

impl Default for AllRuns {
    fn default() -> Self {
        Self {
            filter: String::new(),
            tag: None,
            state: StateFilter::All,
            archived: false,
            sort: Sort::default(),
            scroll: widgets::BigScroll::default(),
            chosen: BTreeSet::new(),
            below: Below::Overlay,
            overlay: overlay::Overlay::default(),
            scatter: scatter::Scatter::default(),
            rows: Vec::new(),
            key: None,
            looked_at: BTreeSet::new(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StateFilter {
    All,
    Live,
    Done,
    Broken,
    Waiting,
}

impl StateFilter {
    fn holds(self, status: &RunStatus) -> bool {
        match self {
            Self::All => true,
            Self::Live => status.is_live(),
            Self::Done => matches!(status, RunStatus::Finished | RunStatus::Stopped),
            Self::Broken => matches!(status, RunStatus::Failed { .. } | RunStatus::Crashed),
            Self::Waiting => *status == RunStatus::Waiting,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Below {
    Overlay,
    Differences,
    Scatter,
    Queue,
    Trash,
}

/// What the rows of the table depend on.
#[derive(PartialEq)]
struct Key {
    list: SameList,
    filter: String,
    tag: Option<String>,
    state: StateFilter,
    archived: bool,
    sort: Sort,
}

/// More runs than this are compared by their digests: their logs are not read.
const MOST_IN_FULL: usize = 8;

impl AllRuns {
    /// Draws the view; the id of a run that is to be shown.
    pub(super) fn ui(
        &mut self,
        cx: &PageContext<'_>,
        ui: &mut Ui,
        (shown, look): (&RunSnapshot, CurveLook),
    ) -> Option<String> {
        let list = Arc::clone(&cx.state.train.runs);
        self.refresh(&list, &shown.config.metric);
        let whole = ui.available_height();
        let mut opened = None;
        widgets::card(ui, |ui| {
            self.toolbar(cx, ui, &list);
            ui.add_space(space::TIGHT);
            opened = self.table(cx, ui, (&list, shown), table_height(whole, self.rows.len()));
        });
        ui.add_space(space::SMALL);
        widgets::card(ui, |ui| {
            self.tabs(cx, ui, &list);
            ui.add_space(space::TIGHT);
            let height = (ui.available_height() - 8.0).max(140.0);
            let chosen = self.chosen_runs(&list);
            match self.below {
                Below::Overlay => self.overlay.ui(cx, ui, (&list, &chosen, look), (shown, height)),
                Below::Differences => differences::ui(cx, ui, &chosen, height),
                Below::Scatter => self.scatter.ui(cx, ui, (&list, &self.rows), height),
                Below::Queue => queue::ui(cx, ui, &list, height),
                Below::Trash => queue::trash_ui(cx, ui, &list, height),
            }
        });
        self.tell_follower(cx);
        opened
    }

    fn refresh(&mut self, list: &Arc<RunList>, metric: &str) {
        let key = Key {
            list: SameList(Arc::clone(list)),
            filter: self.filter.to_lowercase(),
            tag: self.tag.clone(),
            state: self.state,
            archived: self.archived,
            sort: self.sort,
        };
        if self.key.as_ref() == Some(&key) {
            return;
        }
        let is_wanted = |run: &RunSnapshot| {
            (self.archived || !run.about.archived)
                && self.state.holds(&run.status)
                && self.tag.as_ref().is_none_or(|tag| run.about.tags.contains(tag))
                && matches_text(run, &key.filter)
        };
        self.rows = (0..list.runs.len()).filter(|&at| is_wanted(&list.runs[at])).collect();
        self.sort.order(&mut self.rows, &list.runs, metric);
        self.chosen.retain(|run_id| list.get(run_id).is_some());
        self.key = Some(key);
    }

    fn toolbar(&mut self, cx: &PageContext<'_>, ui: &mut Ui, list: &RunList) {
        ui.horizontal_wrapped(|ui| {
            let field = egui::TextEdit::singleline(&mut self.filter)
                .hint_text(cx.t(common::FILTER))
                .desired_width(170.0);
            let response = ui.add(field);
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, cx.t(words::FILTER_RUNS)));
            for (state, label) in [
                (StateFilter::All, words::ALL),
                (StateFilter::Live, words::LIVE),
                (StateFilter::Done, words::DONE),
                (StateFilter::Broken, words::BROKEN),
                (StateFilter::Waiting, words::WAITING),
            ] {
                if widgets::toggle_chip(ui, self.state == state, cx.t(label)).clicked() {
                    self.state = state;
                }
            }
            let tags: BTreeSet<&String> = list.runs.iter().flat_map(|run| run.about.tags.iter()).collect();
            for tag in tags.into_iter().take(8) {
                let on = self.tag.as_ref() == Some(tag);
                if widgets::toggle_chip(ui, on, &format!("#{tag}")).clicked() {
                    self.tag = (!on).then(|| tag.clone());
                }
            }
            if list.runs.iter().any(|run| run.about.archived)
                && widgets::toggle_chip(ui, self.archived, cx.t(words::ARCHIVED)).clicked()
            {
                self.archived = !self.archived;
            }
            let shown = words::shown_of(cx.lang(), self.rows.len(), list.runs.len());
            ui.label(RichText::new(shown).font(text::small()).color(palette(ui).text_2));
        });
    }

    fn tabs(&mut self, cx: &PageContext<'_>, ui: &mut Ui, list: &RunList) {
        let waiting = list.queue.waiting.len() + usize::from(list.queue.current.is_some());
        ui.horizontal(|ui| {
            for (tab, label, count) in [
                (Below::Overlay, words::OVERLAY, self.chosen.len()),
                (Below::Differences, words::DIFFERENCES, 0),
                (Below::Scatter, words::SCATTER, 0),
                (Below::Queue, words::QUEUE, waiting),
                (Below::Trash, words::TRASH, list.trash.len()),
            ] {
                let label = match count {
                    0 => cx.t(label).to_owned(),
                    n => format!("{} {}", cx.t(label), number::count(n as u64)),
                };
                if widgets::toggle_chip(ui, self.below == tab, &label).clicked() {
                    self.below = tab;
                }
            }
            if matches!(self.below, Below::Overlay | Below::Differences) {
                if widgets::link(ui, cx.t(words::CHOOSE_ALL)).clicked() {
                    self.chosen = self
                        .rows
                        .iter()
                        .filter_map(|&at| Some(list.runs.get(at)?.run_id.clone()))
                        .collect();
                }
                if !self.chosen.is_empty() && widgets::link(ui, cx.t(words::CHOOSE_NONE)).clicked() {
                    self.chosen.clear();
                }
            }
            if self.below == Below::Queue && list.queue.held {
                widgets::chip(ui, cx.t(words::HELD), Tone::Warning);
            }
        });
    }

    fn chosen_runs<'a>(&self, list: &'a RunList) -> Vec<(usize, &'a RunSnapshot)> {
        let all = list.runs.iter().enumerate();
        all.filter(|(_, run)| self.chosen.contains(&run.run_id)).collect()
    }

    fn tell_follower(&mut self, cx: &PageContext<'_>) {
        let few = self.chosen.len() <= MOST_IN_FULL;
        let wanted = if few { self.chosen.clone() } else { BTreeSet::new() };
        if wanted != self.looked_at {
            self.looked_at.clone_from(&wanted);
            cx.send(Command::Train(TrainCommand::LookAt(wanted)));
        }
    }
}

/// Few rows leave their room to the plot below.
fn table_height(whole: f32, rows: usize) -> f32 {
    let wanted = space::ROW * (rows.max(2) as f32 + 1.0) + 24.0;
    wanted.min((whole * 0.42).max(180.0))
}

fn matches_text(run: &RunSnapshot, text: &str) -> bool {
    let named = [&run.run_id, &run.config.name, &run.config.base_model];
    text.is_empty() || named.iter().any(|name| name.to_lowercase().contains(text)) || run.about.mentions(text)
}
