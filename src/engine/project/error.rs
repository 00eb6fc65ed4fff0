//! What can go wrong with a project folder.

use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    #[error("cannot create the project folder (check that the disk has room and that you may write there): {path}")]
    Create {
        #[source]
        source: std::io::Error,
        path: PathBuf,
    },
    #[error("a project is a folder, but this is a file; choose a folder or open the file from the Data page: {path}")]
    NotAFolder { path: PathBuf },
    #[error("this folder holds other things; choose an empty folder or an existing project: {path}")]
    ForeignFolder { path: PathBuf },
    #[error(
        "the project is open in another window, so nothing can be changed here; close the other window first: {path}"
    )]
    ReadOnly { path: PathBuf },
    #[error(
        "the project was written by a newer version of Touchstone (schema {found}, this one knows {known}); update the program: {path}"
    )]
    Newer { found: i64, known: i64, path: PathBuf },
    #[error("cannot back up the catalogue before upgrading it: {path}")]
    Backup {
        #[source]
        source: std::io::Error,
        path: PathBuf,
    },
    #[error("the catalogue failed while {action} (is the disk full, or the file damaged?): {path}")]
    Database {
        action: &'static str,
        #[source]
        source: rusqlite::Error,
        path: PathBuf,
    },
    #[error("an entry of the catalogue cannot be read ({what}); it was written by another version: {path}")]
    Entry {
        what: String,
        #[source]
        source: serde_json::Error,
        path: PathBuf,
    },
    #[error("cannot write into the project (check that the disk has room): {path}")]
    Write {
        #[source]
        source: std::io::Error,
        path: PathBuf,
    },
    #[error("cannot move to the trash: {path}")]
    Discard {
        #[source]
        source: std::io::Error,
        path: PathBuf,
    },
}

impl ProjectError {
    pub(super) fn database(action: &'static str, source: rusqlite::Error, path: &Path) -> Self {
        Self::Database {
            action,
            source,
            path: path.to_owned(),
        }
    }
}
