//! The catalogue: settings, artefacts, lineage edges, history of metrics.

use super::{Project, ProjectError};
use crate::engine::artifact::ContentHash;
use rusqlite::{OptionalExtension as _, Row, params};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What kind of thing an artefact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArtefactKind {
    Dataset,
    Audit,
    Recipe,
    CleanDataset,
    FeatureSet,
    Run,
    Model,
    Evaluation,
    Comparison,
    Experiment,
}

impl ArtefactKind {
    pub const ALL: [Self; 10] = [
        Self::Dataset,
        Self::Audit,
        Self::Recipe,
        Self::CleanDataset,
        Self::FeatureSet,
        Self::Run,
        Self::Model,
        Self::Evaluation,
        Self::Comparison,
        Self::Experiment,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Dataset => "dataset",
            Self::Audit => "audit",
            Self::Recipe => "recipe",
            Self::CleanDataset => "clean_dataset",
            Self::FeatureSet => "feature_set",
            Self::Run => "run",
            Self::Model => "model",
            Self::Evaluation => "evaluation",
            Self::Comparison => "comparison",
            Self::Experiment => "experiment",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One line of the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArtefactRecord {
    pub kind: ArtefactKind,
    pub hash: ContentHash,
    pub name: String,
    pub created_ms: u64,
    /// The artefact itself where it is small, else what is needed to find it.
    pub content: serde_json::Value,
    /// Hashes of what it was made from.
    pub inputs: Vec<ContentHash>,
}

impl ArtefactRecord {
    pub fn new(kind: ArtefactKind, hash: ContentHash, name: impl Into<String>, created_ms: u64) -> Self {
        Self {
            kind,
            hash,
            name: name.into(),
            created_ms,
            content: serde_json::Value::Null,
            inputs: Vec::new(),
        }
    }
}

/// "`child` was made from `parent`".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    pub parent: ContentHash,
    pub child: ContentHash,
}

impl Project {
    /// A setting saved under `key`, or `None` if there is none.
    pub fn setting<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, ProjectError> {
        let json: Option<String> = self
            .connection()
            .query_row("SELECT json FROM setting WHERE key = ?1", [key], |row| row.get(0))
            .optional()
            .map_err(self.database_error("reading a setting"))?;
        json.map(|json| self.parse(key, &json)).transpose()
    }

    /// Saves a setting, replacing what was there.
    pub fn set_setting<T: Serialize + ?Sized>(&self, key: &str, value: &T) -> Result<(), ProjectError> {
        self.writable()?;
        let json = serde_json::to_string(value).map_err(|source| self.entry_error(key, source))?;
        self.connection()
            .execute(
                "INSERT INTO setting VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET json = ?2",
                [key, &json],
            )
            .map_err(self.database_error("saving a setting"))?;
        Ok(())
    }

    /// Adds an artefact and its lineage; one with the same kind and hash is updated.
    pub fn record(&self, artefact: &ArtefactRecord) -> Result<(), ProjectError> {
        self.writable()?;
        let error = self.database_error("recording an artefact");
        let json = artefact.content.to_string();
        let created = i64::try_from(artefact.created_ms).unwrap_or(i64::MAX);
        let mut connection = self.connection();
        let change = connection.transaction().map_err(&error)?;
        change
            .execute(
                "INSERT INTO artefact (kind, hash, name, created_ms, json) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (kind, hash) DO UPDATE SET name = ?3, created_ms = ?4, json = ?5",
                params![artefact.kind.name(), artefact.hash.0, artefact.name, created, json],
            )
            .map_err(&error)?;
        for input in &artefact.inputs {
            change
                .execute(
                    "INSERT OR IGNORE INTO edge VALUES (?1, ?2)",
                    [&input.0, &artefact.hash.0],
                )
                .map_err(&error)?;
        }
        change.commit().map_err(&error)
    }

    /// Writes a value as JSON into the data folder, whole or not at all.
    pub fn keep_json<T: Serialize + ?Sized>(&self, name: &str, value: &T) -> Result<(), ProjectError> {
        self.writable()?;
        let path = self.data_dir().join(name);
        let failed = |source| ProjectError::Write {
            source,
            path: path.clone(),
        };
        let file = tempfile::NamedTempFile::new_in(self.data_dir()).map_err(failed)?;
        let mut out = std::io::BufWriter::new(&file);
        serde_json::to_writer(&mut out, value).map_err(|error| failed(error.into()))?;
        std::io::Write::flush(&mut out).map_err(failed)?;
        drop(out);
        file.persist(&path).map_err(|error| failed(error.error))?;
        Ok(())
    }

    /// All artefacts of a kind (or all), newest first.
    pub fn artefacts(&self, kind: Option<ArtefactKind>) -> Result<Vec<ArtefactRecord>, ProjectError> {
        let error = self.database_error("listing artefacts");
        let rows: Vec<RawRecord> = {
            let connection = self.connection();
            let mut query = connection
                .prepare(
                    "SELECT kind, hash, name, created_ms, json FROM artefact
                     WHERE ?1 IS NULL OR kind = ?1 ORDER BY created_ms DESC, id DESC",
                )
                .map_err(&error)?;
            let rows = query
                .query_map([kind.map(ArtefactKind::name)], raw_record)
                .map_err(&error)?;
            rows.collect::<Result<_, _>>().map_err(&error)?
        };
        let edges = self.edges()?;
        rows.into_iter().map(|raw| self.finish_record(raw, &edges)).collect()
    }

    /// The newest artefact of a kind.
    pub fn latest(&self, kind: ArtefactKind) -> Result<Option<ArtefactRecord>, ProjectError> {
        Ok(self.artefacts(Some(kind))?.into_iter().next())
    }

    /// All lineage edges, those of one child together in the order they were recorded.
    pub fn edges(&self) -> Result<Vec<Edge>, ProjectError> {
        let error = self.database_error("reading the lineage");
        let connection = self.connection();
        let mut query = connection
            .prepare("SELECT parent, child FROM edge ORDER BY child, rowid")
            .map_err(&error)?;
        let edges = query
            .query_map([], |row| {
                Ok(Edge {
                    parent: ContentHash(row.get(0)?),
                    child: ContentHash(row.get(1)?),
                })
            })
            .map_err(&error)?;
        edges.collect::<Result<_, _>>().map_err(&error)
    }

    /// Appends named numbers of an artefact to the history (audit scores over loads).
    pub fn record_metrics(
        &self,
        kind: ArtefactKind,
        hash: &ContentHash,
        created_ms: u64,
        metrics: &[(String, f64)],
    ) -> Result<(), ProjectError> {
        self.writable()?;
        let error = self.database_error("recording metrics");
        let created = i64::try_from(created_ms).unwrap_or(i64::MAX);
        let connection = self.connection();
        for (name, value) in metrics.iter().filter(|(_, value)| value.is_finite()) {
            connection
                .execute(
                    "INSERT OR REPLACE INTO metric_history VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![kind.name(), hash.0, created, name, value],
                )
                .map_err(&error)?;
        }
        Ok(())
    }

    fn finish_record(&self, raw: RawRecord, edges: &[Edge]) -> Result<ArtefactRecord, ProjectError> {
        let hash = ContentHash(raw.hash);
        Ok(ArtefactRecord {
            // Kinds are only ever written from the enum.
            kind: ArtefactKind::from_name(&raw.kind).unwrap_or(ArtefactKind::Dataset),
            name: raw.name,
            created_ms: u64::try_from(raw.created_ms).unwrap_or(0),
            content: self.parse("artefact", &raw.json)?,
            inputs: edges
                .iter()
                .filter(|edge| edge.child == hash)
                .map(|edge| edge.parent.clone())
                .collect(),
            hash,
        })
    }

    fn parse<T: DeserializeOwned>(&self, what: &str, json: &str) -> Result<T, ProjectError> {
        serde_json::from_str(json).map_err(|source| self.entry_error(what, source))
    }

    fn entry_error(&self, what: &str, source: serde_json::Error) -> ProjectError {
        ProjectError::Entry {
            what: what.to_owned(),
            source,
            path: self.folder().to_owned(),
        }
    }
}

struct RawRecord {
    kind: String,
    hash: String,
    name: String,
    created_ms: i64,
    json: String,
}

fn raw_record(row: &Row<'_>) -> rusqlite::Result<RawRecord> {
    Ok(RawRecord {
        kind: row.get(0)?,
        hash: row.get(1)?,
        name: row.get(2)?,
        created_ms: row.get(3)?,
        json: row.get(4)?,
    })
}
