//! A table or the rejected lines → a file, written beside the target and renamed when complete.

use super::dataset::Dataset;
use polars::prelude::{Column, DataFrame, DataType, ParquetCompression, ParquetWriter, StatisticsOptions, TimeUnit};
use std::io::{BufWriter, Write};
use std::path::Path;

/// Why a table could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("the name must end in .parquet, .csv or .tsv (also .gz or .zst)")]
    UnknownFormat,
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Table(#[from] polars::prelude::PolarsError),
}

/// Writes Parquet (zstd) or CSV by the file's name. Times are written as `2019-10-01 08:05:09[.ffffff]` UTC.
pub fn write_table(frame: &DataFrame, path: &Path) -> Result<(), WriteError> {
    write(frame, path, true)
}

/// The same without a line of column names where the format is CSV: for files that name no columns themselves.
pub fn write_rows_only(frame: &DataFrame, path: &Path) -> Result<(), WriteError> {
    write(frame, path, false)
}

fn write(frame: &DataFrame, path: &Path, names: bool) -> Result<(), WriteError> {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    let plain = name
        .strip_suffix(".gz")
        .or_else(|| name.strip_suffix(".zst"))
        .unwrap_or(&name);
    let parquet = plain.ends_with(".parquet");
    let delimiter = match plain {
        _ if parquet => b',',
        csv if csv.ends_with(".csv") => b',',
        tsv if tsv.ends_with(".tsv") || tsv.ends_with(".tab") => b'\t',
        _ => return Err(WriteError::UnknownFormat),
    };
    let temporary = temporary_beside(path)?;
    if parquet {
        let mut frame = frame.clone();
        ParquetWriter::new(temporary.as_file())
            .with_compression(ParquetCompression::Zstd(None))
            .with_statistics(StatisticsOptions::default())
            .finish(&mut frame)?;
    } else {
        let file = BufWriter::with_capacity(1 << 20, temporary.as_file());
        if name.ends_with(".gz") {
            let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::default());
            write_csv(frame, (delimiter, names), &mut packed)?;
            packed.finish()?.flush()?;
        } else if name.ends_with(".zst") {
            let mut packed = zstd::Encoder::new(file, 3)?;
            write_csv(frame, (delimiter, names), &mut packed)?;
            packed.finish()?.flush()?;
        } else {
            let mut file = file;
            write_csv(frame, (delimiter, names), &mut file)?;
            file.flush()?;
        }
    }
    persist(temporary, path)
}

/// Writes `file,line,cause,raw`, one rejected line a record.
pub fn write_rejects(dataset: &Dataset, path: &Path) -> Result<(), WriteError> {
    let temporary = temporary_beside(path)?;
    let mut out = BufWriter::new(temporary.as_file());
    out.write_all(b"file,line,cause,raw\n")?;
    for reject in dataset.rejects.iter() {
        let file = dataset
            .info
            .sources
            .get(reject.source)
            .map(|source| source.path.display().to_string())
            .unwrap_or_default();
        let mut line = Vec::new();
        push_cell(&mut line, file.as_bytes(), b',');
        line.extend_from_slice(format!(",{},", reject.line).as_bytes());
        push_cell(&mut line, reject.cause.en.as_bytes(), b',');
        line.push(b',');
        push_cell(&mut line, reject.raw.as_bytes(), b',');
        line.push(b'\n');
        out.write_all(&line)?;
    }
    out.flush()?;
    drop(out);
    persist(temporary, path)
}

pub(in crate::engine) fn temporary_beside(path: &Path) -> Result<tempfile::NamedTempFile, WriteError> {
    let folder = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    Ok(tempfile::Builder::new().prefix(".touchstone-").tempfile_in(folder)?)
}

pub(in crate::engine) fn persist(temporary: tempfile::NamedTempFile, path: &Path) -> Result<(), WriteError> {
    // Temporary files are private; the result gets the permissions of an ordinary new file.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        temporary
            .as_file()
            .set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    temporary.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Rows formatted between two writes.
const ROWS_AT_ONCE: usize = 8192;

fn write_csv(frame: &DataFrame, (delimiter, names): (u8, bool), out: &mut dyn Write) -> Result<(), WriteError> {
    if names {
        let mut line = Vec::new();
        for (index, column) in frame.columns().iter().enumerate() {
            if index > 0 {
                line.push(delimiter);
            }
            push_cell(&mut line, column.name().as_bytes(), delimiter);
        }
        line.push(b'\n');
        out.write_all(&line)?;
    }
    let mut start = 0;
    while start < frame.height() {
        let rows = ROWS_AT_ONCE.min(frame.height() - start);
        write_rows(frame, (start, rows), delimiter, out)?;
        start += rows;
    }
    Ok(())
}

fn write_rows(
    frame: &DataFrame,
    (start, rows): (usize, usize),
    delimiter: u8,
    out: &mut dyn Write,
) -> Result<(), WriteError> {
    let mut lines: Vec<Vec<u8>> = vec![Vec::new(); rows];
    let single = frame.width() == 1;
    for (index, column) in frame.columns().iter().enumerate() {
        if index > 0 {
            lines.iter_mut().for_each(|line| line.push(delimiter));
        }
        push_column(&column.slice(start as i64, rows), &mut lines, delimiter)?;
    }
    for mut line in lines {
        if single && line.is_empty() {
            // An empty line would be no record.
            line.extend_from_slice(b"\"\"");
        }
        line.push(b'\n');
        out.write_all(&line)?;
    }
    Ok(())
}

fn push_column(column: &Column, lines: &mut [Vec<u8>], delimiter: u8) -> Result<(), WriteError> {
    let series = column.as_materialized_series();
    match series.dtype() {
        DataType::String => {
            for (line, text) in lines.iter_mut().zip(series.str()?.iter()) {
                push_cell(line, text.unwrap_or_default().as_bytes(), delimiter);
            }
        }
        DataType::Int64 => {
            let mut digits = itoa::Buffer::new();
            for (line, value) in lines.iter_mut().zip(series.i64()?.iter()) {
                if let Some(value) = value {
                    line.extend_from_slice(digits.format(value).as_bytes());
                }
            }
        }
        DataType::Float64 => {
            for (line, value) in lines.iter_mut().zip(series.f64()?.iter()) {
                if let Some(value) = value {
                    write!(line, "{value}")?;
                }
            }
        }
        DataType::Boolean => {
            for (line, value) in lines.iter_mut().zip(series.bool()?.iter()) {
                line.extend_from_slice(match value {
                    Some(true) => b"true",
                    Some(false) => b"false",
                    None => b"",
                });
            }
        }
        DataType::Datetime(TimeUnit::Microseconds, _) => {
            let physical = series.to_physical_repr();
            for (line, value) in lines.iter_mut().zip(physical.i64()?.iter()) {
                if let Some(micros) = value {
                    super::time::write_iso(line, micros);
                }
            }
        }
        _ => {
            let text = series.cast(&DataType::String)?;
            for (line, text) in lines.iter_mut().zip(text.str()?.iter()) {
                push_cell(line, text.unwrap_or_default().as_bytes(), delimiter);
            }
        }
    }
    Ok(())
}

/// Quotes where a reader would otherwise see something else.
pub(in crate::engine) fn push_cell(line: &mut Vec<u8>, cell: &[u8], delimiter: u8) {
    let needs_quotes = cell
        .iter()
        .any(|&byte| byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r'))
        || cell.first() == Some(&b' ')
        || cell.last() == Some(&b' ');
    if !needs_quotes {
        line.extend_from_slice(cell);
        return;
    }
    line.push(b'"');
    for &byte in cell {
        if byte == b'"' {
            line.push(b'"');
        }
        line.push(byte);
    }
    line.push(b'"');
}
