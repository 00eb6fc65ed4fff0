//! What works on this machine, what does not, and how to mend it: libtorch, CUDA, processor, memory,
//! window, fonts, cache, base models.
//!
//! In: nothing but the machine. Out: a [`Diagnosis`]. Invariant: looking changes nothing, and every
//! check that is not [`State::Ok`] says how to mend it.

mod cuda;
pub mod libtorch;
mod machine;
mod native;
mod storage;
mod window;

pub use native::free_bytes as free_disk_bytes;

use crate::engine::artifact::Bilingual;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// How one thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Ok,
    /// It works, but worse than it could, or is about to fail.
    Warning,
    /// It is not there; what needs it does not work.
    Missing,
}

/// One line of the diagnosis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// Stable name, for programs: `libtorch`, `cuda`, `cpu`, …
    pub code: &'static str,
    pub state: State,
    pub title: Bilingual,
    /// What was found.
    pub found: Bilingual,
    /// What to do; absent when there is nothing to do.
    pub mend: Option<Bilingual>,
    /// The same as values, with units in the names.
    pub facts: BTreeMap<&'static str, Value>,
}

impl Check {
    fn new(code: &'static str, title: Bilingual, state: State, found: Bilingual) -> Self {
        Self {
            code,
            state,
            title,
            found,
            mend: None,
            facts: BTreeMap::new(),
        }
    }

    fn mend(mut self, en: impl Into<String>, zh: impl Into<String>) -> Self {
        self.mend = Some(Bilingual::new(en, zh));
        self
    }

    fn fact(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.facts.insert(name, value.into());
        self
    }
}

/// The whole answer, in a fixed order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnosis {
    pub tool_version: &'static str,
    /// `linux-x86_64`.
    pub platform: String,
    pub checks: Vec<Check>,
}

impl Diagnosis {
    /// The worst state of all checks.
    pub fn worst(&self) -> State {
        self.checks.iter().map(|check| check.state).max().unwrap_or(State::Ok)
    }
}

/// Looks at the machine. Takes some tens of milliseconds; never fails, absent things are findings.
pub fn diagnose() -> Diagnosis {
    let mut checks = vec![libtorch::check(), cuda::check()];
    checks.extend([machine::processor(), machine::memory()]);
    checks.extend([window::libraries(), window::screen(), window::fonts()]);
    checks.extend([storage::cache_folder(), storage::base_models()]);
    Diagnosis {
        tool_version: env!("CARGO_PKG_VERSION"),
        platform: format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH),
        checks,
    }
}

/// `12.3 GB` (decimal, as disks and memory are sold).
fn gigabytes(bytes: u64) -> String {
    format!("{:.1} GB", bytes as f64 / 1e9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_not_ok_says_how_to_mend_it_in_both_languages() {
        let diagnosis = diagnose();
        let codes: Vec<_> = diagnosis.checks.iter().map(|check| check.code).collect();
        let all = [
            "libtorch",
            "cuda",
            "cpu",
            "memory",
            "window_libraries",
            "screen",
            "fonts",
            "cache",
            "base_models",
        ];
        assert_eq!(codes, all);
        for check in &diagnosis.checks {
            assert!(check.state == State::Ok || check.mend.is_some(), "{}", check.code);
            let texts = [Some(&check.title), Some(&check.found), check.mend.as_ref()];
            for text in texts.into_iter().flatten() {
                assert!(!text.en.is_empty() && !text.zh.is_empty(), "{}", check.code);
            }
        }
    }

    #[test]
    fn json_has_the_states_as_words() {
        let check = Check::new("x", Bilingual::new("a", "b"), State::Missing, Bilingual::new("c", "d"));
        let json = serde_json::to_value(&check).expect("plain data");
        assert_eq!(json["state"], "missing");
        assert!(json["mend"].is_null());
    }

    #[test]
    fn the_worst_state_counts() {
        assert!(State::Missing > State::Warning && State::Warning > State::Ok);
    }
}
