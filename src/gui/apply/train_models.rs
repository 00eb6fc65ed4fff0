//! Fetching and importing base models.

use super::ApplyContext;
use super::train::refresh;
use crate::engine::models::{self, PullOptions};
use crate::gui::i18n::train::models as words;
use crate::gui::jobs::JobFailure;
use crate::gui::state::Stage;
use std::path::PathBuf;

/// Puts a model of the catalogue into the cache; what was fetched of it before is not fetched again.
pub fn pull(cx: &mut ApplyContext<'_>, name: String) {
    let progress = cx.jobs.start(
        Stage::Models,
        words::FETCHING.into(),
        move |progress| {
            let pulled = models::pull(&name, &PullOptions::default(), progress);
            pulled
                .map(|pulled| pulled.name)
                .map_err(|error| JobFailure::from_error(&error, progress))
        },
        |outcome, cx| {
            cx.state.train.fetched.finish(outcome);
            refresh(cx);
        },
    );
    cx.state.train.fetched.start(progress);
}

/// Copies a Hugging Face folder into the cache under its own name.
pub fn import(cx: &mut ApplyContext<'_>, folder: PathBuf) {
    let progress = cx.jobs.start(
        Stage::Models,
        words::IMPORTING.into(),
        move |progress| {
            let imported = models::import(&folder, None, progress);
            imported
                .map(|dir| dir.file_name().unwrap_or_default().to_string_lossy().into_owned())
                .map_err(|error| JobFailure::from_error(&error, progress))
        },
        |outcome, cx| {
            cx.state.train.fetched.finish(outcome);
            refresh(cx);
        },
    );
    cx.state.train.fetched.start(progress);
}
