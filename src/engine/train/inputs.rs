//! `inputs.json` of a run: classes and categories as the training rows had them, for who looks at a run and for resuming.
//!
//! Invariant: a run that has checkpoints keeps its classes and categories, whatever the table says meanwhile.

use super::TrainError;
use super::categories::CategoryColumn;
use super::data::NumericColumn;
use crate::engine::run::task::Task;
use serde::{Deserialize, Serialize};
use std::path::Path;

pub const INPUTS_FILE: &str = "inputs.json";

/// How the columns of a run are read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunInputs {
    pub task: Task,
    /// In the order of the logits; empty where the label is no class.
    pub classes: Vec<String>,
    pub numeric: Vec<NumericColumn>,
    pub categorical: Vec<CategoryColumn>,
}

impl RunInputs {
    /// Writes the file of the run in `dir`.
    ///
    /// # Errors
    /// The run has checkpoints that were learnt with other classes or categories, or the file cannot be written.
    pub fn keep(&self, dir: &Path, checkpoints: &Path) -> Result<(), TrainError> {
        let path = dir.join(INPUTS_FILE);
        let before = std::fs::read_to_string(&path).ok();
        let before: Option<Self> = before.and_then(|text| serde_json::from_str(&text).ok());
        let has_checkpoints = std::fs::read_dir(checkpoints).is_ok_and(|mut entries| entries.next().is_some());
        if let Some(before) = before.filter(|_| has_checkpoints)
            && (&before.classes, &before.categorical) != (&self.classes, &self.categorical)
        {
            return Err(TrainError::Checkpoint {
                path,
                reason: "the training table has other classes or categories than when it was written; start a new run instead"
                    .to_owned(),
            });
        }
        let failed = |error: std::io::Error| TrainError::io("write", &path)(error);
        let text = serde_json::to_string_pretty(self).map_err(|error| failed(error.into()))?;
        let file = tempfile::NamedTempFile::new_in(dir).map_err(failed)?;
        std::fs::write(file.path(), text + "\n").map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_classes_are_refused_once_there_are_checkpoints() {
        let dir = tempfile::tempdir().expect("temp dir");
        let checkpoints = dir.path().join("checkpoints");
        std::fs::create_dir(&checkpoints).expect("dir");
        let inputs = |names: [&str; 2]| RunInputs {
            task: Task::Multiclass,
            classes: names.map(str::to_owned).to_vec(),
            ..RunInputs::default()
        };
        inputs(["a", "b"]).keep(dir.path(), &checkpoints).expect("first");
        inputs(["a", "c"])
            .keep(dir.path(), &checkpoints)
            .expect("nothing was learnt yet");
        std::fs::create_dir(checkpoints.join("step-10")).expect("dir");
        inputs(["a", "c"]).keep(dir.path(), &checkpoints).expect("the same");
        let error = inputs(["a", "b"]).keep(dir.path(), &checkpoints).expect_err("others");
        assert!(error.to_string().contains("other classes"), "{error}");
        let text = std::fs::read_to_string(dir.path().join(INPUTS_FILE)).expect("file");
        assert_eq!(
            serde_json::from_str::<RunInputs>(&text).expect("readable"),
            inputs(["a", "c"])
        );
    }
}
