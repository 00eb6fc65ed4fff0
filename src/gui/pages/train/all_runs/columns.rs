//! The columns of the table of runs, and its order.

use crate::engine::run::replay::curve;
use crate::gui::i18n::train as words;
use crate::gui::runs::RunSnapshot;
use crate::gui::settings::Language;
use std::cmp::Ordering;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Col {
    Chosen,
    Run,
    Name,
    State,
    Tags,
    Method,
    Base,
    Rate,
    Batch,
    Epochs,
    Step,
    Best,
    Loss,
    Speed,
    Time,
    Started,
    Spark,
}

pub(super) const COLUMNS: [Col; 17] = [
    Col::Chosen,
    Col::Run,
    Col::State,
    Col::Best,
    Col::Spark,
    Col::Loss,
    Col::Step,
    Col::Method,
    Col::Rate,
    Col::Batch,
    Col::Epochs,
    Col::Base,
    Col::Speed,
    Col::Time,
    Col::Started,
    Col::Name,
    Col::Tags,
];

/// What a run is ordered by: numbers before texts, what is not known last.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum SortKey {
    Number(f64),
    Text(String),
    Nothing,
}

/// Order of the rows; newest first until a heading is pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sort {
    pub by: Option<(Col, bool)>,
}

impl Sort {
    /// A heading was pressed: by it, the other way round, as it was.
    pub(super) fn press(&mut self, column: Col) {
        self.by = match self.by {
            Some((by, true)) if by == column => Some((column, false)),
            Some((by, false)) if by == column => None,
            _ => Some((column, true)),
        };
    }

    pub(super) fn order(self, rows: &mut [usize], runs: &[RunSnapshot], metric: &str) {
        let Some((column, falls)) = self.by else { return };
        rows.sort_by_cached_key(|&at| Ordered {
            key: runs.get(at).map_or(SortKey::Nothing, |run| key(run, column, metric)),
            falls,
        });
    }
}

struct Ordered {
    key: SortKey,
    falls: bool,
}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> Ordering {
        let turned = |order: Ordering| if self.falls { order.reverse() } else { order };
        match (&self.key, &other.key) {
            (SortKey::Number(a), SortKey::Number(b)) => turned(a.total_cmp(b)),
            (SortKey::Text(a), SortKey::Text(b)) => turned(a.cmp(b)),
            (SortKey::Nothing, SortKey::Nothing) => Ordering::Equal,
            (SortKey::Nothing, _) => Ordering::Greater,
            (_, SortKey::Nothing) => Ordering::Less,
            (SortKey::Number(_), SortKey::Text(_)) => Ordering::Less,
            (SortKey::Text(_), SortKey::Number(_)) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ordered {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ordered {}

fn key(run: &RunSnapshot, column: Col, metric: &str) -> SortKey {
    let (config, view) = (&run.config, &run.view);
    let number = |value: Option<f64>| value.map_or(SortKey::Nothing, SortKey::Number);
    match column {
        Col::Chosen | Col::Run | Col::Spark => SortKey::Nothing,
        Col::Name => text(&config.name),
        Col::State => text(run.status.name()),
        Col::Tags => text(&tags(run)),
        Col::Method => text(&words::method(Language::English, &config.method)),
        Col::Base => text(&config.base_model),
        Col::Rate => SortKey::Number(config.learning_rate),
        Col::Batch => SortKey::Number(config.batch_size as f64),
        Col::Epochs => SortKey::Number(config.epochs),
        Col::Step => SortKey::Number(view.step as f64),
        Col::Best => number(best(run, metric)),
        Col::Loss => number(view.last(curve::TRAIN_LOSS)),
        Col::Speed => number(view.last(curve::SAMPLES_PER_SEC)),
        Col::Time => SortKey::Number(view.active_secs()),
        Col::Started => number(view.started_ms.map(|at| at as f64)),
    }
}

fn text(value: &str) -> SortKey {
    if value.is_empty() {
        SortKey::Nothing
    } else {
        SortKey::Text(value.to_lowercase())
    }
}

/// The best value of a run that was judged by `metric`; values of another metric do not belong in one column.
pub(super) fn best(run: &RunSnapshot, metric: &str) -> Option<f64> {
    run.best_value().filter(|_| run.config.metric == metric)
}

pub(super) fn tags(run: &RunSnapshot) -> String {
    run.about
        .tags
        .iter()
        .map(|tag| format!("#{tag}"))
        .collect::<Vec<_>>()
        .join(" ")
}
