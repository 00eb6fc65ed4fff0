//! `touchstone train --suggest`: what a table offers for a training, and settings to begin with.

use crate::cli::{ExitStatus, OutputArgs, UsageError, write_file};
use crate::engine::flow::plan::{set_task, table_config};
use crate::engine::ingest::{ReadOptions, read_log};
use crate::engine::run::config::{TrainConfig, TrainData};
use crate::engine::run::task::Task;
use crate::engine::train::evidence::{LabelEvidence, TableEvidence};
use serde::Serialize;
use std::path::{Path, PathBuf};

#[derive(Debug, Default, clap::Args)]
pub(super) struct SuggestArgs {
    /// Look at a table: which columns could be text, number, category and label, and settings to begin with
    #[arg(long, value_name = "TABLE", conflicts_with_all = ["existing", "config", "run_dir", "resume", "detach"])]
    pub suggest: Option<PathBuf>,
    /// Column to learn [default: the likeliest label]
    #[arg(long, value_name = "COL", requires = "suggest")]
    pub label: Option<String>,
    /// What the label is: `binary`, `multiclass` or `graded` [default: what its values speak for]
    #[arg(long, value_name = "TASK", requires = "suggest")]
    pub task: Option<String>,
    /// Where to write the settings, for --config
    #[arg(long, value_name = "FILE", requires = "suggest")]
    pub out: Option<PathBuf>,
}

#[derive(Serialize)]
struct Suggested {
    evidence: TableEvidence,
    config: TrainConfig,
}

pub(super) fn run(table: &Path, args: &SuggestArgs, out: &OutputArgs) -> anyhow::Result<ExitStatus> {
    let (progress, bar) = out.progress();
    let dataset = read_log(&[table.to_owned()], &ReadOptions::default(), &progress)?;
    let evidence = TableEvidence::of(&dataset);
    drop(bar);
    let label = chosen_label(&evidence, args.label.as_deref())?;
    let data = TrainData {
        train: std::path::absolute(table)?,
        ..TrainData::default()
    };
    let mut config = table_config(&evidence, data, Some(&label.column), evidence.rows);
    if let Some(name) = &args.task {
        let task = Task::from_name(name)
            .ok_or_else(|| UsageError(format!("--task {name}: expected binary, multiclass or graded")))?;
        if !label.allows(task) {
            let text = format!("`{}` has {}; it cannot be {name}", label.column, label.why.en);
            return Err(UsageError(text).into());
        }
        set_task(&mut config, task, &evidence);
    }
    say(&evidence, &config, out);
    if let Some(file) = &args.out {
        write_file(file, serde_json::to_string_pretty(&config)? + "\n", "the settings")?;
        out.say(&format!("settings {}", file.display()));
    }
    out.write_json(&Suggested { evidence, config })?;
    Ok(ExitStatus::Done)
}

fn chosen_label<'a>(evidence: &'a TableEvidence, name: Option<&str>) -> Result<&'a LabelEvidence, UsageError> {
    let known: Vec<&str> = evidence.labels.iter().map(|label| label.column.as_str()).collect();
    match name {
        Some(name) => evidence.label(name).ok_or_else(|| {
            UsageError(format!(
                "`{name}` cannot be a label here; these can: {}",
                known.join(", ")
            ))
        }),
        None => evidence
            .labels
            .first()
            .ok_or_else(|| UsageError("no column of this table looks like a label".to_owned())),
    }
}

fn say(evidence: &TableEvidence, config: &TrainConfig, out: &OutputArgs) {
    out.say(&format!("{} rows", evidence.rows));
    for (what, columns) in [
        ("text", &evidence.text),
        ("numbers", &evidence.numeric),
        ("categories", &evidence.categorical),
        ("ranked lists", &evidence.group),
    ] {
        if !columns.is_empty() {
            out.say(&format!("{what}: {}", columns.join(", ")));
        }
    }
    for label in &evidence.labels {
        out.say(&format!(
            "label {}: {} ({})",
            label.column,
            label.why.en,
            label.task.name()
        ));
    }
    out.say(&format!(
        "begin with: task {}, label {}, text {}, metric {}",
        config.task.name(),
        config.data.label,
        config.data.text.join(" + "),
        config.metric
    ));
}
