//! The rows a recipe dropped, as CSV: line, step, then the row as it was read.

use super::apply::Applied;
use super::cells::Cells;
use super::error::RecipeError;
use super::step::Recipe;
use crate::engine::ingest::dataset::Dataset;
use std::io::{self, Write};

/// Writes one record a dropped row, in step order, with the source's cells.
/// The columns before the source's own are `line`, `source` (the file), `step` (1-based), `kind` and `why`.
pub fn write_dropped(
    dataset: &Dataset,
    applied: &Applied,
    recipe: &Recipe,
    out: &mut impl Write,
) -> Result<(), RejectsError> {
    let columns: Vec<Cells<'_>> = dataset
        .frame
        .columns()
        .iter()
        .map(|column| {
            Cells::of(column).map_err(|refused| RecipeError::Step {
                number: 0,
                kind: "rejects",
                source: refused.into(),
            })
        })
        .collect::<Result<_, _>>()?;
    let names = dataset.info.columns.iter().map(|column| column.name.as_str());
    write_record(out, ["line", "source", "step", "kind", "why"].into_iter().chain(names))?;
    for dropped in &applied.dropped {
        let row = dropped.row as usize;
        let step = &recipe.steps[usize::from(dropped.step)];
        let source = dataset
            .source_of_row
            .as_ref()
            .map_or(0, |sources| usize::from(sources[row]));
        let source = dataset
            .info
            .sources
            .get(source)
            .map_or_else(String::new, |file| file.path.display().to_string());
        let head = [
            dataset.lines.get(row).unwrap_or_default().to_string(),
            source,
            (dropped.step + 1).to_string(),
            step.action.kind().to_owned(),
            step.action.describe().en,
        ];
        let cells: Vec<String> = columns
            .iter()
            .map(|cells| cells.show(row).unwrap_or_default())
            .collect();
        write_record(out, head.iter().chain(&cells).map(String::as_str))?;
    }
    Ok(())
}

/// The rejects could not be written.
#[derive(Debug, thiserror::Error)]
pub enum RejectsError {
    #[error(transparent)]
    Recipe(#[from] RecipeError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// One CSV record (RFC 4180), ended by a line feed.
fn write_record<'a>(out: &mut impl Write, fields: impl Iterator<Item = &'a str>) -> io::Result<()> {
    for (index, field) in fields.enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        if field.contains([',', '"', '\n', '\r']) {
            write!(out, "\"{}\"", field.replace('"', "\"\""))?;
        } else {
            out.write_all(field.as_bytes())?;
        }
    }
    out.write_all(b"\n")
}
