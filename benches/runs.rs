//! Many runs in the window: how soon 300 runs of 30 curves of 5,000 points are listed, and how long a frame takes while
//! all of them are panned in one plot: layout and tessellation, without what the graphics card does.
//!
//! The folders are generated: one event log, written as a worker writes it, copied to every run. The first reading of a
//! log, which makes its digest, is timed on one run; listing is timed with digests, as after the first day.

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use touchstone::engine::project::Project;
use touchstone::engine::run::config::TrainConfig;
use touchstone::engine::run::event::EventBody;
use touchstone::engine::run::log::EventWriter;
use touchstone::engine::run::watch::RunWatch;
use touchstone::engine::run::{RunDir, digest, now_ms};
use touchstone::gui::LaunchOptions;
use touchstone::gui::app::App;
use touchstone::gui::command::Command;
use touchstone::gui::pages::Page;
use touchstone::gui::runs::{Follower, RunList};
use touchstone::gui::settings::Language;

const RUNS: usize = 300;
const POINTS: u64 = 5_000;
/// Beside the seven numbers of each train step.
const METRICS: usize = 23;
const OPENED_WITHIN: Duration = Duration::from_secs(1);
const FRAME: Duration = Duration::from_millis(16);
const FRAMES: usize = 60;

fn main() -> ExitCode {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder for the runs");
    let runs = generate(folder.path());
    let opened = open_all(&runs);
    let frames = pan_all(folder.path());
    report("300 runs listed", opened, OPENED_WITHIN);
    report("frame while panning, median", frames[FRAMES / 2], FRAME);
    report("frame while panning, 95 of 100", frames[FRAMES * 95 / 100], FRAME);
    report("frame while panning, slowest", frames[FRAMES - 1], FRAME);
    if opened <= OPENED_WITHIN && frames[FRAMES * 95 / 100] <= FRAME {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

// A bench's result is what it prints.
#[allow(clippy::print_stdout)]
fn report(what: &str, took: Duration, budget: Duration) {
    let verdict = if took <= budget { "within" } else { "OVER" };
    println!("{what:<32} {took:>10.1?}  {verdict} {budget:?}");
}

/// A project with its runs; each has a digest.
#[allow(clippy::print_stdout)]
fn generate(project: &Path) -> PathBuf {
    drop(Project::open(project).expect("project"));
    let runs = project.join("runs");
    let first = RunDir::create(&runs, "2026-11-30", &TrainConfig::default()).expect("create");
    write_log(&first);
    let started = Instant::now();
    let mut watch = RunWatch::open(first.clone()).expect("open");
    watch.catch_up(now_ms()).expect("read");
    let read = started.elapsed();
    digest::write(&first, watch.view()).expect("digest");
    let bytes = std::fs::metadata(first.events_path()).expect("log").len();
    println!("first reading of a log of {:.1} MB: {read:.1?}", bytes as f64 / 1e6);
    for number in 1..RUNS {
        let config = TrainConfig {
            learning_rate: 1e-5 * number as f64,
            ..TrainConfig::default()
        };
        let run = RunDir::create(&runs, "2026-11-30", &config).expect("create");
        for file in ["events.jsonl", "digest.bin"] {
            std::fs::copy(first.path().join(file), run.path().join(file)).expect("copy");
        }
    }
    runs
}

fn write_log(run: &RunDir) {
    let mut writer = EventWriter::open(&run.events_path()).expect("log");
    for step in 1..=POINTS {
        let noise = ((step * 2_654_435_761) % 1000) as f64 / 1000.0;
        let train = EventBody::Train {
            loss: 1.0 / (step as f64).sqrt() + 0.1 * noise,
            learning_rate: 2e-4 * (1.0 - step as f64 / POINTS as f64),
            grad_norm: 1.0 + noise,
            epoch: step as f64 / 1000.0,
            samples_per_sec: 100.0 + noise,
            tokens_per_sec: 2000.0 + noise,
            padding_share: 0.0,
            rss_bytes: 1 << 30,
        };
        writer.write_at(step * 250, step, train).expect("write");
        let metrics: BTreeMap<String, f64> = (0..METRICS)
            .map(|n| (format!("metric_{n}"), noise * n as f64 / 100.0))
            .chain([("auc".to_owned(), 0.5 + noise / 2.0)])
            .collect();
        let evaluated = EventBody::Evaluated {
            metrics,
            best: step == POINTS / 2,
            samples: Vec::new(),
        };
        writer.write_at(step * 250 + 1, step, evaluated).expect("write");
    }
    let stopped = EventBody::Stopped {
        reason: "asked".to_owned(),
    };
    writer.write(POINTS, stopped).expect("write");
}

/// Until the window's list holds every run with its curves; the quickest of three.
fn open_all(runs: &Path) -> Duration {
    let once = || {
        let started = Instant::now();
        let mut follower = Follower::new(runs.to_owned());
        let mut list: Option<std::sync::Arc<RunList>> = None;
        while list
            .as_ref()
            .is_none_or(|list| list.runs.iter().any(|run| !run.is_complete))
        {
            list = follower.look(Instant::now(), now_ms()).or(list);
        }
        let took = started.elapsed();
        assert_eq!(list.map_or(0, |list| list.runs.len()), RUNS);
        took
    };
    (0..3).map(|_| once()).min().unwrap_or(Duration::MAX)
}

/// Frames of the page with all runs in one plot while it is dragged, from input to triangles, the quickest first.
fn pan_all(project: &Path) -> Vec<Duration> {
    let options = LaunchOptions {
        project: Some(project.to_owned()),
        page: Some(Page::Train),
        language: Some(Language::English),
        ..LaunchOptions::default()
    };
    let mut window = Harness::builder()
        .with_size([1440.0, 900.0])
        .with_step_dt(1.0 / 60.0)
        .with_context_setup(touchstone::gui::theme::install)
        .build_eframe(|cc| App::new(cc, options).expect("the application"));
    let until = Instant::now() + Duration::from_secs(60);
    while window.query_by_label("All runs").is_none() {
        assert!(Instant::now() < until, "the runs are not listed");
        window.step();
        std::thread::sleep(Duration::from_millis(10));
    }
    window.state().send(Command::Go(Page::Train));
    press(&mut window, "All runs");
    press(&mut window, "Choose all listed");
    let plot = egui::pos2(820.0, 690.0);
    window.drag_at(plot);
    window.step();
    let mut times = Vec::with_capacity(FRAMES);
    for frame in 0..FRAMES {
        let at = plot + egui::vec2(if frame % 2 == 0 { 40.0 } else { -40.0 }, 0.0);
        window.hover_at(at);
        let started = Instant::now();
        window.step();
        let laid_out = started.elapsed();
        // The window hands its shapes over; only the harness keeps them.
        let shapes = window.output().shapes.clone();
        let started = Instant::now();
        std::hint::black_box(window.ctx.tessellate(shapes, 1.0));
        times.push(laid_out + started.elapsed());
    }
    window.drop_at(plot);
    times.sort_unstable();
    times
}

fn press(window: &mut Harness<'_, App>, label: &str) {
    window.get_by_label(label).click();
    for _ in 0..4 {
        window.step();
        std::thread::sleep(Duration::from_millis(20));
    }
}
