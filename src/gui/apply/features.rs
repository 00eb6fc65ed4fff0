//! Carries out the requests of the features page.

use super::ApplyContext;
use super::recipe::{failure as recipe_failure, record_applied};
use crate::engine::features::{FeatureConfig, FeatureError, FeatureInput, FeatureSet, build, outline};
use crate::engine::flow::choices::undecided;
use crate::engine::flow::stages::features_dir;
use crate::engine::ingest::Dataset;
use crate::engine::progress::Progress;
use crate::engine::project::{ArtefactKind, ArtefactRecord};
use crate::engine::recipe::{Applied, Recipe, apply as apply_recipe};
use crate::engine::run::now_ms;
use crate::gui::command::features::FeaturesCommand;
use crate::gui::i18n::features as words;
use crate::gui::jobs::JobFailure;
use crate::gui::settings::Language;
use crate::gui::state::Stage;
use std::path::PathBuf;
use std::sync::Arc;

const SETTING: &str = "features";

pub fn apply(command: FeaturesCommand, cx: &mut ApplyContext<'_>) {
    match command {
        FeaturesCommand::Run => run(cx),
        FeaturesCommand::Outline => start_outline(cx),
        FeaturesCommand::SetConfig(config) => {
            cx.state.project.save_setting(SETTING, &*config);
            cx.state.features.config = *config;
        }
    }
}

/// Reads what the project that was just opened holds of this stage.
pub fn restore(cx: &mut ApplyContext<'_>) {
    let saved: Option<FeatureConfig> = cx.state.project.setting(SETTING);
    let is_chosen = saved.is_some();
    cx.state.features.config = saved.unwrap_or_default();
    let Some(project) = cx.state.project.project.ready() else {
        return;
    };
    let dir = features_dir(project);
    if !dir.is_dir() {
        return;
    }
    let lang = cx.state.settings.language;
    let progress = cx.jobs.start(
        Stage::Features,
        words::RESTORE_JOB.into(),
        move |progress| FeatureSet::load(&dir).map_err(|error| failure(&error, lang, progress)),
        // A set of another version is built anew.
        move |outcome, cx| {
            if let (false, Ok(set)) = (is_chosen, &outcome) {
                // Nobody chose anything: what the set was built with stays, whatever the defaults are by now.
                cx.state.features.config = undecided(&set.config);
            }
            cx.state.features.set.finish(outcome.map_err(|_| JobFailure::Cancelled));
        },
    );
    cx.state.features.set.start(progress);
}

/// The error in the window's language.
fn failure(error: &FeatureError, lang: Language, progress: &Progress) -> JobFailure {
    match error {
        FeatureError::Cancelled(_) => JobFailure::Cancelled,
        _ if progress.is_cancelled() => JobFailure::Cancelled,
        error => JobFailure::Failed(lang.b(&error.explain()).to_owned()),
    }
}

fn start_outline(cx: &mut ApplyContext<'_>) {
    if cx.state.features.set.is_loading() {
        return;
    }
    let Some(log) = cx.state.recipe.clean_or_raw(&cx.state.data) else {
        return;
    };
    let items = cx.state.data.items.value().cloned();
    let rule = cx.state.features.config.label.clone();
    let lang = cx.state.settings.language;
    let progress = cx.jobs.start(
        Stage::Features,
        words::OUTLINE_JOB.into(),
        move |progress| {
            outline(&log, items.as_deref(), rule.as_ref(), progress).map_err(|error| failure(&error, lang, progress))
        },
        |outcome, cx| cx.state.features.outline.finish(outcome),
    );
    cx.state.features.outline.start(progress);
}

/// What the job works on.
struct Work {
    /// Cleaned already, or raw with the recipe still to be applied.
    log: Dataset,
    recipe: Option<Recipe>,
    items: Option<Arc<Dataset>>,
    config: FeatureConfig,
    dir: PathBuf,
    lang: Language,
}

fn run(cx: &mut ApplyContext<'_>) {
    let lang = cx.state.settings.language;
    let fail = |cx: &mut ApplyContext<'_>, why| {
        cx.state
            .features
            .set
            .finish(Err(JobFailure::Failed(lang.t(why).to_owned())));
    };
    let Some(project) = cx.state.project.project.ready().cloned() else {
        return fail(cx, words::NO_PROJECT);
    };
    if project.is_read_only() {
        return fail(cx, words::READ_ONLY);
    }
    let Some(raw) = cx.state.data.dataset.ready().cloned() else {
        return fail(cx, words::NO_LOG);
    };
    if cx.state.features.outline.is_loading() {
        cx.state.features.outline.finish(Err(JobFailure::Cancelled));
    }
    let clean = cx
        .state
        .recipe
        .current(&cx.state.data)
        .map(|applied| applied.dataset.clone());
    let recipe = &cx.state.recipe.recipe;
    let work = Work {
        recipe: (clean.is_none() && !recipe.is_empty()).then(|| recipe.clone()),
        log: clean.unwrap_or_else(|| (*raw).clone()),
        items: cx.state.data.items.value().cloned(),
        config: cx.state.features.config.clone(),
        dir: features_dir(&project),
        lang,
    };
    let progress = cx.jobs.start(
        Stage::Features,
        words::JOB.into(),
        move |progress| work.run(progress),
        finish,
    );
    cx.state.features.set.start(progress);
}

impl Work {
    /// A recipe that was edited but not applied is applied first: features are of the clean log.
    fn run(self, progress: &Progress) -> Result<(Option<Applied>, FeatureSet), JobFailure> {
        let applied = match &self.recipe {
            Some(recipe) => {
                let applied = apply_recipe(&self.log, recipe, progress);
                Some(applied.map_err(|error| recipe_failure(&error, self.lang, progress))?)
            }
            None => None,
        };
        let input = FeatureInput {
            log: applied.as_ref().map_or(&self.log, |applied| &applied.dataset),
            items: self.items.as_deref(),
            created_ms: now_ms(),
        };
        let set =
            build(&input, &self.config, &self.dir, progress).map_err(|error| failure(&error, self.lang, progress))?;
        Ok((applied, set))
    }
}

fn finish(outcome: Result<(Option<Applied>, FeatureSet), JobFailure>, cx: &mut ApplyContext<'_>) {
    let (applied, outcome) = match outcome {
        Ok((applied, set)) => (applied, Ok(set)),
        Err(failure) => (None, Err(failure)),
    };
    if let Some(applied) = applied {
        record_applied(cx, &applied);
        cx.state.recipe.applied.finish(Ok(applied));
    }
    let succeeded = outcome.is_ok();
    cx.state.features.set.finish(outcome);
    if succeeded && let Some(set) = cx.state.features.set.ready().cloned() {
        record(cx, &set);
    }
}

fn record(cx: &mut ApplyContext<'_>, set: &FeatureSet) {
    cx.state.project.record(&ArtefactRecord {
        content: serde_json::to_value(set).unwrap_or_default(),
        inputs: set.provenance.inputs.clone(),
        ..ArtefactRecord::new(
            ArtefactKind::FeatureSet,
            set.hash.clone(),
            set.name.clone(),
            set.provenance.created_ms,
        )
    });
}
