//! Parquet files → `Dataset`: any type becomes one of the five.

use super::dataset::{ColumnInfo, Dataset, DatasetInfo, Decision, Dialect, ReadingPart, RowCounts, SourceFile};
use super::error::IngestError;
use super::frame::Frame;
use super::options::ReadOptions;
use super::reconcile::{has_in_addition, lacks_column};
use super::roles;
use super::source::{Source, modified};
use crate::engine::artifact::{Bilingual, ColumnType, ContentHash, Role};
use crate::engine::progress::Progress;
use polars::prelude::{
    Column, DataFrame, DataType, IntoColumn, NamedFrom, ParquetReader, PolarsResult, SerReader, Series, TimeUnit,
};
use std::fs::File;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

/// Reads Parquet files as one log; columns are matched by name.
pub(super) fn read(
    name: String,
    sources: &[Source],
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Dataset, IngestError> {
    progress.phase("reading", "读取");
    let mut frames = Vec::new();
    let mut hashes = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        progress.check()?;
        hashes.push(hash_file(source, progress)?);
        let frame = read_file(&source.path, options.text_only, None)?;
        check_unchanged(source)?;
        frames.push(frame);
        progress.set(0.9 * (index + 1) as f64 / sources.len() as f64);
    }
    join(name, sources, (frames, hashes), options, progress)
}

/// Reads the first rows of the first file.
pub(super) fn read_start(
    name: String,
    sources: &[Source],
    options: &ReadOptions,
    rows: usize,
    progress: &Progress,
) -> Result<Dataset, IngestError> {
    let frame = read_file(&sources[0].path, options.text_only, Some((0, rows)))?;
    join(name, &sources[..1], (vec![frame], Vec::new()), options, progress)
}

/// The files' tables as one.
fn join(
    name: String,
    sources: &[Source],
    (frames, hashes): (Vec<DataFrame>, Vec<String>),
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Dataset, IngestError> {
    let (names, types, differences) = reconcile(&frames);
    let table = |error: polars::prelude::PolarsError| IngestError::Table {
        detail: error.to_string(),
    };
    let mut columns = Vec::new();
    let mut infos = Vec::new();
    for (column, &dtype) in names.iter().zip(&types) {
        progress.check()?;
        let (joined, dtype) = join_column(column, dtype, &frames, options).map_err(table)?;
        let mut info = ColumnInfo::new(column, dtype, Role::Other);
        info.nulls = joined.null_count() as u64;
        infos.push(info);
        columns.push(joined);
    }
    let heights: Vec<usize> = frames.iter().map(DataFrame::height).collect();
    drop(frames);
    let rows: usize = heights.iter().sum();
    if rows >= u32::MAX as usize {
        return Err(IngestError::TooLarge {
            path: sources[0].path.clone(),
            rows: rows as u64,
        });
    }
    let frame = Frame::from(DataFrame::new(rows, columns).map_err(table)?);
    roles::assign(&mut infos, &frame, options);
    Ok(build(
        name,
        sources,
        (heights, differences),
        ContentHash::of_json(&(hashes, options)),
        infos,
        frame,
    ))
}

fn build(
    name: String,
    sources: &[Source],
    (heights, differences): (Vec<usize>, Vec<Vec<Bilingual>>),
    hash: ContentHash,
    columns: Vec<ColumnInfo>,
    frame: Frame,
) -> Dataset {
    let count = |height: usize| RowCounts {
        total: height as u64,
        accepted: height as u64,
        ..RowCounts::default()
    };
    let files = sources.iter().zip(&heights).zip(differences);
    let sources: Vec<SourceFile> = files
        .map(|((source, &height), schema_differences)| SourceFile {
            path: source.path.clone(),
            bytes: source.bytes,
            rows: count(height),
            schema_differences,
        })
        .collect();
    let several = sources.len() > 1;
    let source_of_row = several.then(|| {
        Arc::new(
            heights
                .iter()
                .enumerate()
                .flat_map(|(file, &height)| vec![file as u16; height])
                .collect(),
        )
    });
    let mut dialect = Dialect {
        format: "parquet".to_owned(),
        compression: "none".to_owned(),
        encoding: "UTF-8".to_owned(),
        delimiter: ',',
        header: true,
        line_ending: "lf".to_owned(),
        ..Dialect::default()
    };
    dialect.decide(Decision::found(
        ReadingPart::Format,
        "Parquet: the file starts with PAR1 and describes itself",
        "Parquet：文件以 PAR1 开头，自带结构说明",
    ));
    Dataset {
        info: Arc::new(DatasetInfo {
            name,
            sources,
            dialect,
            rows: count(frame.height()),
            columns,
            hash,
            elapsed_ms: 0,
        }),
        frame,
        lines: Arc::new(heights.iter().flat_map(|&height| 1..=height as u32).collect()),
        source_of_row,
        rejects: Arc::new(Vec::new()),
        invalid: Arc::new(Vec::new()),
    }
}

fn hash_file(source: &Source, progress: &Progress) -> Result<String, IngestError> {
    let failed = |error| IngestError::io(&source.path, error);
    let mut file = File::open(&source.path).map_err(failed)?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0u8; 1 << 20];
    loop {
        progress.check()?;
        match file.read(&mut buffer).map_err(failed)? {
            0 => return Ok(hasher.finalize().to_hex().to_string()),
            count => hasher.update(&buffer[..count]),
        };
    }
}

fn check_unchanged(source: &Source) -> Result<(), IngestError> {
    let metadata = std::fs::metadata(&source.path).map_err(|error| IngestError::io(&source.path, error))?;
    if metadata.len() == source.bytes && modified(&metadata) == source.modified {
        return Ok(());
    }
    Err(IngestError::Changed {
        path: source.path.clone(),
        was_bytes: source.bytes,
        is_bytes: metadata.len(),
    })
}

/// Reads a file, or a slice of its rows. What makes the reader panic is a broken file and told as such.
fn read_file(path: &Path, text_only: bool, slice: Option<(usize, usize)>) -> Result<DataFrame, IngestError> {
    let read = AssertUnwindSafe(|| read_columns(path, text_only, slice));
    catch_unwind(read).unwrap_or_else(|_| {
        Err(IngestError::Parquet {
            path: path.to_path_buf(),
            detail: "its contents contradict each other".to_owned(),
        })
    })
}

fn read_columns(path: &Path, text_only: bool, slice: Option<(usize, usize)>) -> Result<DataFrame, IngestError> {
    let failed = |error: polars::prelude::PolarsError| IngestError::Parquet {
        path: path.to_path_buf(),
        detail: error.to_string(),
    };
    let file = File::open(path).map_err(|error| IngestError::io(path, error))?;
    let frame = ParquetReader::new(file).with_slice(slice).finish().map_err(failed)?;
    let columns = frame
        .columns()
        .iter()
        .map(|column| {
            let target = if text_only {
                ColumnType::Text
            } else {
                target_type(column.dtype())
            };
            convert(column.as_materialized_series(), target).map(IntoColumn::into_column)
        })
        .collect::<PolarsResult<Vec<Column>>>()
        .map_err(failed)?;
    DataFrame::new(frame.height(), columns).map_err(failed)
}

/// Which of the five types holds a polars type without loss; text where none does.
fn target_type(dtype: &DataType) -> ColumnType {
    match dtype {
        DataType::Boolean => ColumnType::Boolean,
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64 => ColumnType::Integer,
        DataType::Float32 | DataType::Float64 => ColumnType::Float,
        DataType::Date | DataType::Datetime(_, _) => ColumnType::Time,
        _ => ColumnType::Text,
    }
}

fn polars_type(dtype: ColumnType) -> DataType {
    match dtype {
        ColumnType::Text => DataType::String,
        ColumnType::Integer => DataType::Int64,
        ColumnType::Float => DataType::Float64,
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Time => DataType::Datetime(TimeUnit::Microseconds, None),
    }
}

fn convert(series: &Series, target: ColumnType) -> PolarsResult<Series> {
    let wanted = polars_type(target);
    if *series.dtype() == wanted {
        return Ok(series.clone());
    }
    if *series.dtype() == DataType::UInt64 && target == ColumnType::Integer {
        // Beyond 63 bits only text keeps the value.
        return series.strict_cast(&wanted).or_else(|_| series.cast(&DataType::String));
    }
    if let DataType::Datetime(unit, Some(_)) = series.dtype()
        && target == ColumnType::Time
    {
        // The stored number is UTC; the zone only tells how to show it.
        let naive = series.cast(&DataType::Int64)?.cast(&DataType::Datetime(*unit, None))?;
        return naive.cast(&wanted);
    }
    match series.cast(&wanted) {
        Ok(cast) => Ok(cast),
        Err(_) if target == ColumnType::Text => as_shown(series),
        Err(error) => Err(error),
    }
}

/// Lists, structs and other nested values as the text polars shows for them.
fn as_shown(series: &Series) -> PolarsResult<Series> {
    let mut texts: Vec<Option<String>> = Vec::with_capacity(series.len());
    for row in 0..series.len() {
        let value = series.get(row)?;
        texts.push((!value.is_null()).then(|| value.to_string()));
    }
    Ok(Series::new(series.name().clone(), texts))
}

/// Column names in order of first appearance with the type that holds all files, and each file's differences.
fn reconcile(frames: &[DataFrame]) -> (Vec<String>, Vec<ColumnType>, Vec<Vec<Bilingual>>) {
    let mut names: Vec<String> = Vec::new();
    let mut types: Vec<ColumnType> = Vec::new();
    let mut differences = Vec::new();
    let first: Vec<String> = frames
        .first()
        .map(|frame| frame.get_column_names_owned().iter().map(ToString::to_string).collect())
        .unwrap_or_default();
    for frame in frames {
        let mut words = Vec::new();
        for name in first.iter().filter(|name| frame.column(name).is_err()) {
            words.push(lacks_column(name));
        }
        for column in frame.columns() {
            let dtype = target_type(column.dtype());
            let name = column.name().to_string();
            match names.iter().position(|known| *known == name) {
                Some(known) if types[known] != dtype => {
                    let (here, before) = (dtype.name(), types[known].name());
                    words.push(Bilingual::new(
                        format!("column {name:?} is {here}, not {before} as before"),
                        format!("列 {name:?} 是 {here}，而之前是 {before}"),
                    ));
                    types[known] = common_type(types[known], dtype);
                }
                Some(_) => {}
                None => {
                    if !first.contains(&name) {
                        words.push(has_in_addition(&name));
                    }
                    names.push(name);
                    types.push(dtype);
                }
            }
        }
        differences.push(words);
    }
    (names, types, differences)
}

fn common_type(a: ColumnType, b: ColumnType) -> ColumnType {
    match (a, b) {
        _ if a == b => a,
        (ColumnType::Integer, ColumnType::Float) | (ColumnType::Float, ColumnType::Integer) => ColumnType::Float,
        _ => ColumnType::Text,
    }
}

fn join_column(
    name: &str,
    dtype: ColumnType,
    frames: &[DataFrame],
    options: &ReadOptions,
) -> PolarsResult<(Column, ColumnType)> {
    let dtype = options.types.get(name).copied().unwrap_or(dtype);
    let wanted = polars_type(dtype);
    let mut joined: Option<Series> = None;
    for frame in frames {
        let part = match frame.column(name) {
            Ok(column) => convert(column.as_materialized_series(), dtype)?,
            Err(_) => Series::full_null(name.into(), frame.height(), &wanted),
        };
        match &mut joined {
            None => joined = Some(part),
            Some(joined) => {
                joined.append(&part)?;
            }
        }
    }
    let series = joined
        .unwrap_or_else(|| Series::full_null(name.into(), 0, &wanted))
        .rechunk();
    let dtype = target_type(series.dtype());
    Ok((series.into_column(), dtype))
}
