//! The Pollock benchmark of loading polluted CSV files: Vitagliano, Hameed, Jiang, Reisener, Wu, Naumann,
//! "Pollock: A Data Loading Benchmark", PVLDB 16(8), 2023. Its measures on the files that are at hand, read by
//! `touchstone ingest --text-only` without any option about the dialect.
//!
//! A file's score is the sum of ten measures: success, and precision, recall and F1 of header, records and cells
//! as multisets. The benchmark also takes 1 and 1.0, or True and true, for the same cell; here cells are compared
//! as texts, so that the score is never above the benchmark's own. `TOUCHSTONE_POLLOCK` names another folder with
//! `polluted` and `polluted_clean`, such as the whole benchmark.

use crate::program::{Folder, real_data};
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

type Rows = Vec<Vec<String>>;

/// How many files in the wild show a pollution (the benchmark's survey of 3,712 files), by which the weighted
/// score weighs it; families of files share theirs evenly.
fn weight(file: &str) -> f64 {
    const FILES: [(&str, f64); 22] = [
        ("source", 1.0),
        ("file_no_payload", 15.0),
        ("file_no_trailing_newline", 184.0),
        ("file_double_trailing_newline", 5.0),
        ("file_no_header", 470.0),
        ("file_header_multirow_2", 47.0),
        ("file_header_multirow_3", 47.0),
        ("file_preamble", 282.0),
        ("file_multitable_same", 188.0 / 3.0),
        ("file_multitable_more", 188.0 / 3.0),
        ("file_multitable_less", 188.0 / 3.0),
        ("file_header_only", 3.0),
        ("file_one_data_row", 4.0),
        ("file_record_delimiter_0xD", 7.0),
        ("file_record_delimiter_0xA", 1691.0),
        ("file_field_delimiter_0x9", 4.0),
        ("file_field_delimiter_0x3B", 834.0),
        ("file_field_delimiter_0x20", 4.0),
        ("file_field_delimiter_0x2C_0x20", 101.0),
        ("file_quotation_char_0x27", 11.0),
        ("file_escape_char_0x5C", 1.0),
        ("file_escape_char_0x00", 7.0),
    ];
    const FAMILIES: [(&str, f64); 4] = [
        ("row_less_sep_", 520.0 / 1414.0),
        ("row_more_sep_", 520.0 / 1414.0),
        ("row_field_delimiter_", 1.0 / 7.0),
        ("row_extra_quote", 1.0 / 108.0),
    ];
    let stem = file.strip_suffix(".csv").unwrap_or(file);
    let known = FILES.iter().find(|(name, _)| *name == stem);
    let family = FAMILIES.iter().find(|(prefix, _)| stem.starts_with(prefix));
    known
        .or(family)
        .unwrap_or_else(|| panic!("{file} is no file of the benchmark"))
        .1
}

/// Reads well-formed CSV with commas and doubled quotes.
fn parse(text: &str) -> Rows {
    let (mut rows, mut row, mut cell) = (Rows::new(), Vec::new(), String::new());
    let (mut quoted, mut begun) = (false, false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' => (quoted, begun) = (!quoted, true),
            ',' if !quoted => {
                row.push(std::mem::take(&mut cell));
                begun = true;
            }
            '\n' if !quoted => {
                if begun || !cell.is_empty() {
                    row.push(std::mem::take(&mut cell));
                }
                rows.push(std::mem::take(&mut row));
                begun = false;
            }
            other => cell.push(other),
        }
    }
    if begun || !cell.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows
}

/// Precision, recall and F1 of `loaded` against `source` as multisets; all 1 where there is nothing to find.
fn compare<T: Eq + std::hash::Hash>(source: &[T], loaded: &[T]) -> [f64; 3] {
    if source.is_empty() {
        return [1.0; 3];
    }
    let mut left: HashMap<&T, usize> = HashMap::new();
    for item in source {
        *left.entry(item).or_default() += 1;
    }
    let mut common = 0.0;
    for item in loaded {
        if let Some(count) = left.get_mut(item).filter(|count| **count > 0) {
            *count -= 1;
            common += 1.0;
        }
    }
    if common == 0.0 {
        return [0.0; 3];
    }
    let (precision, recall) = (common / source.len() as f64, common / loaded.len() as f64);
    [precision, recall, 2.0 * precision * recall / (precision + recall)]
}

/// The ten measures of a file that was loaded.
fn measures(clean: &Rows, loaded: &Rows) -> [f64; 10] {
    let mut all = [1.0; 10];
    let Some((header, records)) = clean.split_first() else {
        return all;
    };
    let none = Vec::new();
    let (loaded_header, loaded_records) = loaded.split_first().unwrap_or((&none, &[]));
    let joined = |rows: &[Vec<String>]| rows.iter().map(|row| row.concat()).collect::<Vec<String>>();
    all[1..4].copy_from_slice(&compare(header, loaded_header));
    all[4..7].copy_from_slice(&compare(&joined(records), &joined(loaded_records)));
    all[7..10].copy_from_slice(&compare(&clean.concat(), &loaded.concat()));
    all
}

/// What the program makes of a file without being told anything; `None` if it refuses the file.
fn load(folder: &Folder, path: &Path) -> Option<Rows> {
    let path = path.to_str().expect("plain");
    let ended = folder.run(&["ingest", path, "--text-only", "--out", "loaded.csv"]);
    assert!(
        matches!(ended.code, Some(0 | 1)) && !ended.stderr.contains("panicked"),
        "{path}: {ended:?}"
    );
    if ended.code == Some(1) {
        eprintln!("  refused: {}", ended.stderr.trim());
        return None;
    }
    Some(parse(&folder.read("loaded.csv")))
}

fn files_of(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a readable folder");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

/// Simple and weighted score over all files.
#[derive(Default)]
struct Score {
    simple: f64,
    weighted: f64,
    files: f64,
    weights: f64,
}

impl Score {
    fn add(&mut self, file: &str, measures: [f64; 10]) {
        let sum: f64 = measures.iter().sum();
        self.simple += sum;
        self.weighted += sum * weight(file);
        self.files += 1.0;
        self.weights += weight(file);
    }

    fn of(&self) -> (f64, f64) {
        (self.simple / self.files, self.weighted / self.weights)
    }
}

#[test]
fn polluted_files() {
    let other = std::env::var_os("TOUCHSTONE_POLLOCK").map(PathBuf::from);
    let Some(data) = other.clone().or_else(|| real_data("bad_csv/pollock")) else {
        return;
    };
    let folder = Folder::new();
    let (mut score, mut with_empty) = (Score::default(), Score::default());
    for polluted in files_of(&data.join("polluted")) {
        let name = polluted.file_name().expect("named").to_string_lossy().into_owned();
        let clean = data.join("polluted_clean").join(&name);
        let clean = parse(&std::fs::read_to_string(&clean).expect("a clean file"));
        let loaded = load(&folder, &polluted);
        let found = loaded.as_ref().map_or([0.0; 10], |loaded| measures(&clean, loaded));
        score.add(&name, found);
        // The only right answer to a file of 0 bytes is that there is nothing in it, and the program says so.
        let says_empty = loaded.is_none() && std::fs::metadata(&polluted).expect("a file").len() == 0;
        with_empty.add(&name, if says_empty { [1.0; 10] } else { found });
        let sum: f64 = found.iter().sum();
        if sum < 9.999 {
            eprintln!("  {name}: {sum:.3} {found:.3?}");
        }
    }
    let (simple, weighted) = score.of();
    let (simple_with, weighted_with) = with_empty.of();
    eprintln!(
        "Pollock over {} files: {simple:.3} simple, {weighted:.3} weighted",
        score.files
    );
    eprintln!(
        "  with the refusal of the empty file as its answer: {simple_with:.3} simple, {weighted_with:.3} weighted"
    );
    if other.is_none() {
        // Reached: 9.594 and 9.215; 9.907 and 9.676 with the empty file.
        assert!(simple >= 9.59 && weighted >= 9.21, "{simple} {weighted}");
        assert!(
            simple_with >= 9.9 && weighted_with >= 9.67,
            "{simple_with} {weighted_with}"
        );
    }
}

/// A field of a survey file's parameters, which are partly numbers, partly texts.
fn parameter(parameters: &Value, name: &str) -> u64 {
    let value = &parameters[name];
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap_or(0)
}

#[test]
fn dialects_of_the_survey() {
    const WHAT: [&str; 5] = ["delimiter", "quote", "header", "preamble", "columns"];
    let Some(data) = real_data("bad_csv/pollock_survey") else {
        return;
    };
    let folder = Folder::new();
    let mut right = [0; 5];
    let files = files_of(&data.join("files"));
    for file in &files {
        let name = file.file_name().expect("named").to_string_lossy().into_owned();
        let parameters = data.join("parameters").join(format!("{name}_parameters.json"));
        let parameters: Value =
            serde_json::from_str(&std::fs::read_to_string(parameters).expect("parameters")).expect("JSON");
        let found = folder.json(&["ingest", file.to_str().expect("plain"), "--text-only"]);
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let named = parameters["column_names"].as_array().map_or(0, Vec::len) as u64;
        let asked = [
            text(&parameters["delimiter"]).trim_end_matches(' ').to_owned(),
            text(&parameters["quotechar"]),
            (parameter(&parameters, "header_lines") > 0).to_string(),
            parameter(&parameters, "preamble_lines").to_string(),
            parameter(&parameters, "n_columns").max(named).to_string(),
        ];
        let dialect = &found["dialect"];
        let answered = [
            text(&dialect["delimiter"]),
            text(&dialect["quote"]),
            text(&dialect["header"]),
            text(&dialect["preamble_lines"]),
            found["columns"].as_array().expect("columns").len().to_string(),
        ];
        for (index, (asked, answered)) in asked.iter().zip(&answered).enumerate() {
            // Where the file shows no quote, any will do.
            if asked.is_empty() || asked == answered {
                right[index] += 1;
            } else {
                eprintln!("  {name}: {} {answered:?}, not {asked:?}", WHAT[index]);
            }
        }
    }
    eprintln!(
        "survey: {:?} right of {} files",
        WHAT.iter().zip(right).collect::<Vec<_>>(),
        files.len()
    );
    // Most files with another number of columns end each line with a delimiter.
    let reached = [45, 46, 44, 41, 32];
    assert!(
        right.iter().zip(reached).all(|(right, reached)| *right >= reached),
        "{right:?}"
    );
}
