//! The catalogue's schema and its upgrades.

use super::error::ProjectError;
use rusqlite::Connection;
use std::path::Path;

/// One script a version; version n is reached by running scripts 1..=n. Never change one that shipped.
const UPGRADES: [&str; 2] = [
    "CREATE TABLE setting (key TEXT PRIMARY KEY, json TEXT NOT NULL);
     CREATE TABLE artefact (
         id INTEGER PRIMARY KEY, kind TEXT NOT NULL, hash TEXT NOT NULL, name TEXT NOT NULL,
         created_ms INTEGER NOT NULL, json TEXT NOT NULL, note TEXT NOT NULL DEFAULT '',
         tags TEXT NOT NULL DEFAULT '', UNIQUE (kind, hash));
     CREATE TABLE edge (parent TEXT NOT NULL, child TEXT NOT NULL, PRIMARY KEY (parent, child));",
    "CREATE TABLE metric_history (
         kind TEXT NOT NULL, hash TEXT NOT NULL, created_ms INTEGER NOT NULL, name TEXT NOT NULL,
         value REAL NOT NULL, PRIMARY KEY (kind, hash, name));",
];

/// Brings the catalogue to this program's version: refuses a newer one, backs up before an upgrade.
pub(super) fn prepare(connection: &mut Connection, path: &Path, may_write: bool) -> Result<(), ProjectError> {
    let error = |source| ProjectError::database("opening", source, path);
    connection
        .busy_timeout(std::time::Duration::from_secs(5))
        .map_err(error)?;
    let found: i64 = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(error)?;
    let known = UPGRADES.len() as i64;
    if found > known {
        return Err(ProjectError::Newer {
            found,
            known,
            path: path.to_owned(),
        });
    }
    if found == known || !may_write {
        return Ok(());
    }
    if found > 0 {
        let backup = path.with_extension(format!("backup-v{found}.db"));
        std::fs::copy(path, &backup).map_err(|source| ProjectError::Backup { source, path: backup })?;
    }
    connection
        .query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))
        .map_err(error)?;
    let upgrade = connection.transaction().map_err(error)?;
    for script in UPGRADES.iter().skip(found as usize) {
        upgrade.execute_batch(script).map_err(error)?;
    }
    upgrade.pragma_update(None, "user_version", known).map_err(error)?;
    upgrade.commit().map_err(error)
}
