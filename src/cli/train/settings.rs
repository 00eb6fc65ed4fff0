//! The settings of a training as a file: read, checked, compared with those of a run.

use crate::cli::UsageError;
use crate::engine::flow::plan::usual_rate_of;
use crate::engine::run::config::TrainConfig;
use crate::engine::run::diff::differences;
use crate::engine::run::dir::{RunDir, read_config};
use crate::engine::run::error::RunError;
use crate::engine::run::validate;
use anyhow::Context as _;
use std::path::Path;

pub(super) fn load_config(path: &Path) -> anyhow::Result<TrainConfig> {
    let mut config = read_config(path).map_err(|error| match error {
        RunError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => UsageError(format!(
            "there is no file {}; give the settings with --config",
            path.display()
        ))
        .into(),
        RunError::BadJson { .. } => UsageError(error.to_string()).into(),
        other => anyhow::Error::from(other),
    })?;
    let folder = std::path::absolute(path).with_context(|| format!("cannot resolve {}", path.display()))?;
    validate::resolve_paths(&mut config, folder.parent().unwrap_or(&folder));
    if !names(path, "learning_rate") {
        config.learning_rate = usual_rate_of(&config);
    }
    if !names(path, "metric") {
        let usual = config.task.usual_metric(config.data.group.is_some());
        usual.clone_into(&mut config.metric);
    }
    Ok(config)
}

/// True if the JSON object in the file has this key.
fn names(path: &Path, key: &str) -> bool {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    serde_json::from_str::<serde_json::Value>(&text).is_ok_and(|value| value.get(key).is_some())
}

pub(super) fn check_config(config: &TrainConfig, path: Option<&Path>) -> Result<(), UsageError> {
    let problems = validate::problems(config);
    if problems.is_empty() {
        return Ok(());
    }
    let told: Vec<String> = problems
        .iter()
        .map(|problem| format!("{}: {}", problem.field, problem.message.en))
        .collect();
    let place = path.map_or_else(String::new, |path| format!("{}: ", path.display()));
    Err(UsageError(format!("{place}{}", told.join("; "))))
}

/// A resumed run goes on with the settings it was started with; others would not be a resume.
pub(super) fn check_same_config(run: &RunDir, given: Option<&TrainConfig>) -> anyhow::Result<()> {
    let Some(given) = given else { return Ok(()) };
    let fields = differing_fields(&run.config()?, given);
    if fields.is_empty() {
        return Ok(());
    }
    let text = format!(
        "--config differs from the settings this run was started with ({}); \
         leave --config out to resume it as it was, or start a new run",
        fields.join(", ")
    );
    Err(UsageError(text).into())
}

/// JSON paths at which two configurations differ, the name (which changes nothing) left out.
pub(super) fn differing_fields(a: &TrainConfig, b: &TrainConfig) -> Vec<String> {
    differences(&[a, b]).into_iter().map(|one| one.setting).collect()
}
