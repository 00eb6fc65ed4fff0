//! Settled columns → `Dataset`: the table, what is known of its columns and files, and the words for it.

use super::columns::ColumnBuilder;
use super::dataset::{
    ColumnInfo, Dataset, DatasetInfo, Decision, Dialect, InvalidCell, ReadingPart, RowCounts, SourceFile,
};
use super::error::IngestError;
use super::evidence;
use super::frame::{Frame, FrameColumn};
use super::options::{Ragged, ReadOptions};
use super::outcome::{FileOutcome, PassOutcome};
use super::prepare::Prepared;
use super::read::Candidate;
use super::roles;
use crate::engine::artifact::{Bilingual, ContentHash, Role};
use std::sync::Arc;

/// The dataset of columns whose types are settled.
pub(super) fn assemble(
    name: String,
    files: Vec<Prepared>,
    differences: Vec<Vec<Bilingual>>,
    candidates: Vec<Candidate>,
    outcome: PassOutcome,
    options: &ReadOptions,
) -> Result<Dataset, IngestError> {
    let mut frame_columns: Vec<FrameColumn> = Vec::new();
    let mut columns: Vec<ColumnInfo> = Vec::new();
    let mut invalid: Vec<InvalidCell> = Vec::new();
    let rows = outcome.lines.len();
    for (index, (candidate, built)) in candidates.iter().zip(outcome.columns).enumerate() {
        let mut built = built.unwrap_or_else(|| ColumnBuilder::new(candidate.plan, 0, Arc::default()));
        columns.push(describe_column(candidate, &built, options));
        let kept = std::mem::take(&mut built.invalid);
        invalid.extend(kept.into_iter().map(|(row, raw)| InvalidCell {
            row,
            column: index,
            raw,
        }));
        frame_columns.push(built.finish(&candidate.name));
    }
    invalid.sort_by_key(|cell| (cell.row, cell.column));
    let frame = Frame::new(rows, frame_columns).map_err(|detail| IngestError::Table { detail })?;
    roles::assign(&mut columns, &frame, options);
    let sources = describe_sources(&files, &outcome.files, differences);
    let several = sources.len() > 1;
    let counts = sources
        .iter()
        .fold(RowCounts::default(), |sum, source| sum.plus(source.rows));
    let mut dialect = files.into_iter().next().map(|file| file.dialect).unwrap_or_default();
    if let Some(first) = outcome.files.first() {
        describe_end(&mut dialect, first, options);
    }
    evidence::spellings(&mut dialect, options);
    Ok(Dataset {
        info: Arc::new(DatasetInfo {
            name,
            hash: log_hash(&outcome.files, options),
            sources,
            dialect,
            rows: counts,
            columns,
            elapsed_ms: 0,
        }),
        frame,
        lines: Arc::new(outcome.lines),
        source_of_row: several.then(|| Arc::new(outcome.source_of_row)),
        rejects: Arc::new(outcome.rejects),
        invalid: Arc::new(invalid),
    })
}

fn describe_column(candidate: &Candidate, built: &ColumnBuilder, options: &ReadOptions) -> ColumnInfo {
    let mut info = ColumnInfo::new(&candidate.name, candidate.plan.column_type(), Role::Other);
    info.confidence = 0.0;
    info.nulls = built.nulls;
    info.invalid = built.num_invalid;
    evidence::describe(&mut info, candidate, options);
    info
}

/// What the end of the first file, and records of other widths, were like.
fn describe_end(dialect: &mut Dialect, file: &FileOutcome, options: &ReadOptions) {
    if let Some(why) = &file.cut_short {
        dialect.decide(Decision::found(ReadingPart::Format, why.en.clone(), why.zh.clone()));
    }
    let lines = file.footer_lines;
    dialect.footer_lines = lines;
    let about = ReadingPart::Footer;
    if options.footer_lines.is_some() {
        dialect.decide(Decision::set(
            about,
            format!("{lines} lines after the table are skipped: set by you"),
            format!("跳过表后的 {lines} 行：由您设定"),
        ));
    } else if lines > 0 {
        dialect.decide(Decision::found(
            about,
            format!("{lines} lines after the table are skipped: they follow a blank line and fit no row"),
            format!("跳过表后的 {lines} 行：它们位于空行之后，且不符合任何数据行"),
        ));
    }
    if options.ragged == Ragged::Pad {
        let (padded, cut) = (file.ragged.padded, file.ragged.cut);
        dialect.decide(Decision::set(
            ReadingPart::Ragged,
            format!(
                "{padded} records with too few fields are padded with nulls, {cut} with too many are cut: set by you"
            ),
            format!("{padded} 条字段过少的记录以空值补齐，{cut} 条字段过多的记录被截断：由您设定"),
        ));
    }
}

fn describe_sources(files: &[Prepared], outcomes: &[FileOutcome], differences: Vec<Vec<Bilingual>>) -> Vec<SourceFile> {
    files
        .iter()
        .zip(outcomes)
        .zip(differences)
        .map(|((file, outcome), mut schema_differences)| {
            schema_differences.extend(outcome.cut_short.clone());
            SourceFile {
                path: file.task.source.path.clone(),
                bytes: file.task.source.bytes,
                rows: outcome.counts,
                schema_differences,
            }
        })
        .collect()
}

fn log_hash(files: &[FileOutcome], options: &ReadOptions) -> ContentHash {
    let hashes: Vec<String> = files
        .iter()
        .map(|file| file.hash.map_or_else(String::new, |hash| hash.to_hex().to_string()))
        .collect();
    ContentHash::of_json(&(hashes, options))
}
