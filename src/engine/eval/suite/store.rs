//! Scored rows as a Parquet file, so that a project opens with what was evaluated and the command line can read it.
//!
//! Columns: `label`, `group:NAME`, `segment:NAME`, `score:MODEL`; kinds and descriptions stand in a JSON file beside it.
//! Invariant: both files are written to a temporary name and renamed.

use super::super::columns::{CodedColumn, categories, numbers};
use super::super::evaluation::ModelKind;
use super::super::input::MISSING_CODE;
use super::{ScoreColumn, ScoredRows, SuiteError};
use crate::engine::artifact::{Bilingual, ContentHash};
use polars::prelude::{
    Column, DataFrame, IntoColumn as _, NamedFrom as _, ParquetReader, ParquetWriter, SerReader as _, Series,
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

#[derive(Serialize, Deserialize)]
struct Facts {
    data_name: String,
    data: ContentHash,
    models: Vec<ModelFacts>,
}

#[derive(Serialize, Deserialize)]
struct ModelFacts {
    name: String,
    kind: ModelKind,
    description: Bilingual,
    model: ContentHash,
}

fn facts_path(path: &Path) -> PathBuf {
    path.with_extension("json")
}

fn file_error(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> SuiteError {
    let path = path.to_owned();
    move |source| SuiteError::File { action, path, source }
}

impl ScoredRows {
    /// Writes `path` (Parquet) and the JSON file of the same stem.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), SuiteError> {
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(file_error("make the folder", folder))?;
        let table = |source| SuiteError::Table {
            action: "write",
            path: path.to_owned(),
            source,
        };
        let mut frame = DataFrame::new(self.labels.len(), self.columns()).map_err(table)?;
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(file_error("write", path))?;
        ParquetWriter::new(&mut file).finish(&mut frame).map_err(table)?;
        file.persist(path)
            .map_err(|error| file_error("write", path)(error.error))?;
        let facts = Facts {
            data_name: self.data_name.clone(),
            data: self.data.clone(),
            models: self.models.iter().map(ModelFacts::of).collect(),
        };
        let path = facts_path(path);
        let file = tempfile::NamedTempFile::new_in(folder).map_err(file_error("write", &path))?;
        serde_json::to_writer(&file, &facts).map_err(|error| file_error("write", &path)(error.into()))?;
        file.persist(&path)
            .map_err(|error| file_error("write", &path)(error.error))?;
        Ok(())
    }

    fn columns(&self) -> Vec<Column> {
        let texts = |prefix: &str, column: &CodedColumn| {
            let name = |&code: &u32| (code != MISSING_CODE).then(|| column.codes().name(code));
            let values: Vec<Option<&str>> = column.codes.iter().map(name).collect();
            Series::new(format!("{prefix}:{}", column.name).into(), values).into_column()
        };
        let mut columns = vec![Series::new("label".into(), &self.labels).into_column()];
        columns.extend(self.group.iter().map(|group| texts("group", group)));
        columns.extend(self.segments.iter().map(|segment| texts("segment", segment)));
        columns.extend(self.models.iter().map(|model| {
            let name = format!("score:{}", model.name);
            Series::new(name.into(), &model.scores).into_column()
        }));
        columns
    }

    /// Reads what `write` wrote.
    ///
    /// # Errors
    /// A file is missing or is not of this form.
    pub fn read(path: &Path) -> Result<Self, SuiteError> {
        let facts_path = facts_path(path);
        let text = std::fs::read(&facts_path).map_err(file_error("read", &facts_path))?;
        let facts: Facts =
            serde_json::from_slice(&text).map_err(|error| file_error("read", &facts_path)(error.into()))?;
        let file = std::fs::File::open(path).map_err(file_error("read", path))?;
        let frame = ParquetReader::new(file).finish().map_err(|source| SuiteError::Table {
            action: "read",
            path: path.to_owned(),
            source,
        })?;
        let named = |prefix: &str| -> Result<Vec<CodedColumn>, SuiteError> {
            let names = frame.get_column_names().into_iter();
            let own = names.filter_map(|name| name.strip_prefix(prefix).map(|short| (name, short.to_owned())));
            own.map(|(name, short)| {
                Ok(CodedColumn {
                    name: short,
                    ..categories(&frame, name)?
                })
            })
            .collect()
        };
        let score = |facts: ModelFacts| -> Result<ScoreColumn, SuiteError> {
            Ok(ScoreColumn {
                scores: numbers(&frame, &format!("score:{}", facts.name))?,
                name: facts.name,
                kind: facts.kind,
                description: facts.description,
                model: facts.model,
            })
        };
        Ok(Self {
            data_name: facts.data_name,
            data: facts.data,
            labels: numbers(&frame, "label")?,
            group: named("group:")?.pop(),
            segments: named("segment:")?,
            models: facts.models.into_iter().map(score).collect::<Result<_, _>>()?,
        })
    }
}

impl ModelFacts {
    fn of(model: &ScoreColumn) -> Self {
        Self {
            name: model.name.clone(),
            kind: model.kind,
            description: model.description.clone(),
            model: model.model.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scored_rows_survive_the_file() {
        let rows = ScoredRows {
            data_name: "test.parquet".to_owned(),
            data: ContentHash::of_bytes(b"rows"),
            labels: vec![1.0, 0.0, 1.0],
            group: Some(CodedColumn {
                name: "user".to_owned(),
                codes: vec![0, MISSING_CODE, 1],
                names: vec!["u1".to_owned(), "用户 2".to_owned()],
            }),
            segments: vec![CodedColumn {
                name: "device".to_owned(),
                codes: vec![0, 0, 1],
                names: vec!["web".to_owned(), "app".to_owned()],
            }],
            models: vec![ScoreColumn {
                name: "run 1".to_owned(),
                kind: ModelKind::Model,
                description: Bilingual::new("tuned", "微调"),
                scores: vec![0.9, 0.2, 0.123_456_789_012_345_67],
                model: ContentHash::of_bytes(b"model"),
            }],
        };
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("evaluation").join("scores.parquet");
        rows.write(&path).expect("write");
        assert_eq!(ScoredRows::read(&path).expect("read"), rows);
        let missing = ScoredRows::read(&folder.path().join("none.parquet")).expect_err("missing");
        assert!(missing.to_string().contains("none.json"), "{missing}");
    }
}
