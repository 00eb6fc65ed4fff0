//! Who may name whom: the layers, the order of the stages, and the pages.

use super::paths::{Named, PathFinder};
use super::rules::{Violation, violation};
use super::source::Source;
use regex::Regex;

/// Folders and files of `src/engine` that every stage may use.
const FOUNDATIONS: [&str; 7] = [
    "artifact",
    "memory",
    "progress",
    "project",
    "random",
    "run",
    "torch_program",
];

/// What may not be named in some files.
struct Forbidden {
    /// Paths, of this package or of other crates.
    paths: &'static [&'static str],
    is_own: bool,
    why: &'static str,
    /// True for the files the rule is about, given the path below the repository.
    applies: fn(&str) -> bool,
}

const FORBIDDEN: [Forbidden; 10] = [
    Forbidden {
        paths: &[
            "egui",
            "eframe",
            "egui_plot",
            "egui_extras",
            "egui_system_font_provider",
            "rfd",
        ],
        is_own: false,
        why: "only gui names the window toolkit",
        applies: |path| !path.starts_with("src/gui/"),
    },
    Forbidden {
        paths: &["clap"],
        is_own: false,
        why: "only cli parses arguments",
        applies: |path| !path.starts_with("src/cli/"),
    },
    Forbidden {
        paths: &["anyhow"],
        is_own: false,
        why: "the engine's errors are typed; anyhow is for cli and gui",
        applies: |path| path.starts_with("src/engine/"),
    },
    Forbidden {
        paths: &["gui", "cli"],
        is_own: true,
        why: "the engine knows neither the window nor the command line",
        applies: |path| path.starts_with("src/engine/"),
    },
    Forbidden {
        paths: &["cli"],
        is_own: true,
        why: "the window calls the engine, not the command line",
        applies: |path| path.starts_with("src/gui/"),
    },
    Forbidden {
        paths: &["gui"],
        is_own: true,
        why: "the command line names the window only to open it, in cli/window.rs",
        applies: |path| path.starts_with("src/cli/") && path != "src/cli/window.rs",
    },
    Forbidden {
        paths: &["tch", "torch_sys"],
        is_own: false,
        why: "libtorch is used in engine/train, engine/infer and engine/doctor/cuda.rs only",
        applies: |path| {
            let places = ["src/engine/train/", "src/engine/infer/", "src/engine/doctor/cuda.rs"];
            !places.iter().any(|place| path.starts_with(place))
        },
    },
    Forbidden {
        paths: &["polars", "polars_arrow"],
        is_own: false,
        why: "any machine must be able to open any run: run needs no table library",
        applies: |path| path.starts_with("src/engine/run/"),
    },
    Forbidden {
        paths: &["polars", "polars_arrow"],
        is_own: false,
        why: "the command line hands tables to the engine, the window shows what it made of them",
        applies: |path| path.starts_with("src/gui/"),
    },
    Forbidden {
        paths: &["rusqlite", "std::fs", "std::process", "std::net", "std::thread"],
        is_own: false,
        why: "a page reads the state and sends commands; tables, files and processes are for jobs",
        applies: |path| path.starts_with("src/gui/pages/") || path.starts_with("src/gui/widgets/"),
    },
];

/// Checks every path that a source names.
pub struct Layers {
    finder: PathFinder,
    /// In the order of `src/engine/mod.rs`.
    stages: Vec<String>,
    /// As declared in `src/gui/pages/mod.rs`.
    pages: Vec<String>,
}

impl Layers {
    pub fn new(sources: &[Source]) -> Self {
        let declared = Regex::new(r"pub mod (\w+);").expect("a correct pattern");
        let modules = |path: &str| {
            let list = sources.iter().filter(move |source| source.path == path);
            list.flat_map(|source| declared.captures_iter(&source.code))
                .map(|found| found[1].to_owned())
                .collect()
        };
        Self {
            finder: PathFinder::new(),
            stages: modules("src/engine/mod.rs"),
            pages: modules("src/gui/pages/mod.rs"),
        }
    }

    pub fn check(&self, source: &Source, found: &mut Vec<Violation>) {
        let module = source.module();
        if !matches!(module.first(), None | Some(&("engine" | "cli" | "gui"))) {
            let what = "belongs to no layer: there are engine, cli and gui".to_owned();
            found.push(violation(source, 0, what));
        }
        if let ["engine", own, ..] = module.as_slice()
            && self.place(own).is_none()
        {
            let what = format!("`{own}` is not listed in src/engine/mod.rs");
            found.push(violation(source, 0, what));
        }
        for named in self.finder.paths(source) {
            let whys = [
                forbidden(source, &named),
                self.stage(&module, &named),
                self.page(&module, &named),
            ];
            for why in whys.into_iter().flatten() {
                let what = format!("`{}`: {why}", named.path);
                found.push(violation(source, named.position, what));
            }
        }
    }

    fn place(&self, stage: &str) -> Option<usize> {
        self.stages.iter().position(|known| known == stage)
    }

    /// A stage names only stages before it and the foundations; a foundation names only foundations.
    fn stage(&self, module: &[&str], named: &Named) -> Option<String> {
        let (["engine", own, ..], Some("engine"), Some(used)) = (module, named.part(0), named.part(1)) else {
            return None;
        };
        if !named.is_own || own == &used || FOUNDATIONS.contains(&used) {
            return None;
        }
        let (own_place, place) = (self.place(own)?, self.place(used)?);
        let is_foundation = FOUNDATIONS.contains(own);
        (is_foundation || place > own_place)
            .then(|| format!("{own} comes before {used} in the flow and must not use it"))
    }

    /// A page names no other page.
    fn page(&self, module: &[&str], named: &Named) -> Option<String> {
        let (["gui", "pages", own, ..], Some(used)) = (module, named.part(2)) else {
            return None;
        };
        let is_other =
            named.is_own && named.is_in("gui::pages") && own != &used && self.pages.iter().any(|p| p == used);
        is_other.then(|| format!("no page sees another page ({used}); share it through widgets or the state"))
    }
}

fn forbidden(source: &Source, named: &Named) -> Option<String> {
    let rules = FORBIDDEN
        .iter()
        .filter(|rule| (rule.applies)(&source.path) && rule.is_own == named.is_own);
    let mut broken = rules.filter(|rule| rule.paths.iter().any(|path| named.is_in(path)));
    broken.next().map(|rule| rule.why.to_owned())
}
