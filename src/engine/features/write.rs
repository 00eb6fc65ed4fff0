//! The tables of a feature set, and how its folder comes into being.

use super::build::{Built, group_of};
use super::error::FeatureError;
use super::events::{NULL, role_cells};
use super::select::Values;
use super::set::{FEATURE_SET_FILE, FeatureSet, GROUP_COLUMN, LABEL_COLUMN};
use super::split::Part;
use crate::engine::artifact::{ContentHash, Role};
use crate::engine::ingest::write::{WriteError, write_table};
use crate::engine::progress::Progress;
use crate::engine::recipe::content_hash;
use polars::prelude::{
    Column, DataFrame, Float64Chunked, Int64Chunked, IntoColumn as _, NewChunkedArray as _, StringChunked, TimeUnit,
};
use std::path::Path;

/// One table a part, in the order train, valid, test.
pub(super) struct Tables(Vec<(Part, DataFrame)>);

impl Tables {
    pub fn new(built: &Built<'_>, columns: &[Values]) -> Result<Self, FeatureError> {
        let mut tables = Vec::new();
        for part in Part::ALL {
            let rows = built.split.rows_of(part);
            if !rows.is_empty() {
                tables.push((part, table(built, columns, &rows)?));
            }
        }
        Ok(Self(tables))
    }

    /// Over the content of all tables.
    pub fn hash(&self) -> Result<ContentHash, FeatureError> {
        let hashes: Vec<ContentHash> = self
            .0
            .iter()
            .map(|(_, table)| content_hash(table))
            .collect::<Result<_, _>>()?;
        Ok(ContentHash::of_json(&hashes))
    }
}

/// The examples `rows` (indices into the examples) as a table.
fn table(built: &Built<'_>, columns: &[Values], rows: &[u32]) -> Result<DataFrame, FeatureError> {
    let log = built.events.dataset;
    let log_row = |row: &u32| built.found.rows[*row as usize] as usize;
    let labels: Int64Chunked = rows
        .iter()
        .map(|&row| Some(i64::from(built.found.labels[row as usize])))
        .collect();
    let mut table = vec![named(labels, LABEL_COLUMN)];
    if built.group_by.is_some() {
        table.push(groups(built, rows)?);
    }
    let lines: Int64Chunked = rows
        .iter()
        .map(|row| log.lines.get(log_row(row)).map(i64::from))
        .collect();
    table.push(named(lines, "__line"));
    for (role, name) in [(Role::User, "__user"), (Role::Item, "__item")] {
        if let Some(cells) = role_cells(log, role)? {
            let ids: StringChunked = rows.iter().map(|row| cells.show(log_row(row))).collect();
            table.push(ids.with_name(name.into()).into_column());
        }
    }
    if built.events.time.is_some() {
        let times: Int64Chunked = rows.iter().map(|row| built.events.time_of(log_row(row))).collect();
        table.push(
            times
                .with_name("__time".into())
                .into_datetime(TimeUnit::Microseconds, None)
                .into_column(),
        );
    }
    for column in &built.text_columns {
        let texts = rows.iter().map(|&row| column.values[row as usize].as_str());
        table.push(StringChunked::from_iter_values(column.name.as_str().into(), texts).into_column());
    }
    for (feature, values) in built.features.iter().zip(columns) {
        let name = feature.name.as_str().into();
        table.push(match values {
            Values::Numeric(values) => {
                let present = |row: &u32| Some(values[*row as usize]).filter(|value| !value.is_nan());
                let numbers: Float64Chunked = rows.iter().map(present).collect();
                numbers.with_name(name).into_column()
            }
            Values::Categorical(values) => {
                let names: StringChunked = rows.iter().map(|row| values[*row as usize].as_deref()).collect();
                names.with_name(name).into_column()
            }
        });
    }
    Ok(DataFrame::new(rows.len(), table)?)
}

fn named(values: Int64Chunked, name: &str) -> Column {
    values.with_name(name.into()).into_column()
}

/// The group's name; rows without one are groups of their own.
fn groups(built: &Built<'_>, rows: &[u32]) -> Result<Column, FeatureError> {
    use super::config::GroupBy;
    let role = match built.group_by {
        Some(GroupBy::Query) => Role::Query,
        Some(GroupBy::User) => Role::User,
        _ => Role::Session,
    };
    let cells = role_cells(built.events.dataset, role)?;
    let names = rows.iter().map(|&row| {
        let log_row = built.found.rows[row as usize] as usize;
        let code = group_of(built.events, built.group_by, log_row).unwrap_or(NULL);
        let name = cells.filter(|_| code != NULL).and_then(|cells| cells.show(log_row));
        Some(name.unwrap_or_else(|| format!("row {}", log_row + 1)))
    });
    let names: StringChunked = names.collect();
    Ok(names.with_name(GROUP_COLUMN.into()).into_column())
}

/// Writes everything into a folder beside `out_dir` and moves it there whole.
pub(super) fn write(
    tables: &Tables,
    set: &FeatureSet,
    out_dir: &Path,
    progress: &Progress,
) -> Result<(), FeatureError> {
    let io = |action: &'static str, path: &Path| {
        let path = path.to_owned();
        move |source: std::io::Error| FeatureError::Io { action, path, source }
    };
    check_free(out_dir)?;
    let parent = out_dir
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).map_err(io("make the folder", parent))?;
    let fresh = tempfile::Builder::new()
        .prefix(".features-")
        .tempdir_in(parent)
        .map_err(io("write in", parent))?;
    for (part, table) in &tables.0 {
        progress.check()?;
        let path = fresh.path().join(format!("{}.parquet", part.name()));
        write_table(table, &path).map_err(|error| match error {
            WriteError::Io(source) => io("write", &path)(source),
            WriteError::Table(source) => FeatureError::Table(source),
            WriteError::UnknownFormat => FeatureError::NotAFeatureSet {
                path: path.clone(),
                reason: "unknown format".to_owned(),
            },
        })?;
    }
    let json = serde_json::to_string_pretty(set).map_err(|error| FeatureError::NotAFeatureSet {
        path: out_dir.to_owned(),
        reason: error.to_string(),
    })?;
    let file = fresh.path().join(FEATURE_SET_FILE);
    std::fs::write(&file, json + "\n").map_err(io("write", &file))?;
    open_to_others(fresh.path()).map_err(io("set the rights of", fresh.path()))?;
    let old = out_dir
        .exists()
        .then(|| tempfile::Builder::new().prefix(".features-old-").tempdir_in(parent));
    if let Some(old) = old {
        // Moved aside first: a rename onto a filled folder is refused. The old one goes with its guard.
        let old = old.map_err(io("write in", parent))?;
        std::fs::rename(out_dir, old.path().join("set")).map_err(io("replace", out_dir))?;
        std::fs::rename(fresh.path(), out_dir).map_err(io("write", out_dir))?;
    } else {
        std::fs::rename(fresh.path(), out_dir).map_err(io("write", out_dir))?;
    }
    Ok(())
}

/// A folder with anything but a feature set in it is not ours to replace.
fn check_free(out_dir: &Path) -> Result<(), FeatureError> {
    let Ok(mut entries) = std::fs::read_dir(out_dir) else {
        return Ok(());
    };
    if entries.next().is_none() || out_dir.join(FEATURE_SET_FILE).is_file() {
        return Ok(());
    }
    Err(FeatureError::FolderInUse {
        path: out_dir.to_owned(),
    })
}

/// Temporary folders are private; the result gets the rights of an ordinary new folder.
fn open_to_others(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
