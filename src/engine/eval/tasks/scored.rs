//! A table with answers beside labels, as `touchstone predict` writes it, as rows to assess.

use super::super::columns::{categories, numbers};
use super::TaskRows;
use crate::engine::ingest::Dataset;
use crate::engine::run::task::Task;
use crate::engine::train::TrainError;
use crate::engine::train::table::{Table, labels_of};
use crate::engine::train::tasks::{self, Predictions, probability_column};
use std::path::Path;

/// Which columns play which part.
#[derive(Clone, Copy, Debug)]
pub struct TaskColumns<'a> {
    pub task: Task,
    pub label: &'a str,
    /// Of a graded task; classes have `probability_…` columns.
    pub score: &'a str,
    pub group: Option<&'a str>,
}

/// Labelled rows with the answers of one model.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoredTask {
    pub task: Task,
    pub classes: Vec<String>,
    pub labels: Vec<f32>,
    pub predicted: Predictions,
    pub groups: Vec<u32>,
    pub total: usize,
    /// What was left out, one English sentence each.
    pub notes: Vec<String>,
}

impl ScoredTask {
    /// Takes the columns out of a table; `path` is for messages.
    pub fn of(dataset: &Dataset, path: &Path, columns: &TaskColumns<'_>) -> Result<Self, TrainError> {
        let frame = dataset.frame.whole();
        let bad = |reason: String| TrainError::Table {
            path: path.to_owned(),
            reason,
        };
        let prefix = probability_column("");
        let named: Vec<String> = match columns.task {
            Task::Multiclass => {
                let names = frame.get_column_names().into_iter();
                let classes = names.filter_map(|name| name.strip_prefix(prefix.as_str()));
                classes.map(str::to_owned).collect()
            }
            Task::Binary | Task::Graded => Vec::new(),
        };
        if columns.task == Task::Multiclass && named.len() < 2 {
            return Err(bad(format!(
                "there are no columns {prefix}… with the probability of each class, as `touchstone predict` writes them"
            )));
        }
        let read = |name: &str| numbers(frame, name).map_err(|error| bad(error.explain().en));
        let answers: Vec<Vec<f64>> = match columns.task {
            Task::Multiclass => named
                .iter()
                .map(|class| read(&probability_column(class)))
                .collect::<Result<_, _>>()?,
            Task::Binary | Task::Graded => vec![read(columns.score)?],
        };
        let group = columns.group.map(|name| categories(frame, name)).transpose();
        let group = group.map_err(|error| bad(error.explain().en))?;
        let rules = tasks::of(columns.task, &named);
        let (labels, mut notes) = labels_of(&Table::from(dataset), path, columns.label, &*rules)?;
        let is_answered = |row: &usize| answers.iter().all(|column| column[*row].is_finite());
        let labelled: Vec<usize> = (0..labels.len()).filter(|&row| labels[row].is_some()).collect();
        let kept: Vec<usize> = labelled.iter().copied().filter(is_answered).collect();
        if kept.len() < labelled.len() {
            let rows = labelled.len() - kept.len();
            notes.push(format!(
                "{}: {rows} rows with a label have no answer and are left out",
                path.display()
            ));
        }
        Ok(Self {
            task: columns.task,
            classes: named,
            labels: kept.iter().filter_map(|&row| labels[row]).collect(),
            predicted: Predictions {
                width: answers.len(),
                values: kept
                    .iter()
                    .flat_map(|&row| answers.iter().map(move |column| column[row] as f32))
                    .collect(),
            },
            groups: group.map_or_else(Vec::new, |group| kept.iter().map(|&row| group.codes[row]).collect()),
            total: labels.len(),
            notes,
        })
    }

    pub fn rows(&self) -> TaskRows<'_> {
        TaskRows {
            task: self.task,
            classes: &self.classes,
            labels: &self.labels,
            predicted: &self.predicted,
            groups: &self.groups,
            total: self.total,
        }
    }
}
