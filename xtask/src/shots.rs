//! `shots`: pictures of the real window on a virtual screen, every page in both languages and themes.
//!
//! The program is started once a picture with `--page`, `--lang` and `--theme`. It writes the file
//! named in `TOUCHSTONE_READY_FILE` once the page is drawn with its data; then the picture is taken.

use crate::display::VirtualDisplay;
use crate::failure::{Context as _, Failure, Result};
use crate::places::Places;
use crate::process::{self, find_program, with_libtorch};
use crate::run;
use crate::setup::{self, Needs};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// In the order of the flow.
const PAGES: [&str; 12] = [
    "welcome",
    "data",
    "audit",
    "rules",
    "recipe",
    "features",
    "train",
    "evaluate",
    "compare",
    "experiments",
    "lineage",
    "settings",
];
const LANGUAGES: [&str; 2] = ["en", "zh"];
const THEMES: [&str; 2] = ["dark", "light"];

/// The rules of the sample project; some of them are broken by what is planted in its log.
const RULES: &str = include_str!("shots_rules.toml");

/// Logs that the sample project audited before its own: seed and name.
const EARLIER_LOADS: [(&str, &str); 3] = [
    ("21", "events-july"),
    ("22", "events-august"),
    ("23", "events-september"),
];

/// How long a page may take to be drawn with its data.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// Lets the last frame reach the screen.
const SETTLE: Duration = Duration::from_millis(200);

#[derive(Debug, Default, PartialEq)]
struct Options {
    out: Option<PathBuf>,
    project: Option<PathBuf>,
    large: bool,
    only: Option<String>,
}

impl Options {
    fn parse(words: &[String]) -> Result<Self> {
        let mut options = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || {
                words
                    .next()
                    .cloned()
                    .ok_or_else(|| Failure::new(format!("{word} takes a value")))
            };
            match word.as_str() {
                "--out" => options.out = Some(value()?.into()),
                "--project" => options.project = Some(value()?.into()),
                "--only" => options.only = Some(value()?),
                "--large" => options.large = true,
                other => return Err(Failure::new(format!("shots has no option `{other}`"))),
            }
        }
        Ok(options)
    }
}

/// One picture.
#[derive(Clone, Copy, Debug)]
struct Shot {
    page: &'static str,
    language: &'static str,
    theme: &'static str,
}

impl Shot {
    fn all() -> impl Iterator<Item = Self> {
        PAGES.into_iter().flat_map(|page| {
            LANGUAGES
                .into_iter()
                .flat_map(move |language| THEMES.into_iter().map(move |theme| Self { page, language, theme }))
        })
    }

    /// `data-zh-dark`.
    fn name(&self) -> String {
        format!("{}-{}-{}", self.page, self.language, self.theme)
    }
}

pub fn run(places: &Places, words: &[String]) -> Result<ExitCode> {
    let options = Options::parse(words)?;
    setup::ensure(places, Needs::Test)?;
    run::build(places)?;
    let work = places.target.join("shots");
    fs::create_dir_all(&work).context(|| format!("cannot make {}", work.display()))?;
    let project = match &options.project {
        Some(folder) => folder.clone(),
        None => sample_project(places, &work)?,
    };
    let out = options.out.unwrap_or_else(|| places.repository.join("shots"));
    fs::create_dir_all(&out).context(|| format!("cannot make {}", out.display()))?;
    let size = if options.large { (1920, 1080) } else { (1440, 900) };
    let studio = Studio {
        places,
        project,
        work,
        size,
    };
    let mut failed = Vec::new();
    for shot in Shot::all() {
        let wanted = options
            .only
            .as_ref()
            .is_none_or(|text| shot.name().contains(text.as_str()));
        if wanted && let Err(failure) = studio.take(shot, &out.join(format!("{}.png", shot.name()))) {
            eprintln!("{}: {failure}", shot.name());
            failed.push(shot.name());
        }
    }
    if failed.is_empty() {
        println!("The pictures are in {}", out.display());
        Ok(ExitCode::SUCCESS)
    } else {
        Err(Failure::new(format!("no picture of {}", failed.join(", "))))
    }
}

/// A sample project with every stage done; made once for each build of the program.
fn sample_project(places: &Places, work: &Path) -> Result<PathBuf> {
    let project = work.join("project");
    let done = work.join("project.done");
    let modified = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    if project.is_dir() && modified(&done) > modified(&places.program()) {
        return Ok(project);
    }
    println!("Making the sample project and running the whole flow on it");
    if project.exists() {
        fs::remove_dir_all(&project).context(|| format!("cannot remove {}", project.display()))?;
    }
    let program = || {
        let mut command = Command::new(places.program());
        with_libtorch(&mut command, places);
        command
    };
    process::run(program().arg("sample").arg(&project))?;
    let rules = project.join("rules.toml");
    fs::write(&rules, RULES).context(|| format!("cannot write {}", rules.display()))?;
    // The project takes its own log before it is shown the earlier ones.
    process::run(program().arg("flow").arg(&project).args(["--until", "data"]))?;
    for (seed, name) in EARLIER_LOADS {
        earlier_load(&program, &project, (seed, &work.join(name)))?;
    }
    process::run(program().arg("flow").arg(&project))?;
    fs::write(&done, "").context(|| format!("cannot write {}", done.display()))?;
    Ok(project)
}

/// Audits another shop's log in the project, so that rules and scores have a history.
fn earlier_load(program: &impl Fn() -> Command, project: &Path, (seed, folder): (&str, &Path)) -> Result<()> {
    let shop = ["--rows", "9000", "--seed", seed];
    process::run(program().arg("sample").arg(folder).args(shop))?;
    let name = folder.file_name().unwrap_or_default();
    let log = folder.join(name).with_extension("csv");
    fs::rename(folder.join("events.csv"), &log).context(|| format!("cannot name {}", log.display()))?;
    let mut audit = program();
    audit.arg("audit").arg(log).arg("--items").arg(folder.join("items.csv"));
    process::run(audit.arg("--project").arg(project))
}

struct Studio<'a> {
    places: &'a Places,
    project: PathBuf,
    work: PathBuf,
    size: (u32, u32),
}

impl Studio<'_> {
    /// Opens the window on a screen of its own, waits for the page and takes the picture.
    fn take(&self, shot: Shot, picture: &Path) -> Result<()> {
        let display = VirtualDisplay::start(self.size)?;
        let ready = self.work.join("ready");
        if ready.exists() {
            fs::remove_file(&ready).context(|| format!("cannot remove {}", ready.display()))?;
        }
        let mut window = Window(self.open(shot, &display, &ready)?);
        window.wait_for(&ready)?;
        sleep(SETTLE);
        photograph(&display, picture)?;
        println!("{}", picture.display());
        Ok(())
    }

    fn open(&self, shot: Shot, display: &VirtualDisplay, ready: &Path) -> Result<Child> {
        let mut command = Command::new(self.places.program());
        with_libtorch(&mut command, self.places);
        display.lend_to(&mut command);
        // The welcome page is what stands there without a project.
        if shot.page != "welcome" {
            command.arg(&self.project);
        }
        let size = format!("{}x{}", self.size.0, self.size.1);
        command.args([
            "--page",
            shot.page,
            "--lang",
            shot.language,
            "--theme",
            shot.theme,
            "--size",
            &size,
        ]);
        // Nothing remembered of earlier windows, and nothing left behind.
        command
            .env("TOUCHSTONE_READY_FILE", ready)
            .env("XDG_DATA_HOME", self.work.join("data"));
        command.env("XDG_CONFIG_HOME", self.work.join("config"));
        let child = command.stdin(Stdio::null()).spawn();
        child.context(|| format!("cannot start {}", self.places.program().display()))
    }
}

/// The running program; it ends when this is dropped.
struct Window(Child);

impl Window {
    fn wait_for(&mut self, ready: &Path) -> Result<()> {
        let started = Instant::now();
        while !ready.exists() {
            if let Some(status) = self.0.try_wait().context(|| "cannot watch the window".to_owned())? {
                return Err(Failure::new(format!(
                    "the window closed before the page was ready ({status})"
                )));
            }
            if started.elapsed() > READY_WITHIN {
                return Err(Failure::new(format!(
                    "the page was not ready within {} s",
                    READY_WITHIN.as_secs()
                )));
            }
            sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if self.0.kill().and_then(|()| self.0.wait()).is_err() {
            eprintln!("warning: the window could not be closed");
        }
    }
}

/// Writes what the screen shows, with ImageMagick or, where it has no `import`, with xwd.
fn photograph(display: &VirtualDisplay, picture: &Path) -> Result<()> {
    if find_program("import").is_some() {
        let mut import = Command::new("import");
        return process::run(
            import
                .args(["-display", display.name(), "-window", "root"])
                .arg(picture),
        );
    }
    let dump = picture.with_extension("xwd");
    let mut xwd = Command::new("xwd");
    process::run(
        xwd.args(["-silent", "-root", "-display", display.name(), "-out"])
            .arg(&dump),
    )?;
    process::run(Command::new("convert").arg(&dump).arg(picture))?;
    fs::remove_file(&dump).context(|| format!("cannot remove {}", dump.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_in_both_languages_and_themes() {
        let names: Vec<String> = Shot::all().map(|shot| shot.name()).collect();
        assert_eq!(names.len(), 48);
        assert!(names.contains(&"experiments-zh-light".to_owned()));
        let mut distinct = names.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), names.len());
    }

    #[test]
    fn options_are_read_and_wrong_ones_refused() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let options = Options::parse(&words("--large --only data-zh --out pictures")).expect("correct options");
        assert!(options.large);
        assert_eq!(options.only.as_deref(), Some("data-zh"));
        assert_eq!(options.out.as_deref(), Some(Path::new("pictures")));
        assert!(Options::parse(&words("--only")).is_err());
        assert!(Options::parse(&words("--huge")).is_err());
    }
}
