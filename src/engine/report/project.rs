//! Everything a project holds as one page: data, audit, recipe, features, runs, evaluation, comparison, A/B test,
//! lineage.
//!
//! Invariant: nothing is computed anew; a part says when it was made, and what is absent is said to be absent.

use super::ReportLanguage;
use super::audit::audit_sections;
use super::audit_history::history_section;
use super::comparison::comparison_sections;
use super::dataset::data_sections;
use super::evaluation::evaluations_sections;
use super::experiment::experiment_sections;
use super::features::{feature_sections, recipe_sections};
use super::lineage::lineage_sections;
use super::numbers::{four, moment, significant};
use super::page::{Page, escape};
use super::rules::rules_history_section;
use super::run::{facts as run_facts, run_sections, status_words};
use crate::engine::audit::thousands;
use crate::engine::features::FeatureSet;
use crate::engine::flow::catalogue::{audit_history, features_dir, kept_audit};
use crate::engine::flow::choices::key;
use crate::engine::flow::rules::{kept_check, rule_history};
use crate::engine::ingest::DatasetInfo;
use crate::engine::project::{ArtefactKind, ArtefactRecord, Project, ProjectError};
use crate::engine::recipe::{Recipe, StepReport};
use crate::engine::run::RunError;
use crate::engine::run::dir::list_runs;
use crate::engine::run::replay::curve;
use crate::engine::run::watch::RunWatch;

/// Runs that are shown in full, the newest; all are in the table.
const MOST_RUNS: usize = 6;

/// Why a project's report cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error(transparent)]
    Project(#[from] ProjectError),
    #[error(transparent)]
    Run(#[from] RunError),
}

/// The parts, each with the word it is linked by.
struct Parts<'a> {
    page: Page,
    contents: Vec<(&'static str, &'static str)>,
    artefacts: &'a [ArtefactRecord],
}

/// A project as one page. `now_ms` tells live runs from dead ones.
///
/// # Errors
/// The catalogue or a run cannot be read.
pub fn project_html(project: &Project, now_ms: u64, language: ReportLanguage) -> Result<String, ReportError> {
    let artefacts = project.artefacts(None)?;
    let title = format!("{} · {}", language.pick("Project", "项目"), project.name());
    let mut parts = Parts {
        page: Page::new(language, &title),
        contents: Vec::new(),
        artefacts: &artefacts,
    };
    parts.data();
    parts.audit(project);
    parts.recipe(project)?;
    parts.features(project);
    parts.runs(project, now_ms)?;
    parts.evaluation();
    parts.comparison();
    parts.experiment();
    parts.begin("lineage", language.pick("Lineage", "血缘"));
    lineage_sections(&mut parts.page, &artefacts);
    Ok(parts.finish(project, now_ms))
}

impl Parts<'_> {
    fn begin(&mut self, id: &'static str, title: &'static str) {
        self.contents.push((id, title));
        self.page.part(id, title);
    }

    /// A part that is not there says so.
    fn absent(&mut self) {
        let told = self.page.language().pick("Not made yet.", "尚未生成。");
        self.page.push(&format!("<p class=\"quiet\">– {told}</p>"));
    }

    fn made(&mut self, artefact: &ArtefactRecord) {
        self.page.push(&format!(
            "<p class=\"facts\">{} · {} · {}</p>",
            escape(&artefact.name),
            moment(artefact.created_ms),
            escape(artefact.hash.short())
        ));
    }

    fn latest(&self, kind: ArtefactKind) -> Option<&ArtefactRecord> {
        self.artefacts.iter().find(|artefact| artefact.kind == kind)
    }

    /// The log the newest audit is about, else the newest table that was made from nothing.
    fn data(&mut self) {
        let language = self.page.language();
        self.begin("data", language.pick("Data", "数据"));
        let audited = self.latest(ArtefactKind::Audit).and_then(|audit| audit.inputs.first());
        let mut tables = self
            .artefacts
            .iter()
            .filter(|known| known.kind == ArtefactKind::Dataset);
        let log = tables
            .clone()
            .find(|known| Some(&known.hash) == audited)
            .or_else(|| tables.find(|known| known.inputs.is_empty()))
            .cloned();
        let info = log
            .as_ref()
            .and_then(|log| serde_json::from_value::<DatasetInfo>(log.content.clone()).ok());
        let (Some(log), Some(info)) = (log, info) else {
            return self.absent();
        };
        self.made(&log);
        data_sections(&mut self.page, &info);
    }

    fn audit(&mut self, project: &Project) {
        let language = self.page.language();
        self.begin("audit", language.pick("Audit", "质量审计"));
        let Some(record) = self.latest(ArtefactKind::Audit).cloned() else {
            return self.absent();
        };
        self.made(&record);
        match kept_audit(project).filter(|kept| kept.provenance.inputs == record.inputs) {
            Some(report) => {
                // Outcomes of another log say nothing about this one.
                let rules = kept_check(project).filter(|check| report.provenance.inputs.first() == Some(&check.log));
                audit_sections(
                    &mut self.page,
                    &report,
                    rules.as_ref().map(|check| check.outcomes.as_slice()),
                );
            }
            None => audit_summary(&mut self.page, &record),
        }
        rules_history_section(&mut self.page, &rule_history(project));
        history_section(&mut self.page, &audit_history(self.artefacts));
    }

    fn recipe(&mut self, project: &Project) -> Result<(), ReportError> {
        let language = self.page.language();
        self.begin("recipe", language.pick("Recipe", "清洗方案"));
        let Some(recipe) = project.setting::<Recipe>(key::RECIPE)? else {
            self.absent();
            return Ok(());
        };
        let hash = recipe.hash();
        let mut applied = self
            .artefacts
            .iter()
            .filter(|known| known.kind == ArtefactKind::CleanDataset);
        let applied = applied.find(|known| known.inputs.contains(&hash)).cloned();
        let effects: Vec<StepReport> = applied
            .as_ref()
            .and_then(|applied| serde_json::from_value(applied.content.clone()).ok())
            .unwrap_or_default();
        if let Some(applied) = applied {
            self.made(&applied);
        }
        recipe_sections(&mut self.page, &recipe, &effects);
        Ok(())
    }

    fn features(&mut self, project: &Project) {
        let language = self.page.language();
        self.begin("features", language.pick("Features", "特征"));
        let Ok(set) = FeatureSet::load(&features_dir(project)) else {
            return self.absent();
        };
        let told = format!(
            "{} · {} · {}",
            set.name,
            moment(set.provenance.created_ms),
            set.hash.short()
        );
        self.page.push(&format!("<p class=\"facts\">{}</p>", escape(&told)));
        feature_sections(&mut self.page, &set);
    }

    fn runs(&mut self, project: &Project, now_ms: u64) -> Result<(), ReportError> {
        let language = self.page.language();
        self.begin("runs", language.pick("Runs", "训练任务"));
        let mut watches = Vec::new();
        for run in list_runs(&project.runs_dir())?.into_iter().rev() {
            let mut watch = RunWatch::open(run)?;
            watch.catch_up(now_ms)?;
            watches.push(watch);
        }
        if watches.is_empty() {
            self.absent();
            return Ok(());
        }
        runs_table(&mut self.page, &watches);
        for watch in watches.iter().take(MOST_RUNS) {
            let told = run_facts(watch, language);
            self.page.push(&format!(
                "<h2>{}</h2><p class=\"facts\">{}</p>",
                escape(&watch.run().id()),
                escape(&told)
            ));
            run_sections(&mut self.page, watch);
        }
        if watches.len() > MOST_RUNS {
            self.page.push(&match language {
                ReportLanguage::English => format!(
                    "<p class=\"quiet\">The newest {MOST_RUNS} of {} runs are shown in full; `touchstone report RUN` shows any other.</p>",
                    watches.len()
                ),
                ReportLanguage::Chinese => format!(
                    "<p class=\"quiet\">共 {} 个任务，完整显示最新的 {MOST_RUNS} 个；其余可用 `touchstone report RUN` 查看。</p>",
                    watches.len()
                ),
            });
        }
        Ok(())
    }

    fn evaluation(&mut self) {
        let language = self.page.language();
        self.begin("evaluation", language.pick("Evaluation", "能力评估"));
        self.stored(ArtefactKind::Evaluation, |page, content| {
            serde_json::from_value(content).map(|report| evaluations_sections(page, &report))
        });
    }

    fn comparison(&mut self) {
        let language = self.page.language();
        self.begin("comparison", language.pick("Comparison", "模型对比"));
        self.stored(ArtefactKind::Comparison, |page, content| {
            serde_json::from_value(content).map(|found| comparison_sections(page, &found))
        });
    }

    fn experiment(&mut self) {
        let language = self.page.language();
        self.begin("experiment", language.pick("A/B test", "A/B 实验"));
        self.stored(ArtefactKind::Experiment, |page, content| {
            serde_json::from_value(content).map(|report| experiment_sections(page, &report))
        });
    }

    /// The newest artefact of a kind that the catalogue holds as a whole.
    fn stored(
        &mut self,
        kind: ArtefactKind,
        write: impl FnOnce(&mut Page, serde_json::Value) -> Result<(), serde_json::Error>,
    ) {
        let Some(record) = self.latest(kind).cloned() else {
            return self.absent();
        };
        self.made(&record);
        if write(&mut self.page, record.content).is_err() {
            let told = self.page.language().pick(
                "It was recorded by another version of the program and cannot be shown; make it again.",
                "由其他版本的程序记录，无法显示；请重新生成。",
            );
            self.page.push(&format!("<p class=\"warning\">▲ {told}</p>"));
        }
    }

    /// Title, contents and figures stand before the parts.
    fn finish(self, project: &Project, now_ms: u64) -> String {
        let language = self.page.language();
        let mut head = Page::new(language, "");
        head.title(
            &project.name(),
            &format!("{} · Touchstone {}", moment(now_ms), env!("CARGO_PKG_VERSION")),
        );
        let links = self
            .contents
            .iter()
            .map(|(id, title)| format!("<a href=\"#{id}\">{title}</a>"));
        head.push(&format!("<nav>{}</nav>", links.collect::<String>()));
        let counted = [
            ArtefactKind::Dataset,
            ArtefactKind::Recipe,
            ArtefactKind::FeatureSet,
            ArtefactKind::Run,
            ArtefactKind::Evaluation,
            ArtefactKind::Comparison,
            ArtefactKind::Experiment,
        ];
        let cards: Vec<(String, String, String)> = counted
            .iter()
            .map(|kind| {
                let own = self.artefacts.iter().filter(|known| known.kind == *kind);
                let newest = own
                    .clone()
                    .next()
                    .map_or_else(String::new, |newest| moment(newest.created_ms));
                let name = language.of(&super::lineage::kind_label(*kind)).to_owned();
                (name, thousands(own.count() as u64), newest)
            })
            .collect();
        head.cards(&cards);
        self.page.finish_after(head)
    }
}

/// What the catalogue keeps of an audit whose whole report is not stored.
fn audit_summary(page: &mut Page, record: &ArtefactRecord) {
    let language = page.language();
    let scores = record.content.get("scores").and_then(serde_json::Value::as_object);
    let cards: Vec<(String, String, String)> = scores
        .into_iter()
        .flatten()
        .map(|(name, score)| {
            let score = score
                .as_f64()
                .map_or_else(|| "–".to_owned(), |score| format!("{score:.1}"));
            (name.clone(), score, String::new())
        })
        .collect();
    page.cards(&cards);
    let text = |finding: &serde_json::Value, key: &str| match finding.get(key) {
        Some(serde_json::Value::String(text)) => escape(text),
        Some(serde_json::Value::Null) | None => "–".to_owned(),
        Some(other) => other.to_string(),
    };
    let findings = record.content.get("findings").and_then(serde_json::Value::as_array);
    let keys = ["code", "severity", "column", "count", "share"];
    let rows: Vec<Vec<String>> = findings
        .into_iter()
        .flatten()
        .map(|finding| keys.iter().map(|key| text(finding, key)).collect())
        .collect();
    let head = [
        language.pick("Check", "检查"),
        language.pick("Severity", "严重程度"),
        language.pick("Column", "列"),
        language.pick("Count", "数量"),
        language.pick("Share", "占比"),
    ];
    page.table(&head.map(str::to_owned), &rows, &[3, 4]);
    let told = language.pick(
        "The whole report is kept by `touchstone audit --project` and by `touchstone flow`.",
        "完整报告由 `touchstone audit --project` 或 `touchstone flow` 保存。",
    );
    page.push(&format!("<p class=\"quiet\">{told}</p>"));
}

fn runs_table(page: &mut Page, watches: &[RunWatch]) {
    let language = page.language();
    let rows: Vec<Vec<String>> = watches
        .iter()
        .map(|watch| {
            let (config, view) = (watch.config(), watch.view());
            let best = view.best().and_then(|best| best.metrics.get(&config.metric).copied());
            vec![
                escape(&watch.run().id()),
                escape(&config.base_model),
                significant(Some(config.learning_rate)),
                thousands(view.step),
                format!("{} {}", escape(&config.metric), four(best)),
                significant(view.last(curve::SAMPLES_PER_SEC)),
                escape(&status_words(watch.status(), language)),
            ]
        })
        .collect();
    let head = [
        language.pick("Run", "任务"),
        language.pick("Base model", "基础模型"),
        language.pick("Learning rate", "学习率"),
        language.pick("Step", "步"),
        language.pick("Best", "最佳"),
        language.pick("Samples/s", "样本/秒"),
        language.pick("State", "状态"),
    ];
    page.table(&head.map(str::to_owned), &rows, &[2, 3, 4, 5]);
}
