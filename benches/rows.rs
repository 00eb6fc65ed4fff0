//! The rows behind a finding, ten million of them: ordering by a column of each type, filtering by a text, and a frame
//! of the table that shows them.
//!
//! `ROWS=1000000 cargo bench --bench rows` measures fewer; `CPU=1` tells the processor's time instead of the clock's, for a
//! machine that does other work as well.
//!
//! Ten million rows on a two-core machine (AMD EPYC of the third generation), milliseconds by the clock:
//! Order, rising 6 to 7 whatever the column; falling by user 37, item 31, event 14, time 27, price 13, query 17, session
//! 50, score 60.
//! Filter event 23, query 13, price 17, item 14, session 35, time 19, score 36, any column for letters 37, for digits 72,
//! for one letter 89, for one digit 220; score for one digit, ordered by session 353. A frame of the table 1.0 on one
//! thread.
//! The index of these eight columns takes 14 s to prepare and 808 MB, of which the orders are 320 and the texts of session
//! and score, nearly all different, about 370; sessions read from a file cost no text, since their dictionary is searched.

use criterion::{Criterion, SamplingMode};
use polars::prelude::{Column, DataFrame, DataType, NamedFrom as _, Series, TimeUnit};
use std::cell::LazyCell;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;
use touchstone::engine::artifact::{ColumnType, ContentHash, Role};
use touchstone::engine::audit::row_view::{RowQuery, RowSort};
use touchstone::engine::ingest::{ColumnInfo, Dataset};
use touchstone::engine::progress::Progress;
use touchstone::gui::state::audit::AuditedLog;
use touchstone::gui::theme;
use touchstone::gui::widgets::{self, BigScroll, BigTable};

const ROWS: usize = 10_000_000;
/// 2019-10-01, the log's first second.
const START: u64 = 1_569_888_000;
const MONTH_SECS: u64 = 31 * 86_400;
const USERS: u64 = 1_500_000;
const ITEMS: u64 = 200_000;
const QUERIES: u64 = 50_000;
const NAMES: [&str; 8] = ["user", "item", "event", "time", "price", "session", "query", "score"];

/// A number of row `row` that looks drawn by chance (SplitMix64).
fn mixed(row: usize, stream: u64) -> u64 {
    let mut z = (row as u64 ^ (stream << 40)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn series<T>(name: &str, rows: usize, value: impl Fn(usize) -> T) -> Series
where
    Series: polars::prelude::NamedFrom<Vec<T>, [T]>,
{
    Series::new(name.into(), (0..rows).map(value).collect::<Vec<T>>())
}

/// A log as large shops write it: identifiers of nineteen digits, prices in cents, sessions as UUIDs, and the scores of a
/// model, of which no two are equal.
fn log(rows: usize) -> AuditedLog {
    let events = ["view", "cart", "remove_from_cart", "purchase"];
    let times = series("time", rows, |row| {
        ((START + mixed(row, 3) % MONTH_SECS) * 1_000_000) as i64
    });
    let session = |row: usize| {
        let user = mixed(row, 0) % USERS * 4 + mixed(row, 7) % 4;
        let (a, b) = (mixed(user as usize, 8), mixed(user as usize, 9));
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            a >> 32,
            a >> 16 & 0xffff,
            a & 0xffff,
            b >> 48,
            b & 0xffff_ffff_ffff
        )
    };
    let columns: Vec<(Series, ColumnType)> = vec![
        (
            series("user", rows, |row| 500_000_000 + (mixed(row, 0) % USERS) as i64),
            ColumnType::Integer,
        ),
        (
            series("item", rows, |row| {
                2_053_013_555_069_845_885 + (mixed(row, 1) % ITEMS * 7_919) as i64
            }),
            ColumnType::Integer,
        ),
        (
            series("event", rows, |row| events[(mixed(row, 2) % 4) as usize]),
            ColumnType::Text,
        ),
        (
            times
                .cast(&DataType::Datetime(TimeUnit::Microseconds, None))
                .expect("times"),
            ColumnType::Time,
        ),
        (
            series("price", rows, |row| (mixed(row, 4) % 250_000) as f64 / 100.0),
            ColumnType::Float,
        ),
        (series("session", rows, session), ColumnType::Text),
        (
            series("query", rows, |row| format!("green tea {:05}", mixed(row, 6) % QUERIES)),
            ColumnType::Text,
        ),
        (
            series("score", rows, |row| (mixed(row, 5) >> 11) as f64 / (1_u64 << 53) as f64),
            ColumnType::Float,
        ),
    ];
    let infos = columns
        .iter()
        .map(|(column, dtype)| ColumnInfo::new(column.name(), *dtype, Role::Other))
        .collect();
    let columns: Vec<Column> = columns.into_iter().map(|(column, _)| column.into()).collect();
    let frame = DataFrame::new_infer_height(columns).expect("columns of one length");
    let data = Dataset::from_frame("rows", frame, infos, ContentHash::of_bytes(b"rows"));
    AuditedLog::new(Arc::new(data)).expect("a readable log")
}

/// Prepares the columns, which the window does beside other work once a log is audited.
#[allow(clippy::print_stdout)]
fn index(log: &AuditedLog) {
    let started = std::time::Instant::now();
    log.prepare(usize::MAX, &Progress::new()).expect("not cancelled");
    let (took, bytes) = (started.elapsed(), log.index().bytes());
    println!("columns prepared in {took:.1?}, {:.0} MB", bytes as f64 / 1e6);
}

/// Every heading pressed in both directions, and texts typed for one column and for any.
fn questions() -> Vec<(String, RowQuery)> {
    let mut questions = Vec::new();
    for (column, name) in NAMES.into_iter().enumerate() {
        for (descending, how) in [(false, "rising"), (true, "falling")] {
            let query = RowQuery {
                sort: Some(RowSort { column, descending }),
                ..RowQuery::default()
            };
            questions.push((format!("order by {name}, {how}"), query));
        }
    }
    for (name, column, text) in [
        ("event", Some(2), "purch"),
        ("session", Some(5), "00ff"),
        ("query", Some(6), "Tea 0123"),
        ("item", Some(1), "4588"),
        ("price", Some(4), "99.9"),
        ("time", Some(3), "10-02T11"),
        ("score", Some(7), "4588"),
        ("any column", None, "purch"),
        ("any column, digits", None, "4588"),
        ("any column, a letter", None, "e"),
        ("any column, a digit", None, "4"),
    ] {
        let query = RowQuery {
            sort: None,
            text: text.to_owned(),
            column,
        };
        questions.push((format!("filter {name}"), query));
    }
    let both = RowQuery {
        sort: Some(RowSort {
            column: 5,
            descending: true,
        }),
        text: "4".to_owned(),
        column: Some(7),
    };
    questions.push(("filter score for a digit and order by session".to_owned(), both));
    questions
}

fn ordered_and_filtered(criterion: &mut Criterion, log: &AuditedLog, rows: &[u32]) {
    let mut group = criterion.benchmark_group("rows");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(4));
    for (name, query) in questions() {
        group.bench_function(name, |bencher| {
            bencher.iter(|| black_box(log.arrange(rows, &query, &Progress::new())))
        });
    }
    group.finish();
}

/// What all threads of this program have run so far (Linux: proc(5), `schedstat`).
fn cpu() -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let run = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok());
    let nanos = run.filter_map(|told| told.split(' ').next()?.parse::<u64>().ok());
    Duration::from_nanos(nanos.sum())
}

/// The processor's time instead of the clock's, for a machine that does other work as well.
#[allow(clippy::print_stdout)]
fn cpu_times(log: &AuditedLog, rows: &[u32]) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u32;
    for (name, query) in questions() {
        black_box(log.arrange(rows, &query, &Progress::new())).expect("not cancelled");
        let before = cpu();
        for _ in 0..3 {
            black_box(log.arrange(rows, &query, &Progress::new())).expect("not cancelled");
        }
        println!("{name:<50} {:>8.1?}", (cpu() - before) / 3 / threads);
    }
    let mut table = Table::new(rows);
    (0..30).for_each(|_| drop(black_box(table.draw(log, rows))));
    let before = cpu();
    (0..200).for_each(|_| drop(black_box(table.draw(log, rows))));
    println!("{:<50} {:>8.2?} of one thread", "frame", (cpu() - before) / 200);
}

/// The table in the middle of the rows.
struct Table {
    context: egui::Context,
    columns: Vec<widgets::Column>,
    scroll: BigScroll,
}

impl Table {
    fn new(rows: &[u32]) -> Self {
        let context = egui::Context::default();
        theme::install(&context);
        Self {
            context,
            columns: std::iter::once(widgets::Column::right("line", 80.0))
                .chain(NAMES.map(|name| widgets::Column::left(name, 130.0)))
                .collect(),
            scroll: BigScroll {
                top: rows.len() as f64 / 2.0,
            },
        }
    }

    /// A frame, scrolled a little each time, up to its triangles.
    fn draw(&mut self, log: &AuditedLog, rows: &[u32]) -> Vec<egui::ClippedPrimitive> {
        self.scroll.top += 3.0;
        let screen = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(1440.0, 900.0));
        let input = egui::RawInput {
            screen_rect: Some(screen),
            ..egui::RawInput::default()
        };
        let mut output = self.context.run_ui(input, |ui| {
            let table = BigTable {
                id: "rows",
                columns: &self.columns,
                rows: rows.len(),
                height: 860.0,
                sorted: None,
                sortable_from: 1,
                bar_name: "rows",
            };
            widgets::big_table(ui, &mut self.scroll, &table, |row, place| {
                let index = rows[place];
                row.col(|ui| widgets::cell_right(ui, &log.line(index).to_string(), theme::palette(ui).text));
                for column in 0..NAMES.len() {
                    let value = log.value(index, column).to_string();
                    row.col(|ui| widgets::cell(ui, &value, theme::palette(ui).text));
                }
            });
        });
        let shapes = std::mem::take(&mut output.shapes);
        let pixels_per_point = output.pixels_per_point;
        output.drop_without_applying_deltas();
        self.context.tessellate(shapes, pixels_per_point)
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let count = std::env::var("ROWS")
        .ok()
        .and_then(|rows| rows.parse().ok())
        .unwrap_or(ROWS);
    let log = LazyCell::new(|| log(count));
    let rows: Vec<u32> = (0..count as u32).collect();
    if !std::env::args().any(|arg| arg == "frame") {
        index(&log);
    }
    if std::env::var_os("CPU").is_some() {
        return cpu_times(&log, &rows);
    }
    ordered_and_filtered(&mut criterion, &log, &rows);
    let mut table = Table::new(&rows);
    criterion.bench_function("rows/frame", |bencher| {
        bencher.iter(|| black_box(table.draw(&log, &rows)))
    });
    criterion.final_summary();
}
