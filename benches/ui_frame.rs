//! UI CPU time of a frame of each page: logic, layout and tessellation of the real application without a screen,
//! on a project of a million rows with every stage done, while the pointer moves over the page.
//!
//! Fails when the median frame of a page takes longer than the budget.

mod base_model;
mod sample;

use base_model::{Size, write_model};
use criterion::Criterion;
use eframe::App as _;
use sample::Shop;
use std::cell::{LazyCell, RefCell};
use std::path::Path;
use std::process::{Command as Process, ExitCode, Stdio};
use std::time::{Duration, Instant};
use touchstone::engine::project::Project;
use touchstone::engine::run::config::{DeviceChoice, TrainConfig};
use touchstone::gui::LaunchOptions;
use touchstone::gui::app::App;
use touchstone::gui::command::Command;
use touchstone::gui::pages::Page;

const ROWS: u64 = 1_000_000;
const SIZE: egui::Vec2 = egui::vec2(1440.0, 900.0);
/// A frame at 60 a second.
const BUDGET: Duration = Duration::from_millis(16);
/// Frames that the budget is checked on.
const FRAMES: usize = 121;
const LOADED_WITHIN: Duration = Duration::from_secs(180);

const TINY: Size = Size {
    hidden: 32,
    inner: 64,
    layers: 2,
    heads: 4,
    positions: 128,
    width: 0.35,
};

const PAGES: [(&str, Page); 12] = [
    ("welcome", Page::Welcome),
    ("data", Page::Data),
    ("audit", Page::Audit),
    ("rules", Page::Rules),
    ("recipe", Page::Recipe),
    ("features", Page::Features),
    ("train", Page::Train),
    ("evaluate", Page::Evaluate),
    ("compare", Page::Compare),
    ("experiments", Page::Experiments),
    ("lineage", Page::Lineage),
    ("settings", Page::Settings),
];

/// The application with nothing between it and the toolkit.
struct Window {
    context: egui::Context,
    app: App,
    frame: eframe::Frame,
    frames: u32,
}

impl Window {
    fn open(project: &Path) -> Self {
        let context = egui::Context::default();
        let options = LaunchOptions {
            project: Some(project.to_owned()),
            page: Some(Page::Data),
            ..LaunchOptions::default()
        };
        let creation = eframe::CreationContext::_new_kittest(context.clone());
        let app = App::new(&creation, options).expect("the application starts");
        Self {
            context,
            app,
            frame: eframe::Frame::_new_kittest(),
            frames: 0,
        }
    }

    /// One frame with the pointer somewhere else than before, all the way to triangles.
    fn draw(&mut self) -> Vec<egui::ClippedPrimitive> {
        self.frames += 1;
        let turn = self.frames as f32;
        let place = egui::vec2(0.5 + 0.49 * (turn * 0.037).sin(), 0.5 + 0.49 * (turn * 0.053).cos());
        let input = egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, SIZE)),
            time: Some(f64::from(self.frames) / 60.0),
            predicted_dt: 1.0 / 60.0,
            events: vec![egui::Event::PointerMoved((place * SIZE).to_pos2())],
            ..egui::RawInput::default()
        };
        let Self {
            context, app, frame, ..
        } = self;
        let mut output = context.run_ui(input, |ui| {
            app.logic(&ui.ctx().clone(), frame);
            app.ui(ui, frame);
        });
        let shapes = std::mem::take(&mut output.shapes);
        let pixels_per_point = output.pixels_per_point;
        output.drop_without_applying_deltas();
        context.tessellate(shapes, pixels_per_point)
    }

    /// Draws until every stage shows what the project holds of it.
    fn load(&mut self) {
        self.wait("loaded", |app| {
            let state = &app.state;
            state.data.dataset.ready().is_some()
                && state.audit.report.ready().is_some()
                && state.features.set.ready().is_some()
                && !state.train.runs.runs.is_empty()
                && state.evaluate.evaluations.ready().is_some()
                && state.compare.comparison.ready().is_some()
                && state.experiments.report.ready().is_some()
        });
    }

    /// Shows a page and draws until what it asked for is there.
    fn show(&mut self, page: Page) {
        self.app.send(Command::Go(page));
        for _ in 0..10 {
            self.draw();
        }
        self.wait("at rest", |app| {
            let state = &app.state;
            !(state.recipe.preview.is_loading() || state.features.outline.is_loading() || state.data.items.is_loading())
        });
        for _ in 0..10 {
            self.draw();
        }
        assert_eq!(self.app.state.settings.page, page);
    }

    fn wait(&mut self, what: &str, is_so: impl Fn(&App) -> bool) {
        let deadline = Instant::now() + LOADED_WITHIN;
        while !is_so(&self.app) {
            assert!(Instant::now() < deadline, "not {what} within {LOADED_WITHIN:?}");
            self.draw();
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// The shop with every stage done by the program itself, with a tiny model: the pages show its artefacts, not its weights.
fn flow_project() -> Shop {
    let shop = Shop::of_project(ROWS);
    let items = std::fs::read_to_string(shop.path("items.csv")).expect("the items");
    write_model(&shop.path("base"), TINY, items.split([',', '\n']));
    let project = Project::open(shop.folder()).expect("a project");
    let training = TrainConfig {
        base_model: shop.path("base").display().to_string(),
        max_length: 32,
        max_steps: Some(200),
        device: DeviceChoice::Cpu,
        ..TrainConfig::default()
    };
    project.set_setting("train", &training).expect("a writable project");
    drop(project);
    let mut program = Process::new(env!("CARGO_BIN_EXE_touchstone"));
    let ended = program.arg("flow").arg(shop.folder()).stdout(Stdio::null()).status();
    assert!(ended.expect("the program starts").success(), "the flow failed");
    shop
}

/// A page and how long its frames took, in order of time.
type FrameTimes = (&'static str, Vec<Duration>);

fn bench_pages(criterion: &mut Criterion) -> Vec<FrameTimes> {
    let shop = LazyCell::new(flow_project);
    let window = LazyCell::new(|| {
        let mut window = Window::open(shop.folder());
        window.load();
        RefCell::new(window)
    });
    let mut measured: Vec<FrameTimes> = Vec::new();
    let mut group = criterion.benchmark_group("ui_frame");
    group
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3));
    for (name, page) in PAGES {
        group.bench_function(name, |bencher| {
            let mut window = window.borrow_mut();
            if measured.last().is_none_or(|(last, _)| *last != name) {
                window.show(page);
                measured.push((name, frame_times(&mut window)));
            }
            bencher.iter(|| window.draw());
        });
    }
    group.finish();
    measured
}

fn frame_times(window: &mut Window) -> Vec<Duration> {
    let mut times: Vec<Duration> = (0..FRAMES)
        .map(|_| {
            let started = Instant::now();
            std::hint::black_box(window.draw());
            started.elapsed()
        })
        .collect();
    times.sort_unstable();
    times
}

// A bench's result is what it prints.
#[allow(clippy::print_stdout)]
fn main() -> ExitCode {
    let mut criterion = Criterion::default().configure_from_args();
    let measured = bench_pages(&mut criterion);
    criterion.final_summary();
    let mut code = ExitCode::SUCCESS;
    for (page, times) in measured {
        let [median, p95] = [FRAMES / 2, FRAMES * 95 / 100].map(|at| times[at]);
        let verdict = if median <= BUDGET { "within" } else { "OVER" };
        println!("{page:<12} median {median:>10.1?}  95 % below {p95:>10.1?}  {verdict} the {BUDGET:?} of a frame");
        if median > BUDGET {
            code = ExitCode::FAILURE;
        }
    }
    code
}
