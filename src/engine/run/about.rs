//! What people say of a run: a note, tags, and whether it is put away.
//!
//! Single writer: the owner (window or command line). It lies in the run folder (`about.json`), so that it travels
//! with it; a run without the file has nothing said of it.

use super::dir::{RunDir, write_atomic};
use super::error::RunError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The content of `about.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    pub note: String,
    pub tags: BTreeSet<String>,
    /// Not listed unless asked for.
    pub archived: bool,
}

impl About {
    /// A file that cannot be read says nothing; it is replaced by the next change.
    pub fn of(run: &RunDir) -> Self {
        let bytes = std::fs::read(run.about_path()).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// True if note or tags hold `text` (lower case).
    pub fn mentions(&self, text: &str) -> bool {
        self.note.to_lowercase().contains(text) || self.tags.iter().any(|tag| tag.to_lowercase().contains(text))
    }
}

/// Changes what is said of a run; returns what is said now.
pub fn change(run: &RunDir, edit: impl FnOnce(&mut About)) -> Result<About, RunError> {
    let mut about = About::of(run);
    edit(&mut about);
    about.tags = about.tags.iter().filter_map(|tag| tidy(tag)).collect();
    let path = run.about_path();
    let json = serde_json::to_vec_pretty(&about).map_err(|error| RunError::json(&path, &error))?;
    write_atomic(&path, &json)?;
    Ok(about)
}

/// A tag without commas and outer blanks; `None` for an empty one.
pub fn tidy(tag: &str) -> Option<String> {
    let words: Vec<&str> = tag
        .split([',', ' ', '\t', '\n'])
        .filter(|word| !word.is_empty())
        .collect();
    (!words.is_empty()).then(|| words.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::run::config::TrainConfig;

    #[test]
    fn what_is_said_is_kept_and_a_broken_file_says_nothing() {
        let folder = tempfile::tempdir().expect("temp dir");
        let run = RunDir::create_at(folder.path(), &TrainConfig::default()).expect("create");
        assert_eq!(About::of(&run), About::default());
        let said = change(&run, |about| {
            about.note = "Baseline of Monday".to_owned();
            about.tags = [" base line ", "keep", ""].map(str::to_owned).into();
        });
        assert_eq!(
            said.expect("change").tags,
            ["base-line", "keep"].map(str::to_owned).into()
        );
        assert!(About::of(&run).mentions("monday") && About::of(&run).mentions("keep"));
        change(&run, |about| about.archived = true).expect("change");
        assert!(About::of(&run).archived && About::of(&run).tags.len() == 2);
        std::fs::write(run.about_path(), "{\"note\": ").expect("write");
        assert_eq!(About::of(&run), About::default());
    }
}
