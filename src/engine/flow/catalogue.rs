//! What each stage's artefact looks like in the project's catalogue, so that the window shows what a flow or a single
//! command recorded as if it had made it itself.
//!
//! Invariant: the same artefact recorded twice is one line of the catalogue.

use super::choices::key;
use crate::engine::artifact::ContentHash;
use crate::engine::audit::{Acceptances, AuditRecord, AuditReport};
use crate::engine::compare::Comparison;
use crate::engine::eval::EvaluationReport;
use crate::engine::eval::suite::ScoredRows;
use crate::engine::experiment::ExperimentReport;
use crate::engine::features::FeatureSet;
use crate::engine::ingest::DatasetInfo;
use crate::engine::project::{ArtefactKind, ArtefactRecord, Project, ProjectError};
use crate::engine::recipe::{Applied, Recipe};
use crate::engine::run::config::TrainConfig;
use serde::Serialize;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Scores of the evaluated models, below the project's data folder.
pub const SCORES_FILE: &str = "scores.parquet";
/// The newest audit as a whole, below the project's data folder; the catalogue keeps scores and findings only.
const AUDIT_FILE: &str = "audit.json";

/// Where a project keeps its feature set.
pub fn features_dir(project: &Project) -> PathBuf {
    project.data_dir().join("features")
}

/// Where a project keeps the scores behind its newest evaluation.
pub fn scores_path(project: &Project) -> PathBuf {
    project.data_dir().join(SCORES_FILE)
}

/// Plain data: what cannot be written as JSON cannot be stored anyway.
fn content_of<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

pub fn dataset(info: &DatasetInfo, now_ms: u64) -> ArtefactRecord {
    let mut record = ArtefactRecord::new(ArtefactKind::Dataset, info.hash.clone(), &info.name, now_ms);
    record.content = content_of(info);
    record
}

/// The audit's scores and findings, without their rows and plots.
pub fn audit(report: &AuditReport) -> ArtefactRecord {
    let findings = report.findings.iter().map(|finding| {
        json!({
            "code": finding.code, "column": finding.column, "severity": finding.severity,
            "count": finding.count, "share": finding.share,
        })
    });
    let mut content = json!({ "scores": report.scores, "findings": findings.collect::<Vec<_>>() });
    let key = (&report.provenance.inputs, &report.provenance.config, &content);
    let hash = ContentHash::of_json(&key);
    let mut record = ArtefactRecord::new(ArtefactKind::Audit, hash, &report.name, report.provenance.created_ms);
    record.inputs.clone_from(&report.provenance.inputs);
    // What was added to the form of this record is left out of its hash, so that an audit repeated by a later program
    // is still the same line.
    let kept = AuditRecord::of(report);
    content["findings"] = content_of(&kept.findings);
    content["rows"] = content_of(&kept.rows);
    content["columns"] = content_of(&kept.columns);
    record.content = content;
    record
}

/// The audits of a project, newest first; what cannot be read is left out.
pub fn audit_history(artefacts: &[ArtefactRecord]) -> Vec<AuditRecord> {
    let audits = artefacts.iter().filter(|known| known.kind == ArtefactKind::Audit);
    let record = |known: &ArtefactRecord| {
        let kept: AuditRecord = serde_json::from_value(known.content.clone()).ok()?;
        Some(AuditRecord {
            made_ms: known.created_ms,
            name: known.name.clone(),
            log: known.inputs.first().cloned().unwrap_or_default(),
            ..kept
        })
    };
    audits.filter_map(record).collect()
}

/// The findings this project's analysts accepted.
///
/// # Errors
/// The catalogue cannot be read.
pub fn accepted(project: &Project) -> Result<Acceptances, ProjectError> {
    Ok(project.setting(key::ACCEPTED)?.unwrap_or_default())
}

/// Records an audit, its scores in the history, and the whole report for a later reader.
pub fn keep_audit(project: &Project, report: &AuditReport) -> Result<(), ProjectError> {
    let record = audit(report);
    project.record(&record)?;
    let scores: Vec<(String, f64)> = report
        .scores
        .iter()
        .map(|(dimension, score)| (dimension.name().to_owned(), *score))
        .collect();
    project.record_metrics(ArtefactKind::Audit, &record.hash, record.created_ms, &scores)?;
    project.keep_json(AUDIT_FILE, report)
}

/// The whole report of the newest audit, if it is kept and is of this program's form.
pub fn kept_audit(project: &Project) -> Option<AuditReport> {
    let text = std::fs::read_to_string(project.data_dir().join(AUDIT_FILE)).ok()?;
    let mut report: AuditReport = serde_json::from_str(&text).ok()?;
    // The decisions may be younger than the audit.
    report.take_over(&accepted(project).unwrap_or_default());
    Some(report)
}

/// The recipe as it was applied to, or proposed for, the log of this hash.
pub fn recipe(recipe: &Recipe, log: &ContentHash, name: &str, now_ms: u64) -> ArtefactRecord {
    let mut record = ArtefactRecord::new(ArtefactKind::Recipe, recipe.hash(), name, now_ms);
    record.content = content_of(recipe);
    record.inputs = vec![log.clone()];
    record
}

pub fn clean_dataset(applied: &Applied, now_ms: u64) -> ArtefactRecord {
    let name = applied.dataset.info.name.clone();
    let mut record = ArtefactRecord::new(ArtefactKind::CleanDataset, applied.hash.clone(), name, now_ms);
    record.content = content_of(&applied.steps);
    record.inputs = vec![applied.input.clone(), applied.recipe.clone()];
    record
}

pub fn feature_set(set: &FeatureSet) -> ArtefactRecord {
    let made = set.provenance.created_ms;
    let mut record = ArtefactRecord::new(ArtefactKind::FeatureSet, set.hash.clone(), &set.name, made);
    record.content = content_of(set);
    record.inputs.clone_from(&set.provenance.inputs);
    record
}

/// A run; `parents` are the feature sets it is trained on.
pub fn run(run_id: &str, config: &TrainConfig, created_ms: u64, parents: Vec<ContentHash>) -> ArtefactRecord {
    let hash = ContentHash::of_json(&(run_id, config));
    let mut record = ArtefactRecord::new(ArtefactKind::Run, hash, run_id, created_ms);
    record.content = content_of(config);
    record.inputs = parents;
    record
}

/// The rows models are evaluated on, as part of the feature set of this hash.
pub fn test_rows(rows: &ScoredRows, set: &ContentHash, now_ms: u64) -> ArtefactRecord {
    let mut record = ArtefactRecord::new(ArtefactKind::Dataset, rows.data.clone(), &rows.data_name, now_ms);
    record.inputs = vec![set.clone()];
    record
}

/// The models evaluated on the rows of hash `data`.
pub fn evaluation(report: &EvaluationReport, data: &ContentHash, created_ms: u64) -> ArtefactRecord {
    let of_task = report.of_task.iter().map(|model| model.model_name.as_str());
    let of_scores = report.models.iter().map(|model| model.model_name.as_str());
    let names: Vec<&str> = of_scores.chain(of_task).collect();
    let hash = ContentHash::of_json(report);
    let mut record = ArtefactRecord::new(ArtefactKind::Evaluation, hash, names.join(", "), created_ms);
    record.content = content_of(report);
    record.inputs = vec![data.clone()];
    record
}

/// Models compared on the rows of hash `data`.
pub fn comparison(found: &Comparison, data: &ContentHash, created_ms: u64) -> ArtefactRecord {
    let names: Vec<&str> = found.models.iter().map(|model| model.name.as_str()).collect();
    let hash = ContentHash::of_json(found);
    let mut record = ArtefactRecord::new(ArtefactKind::Comparison, hash, names.join(" / "), created_ms);
    record.content = content_of(found);
    record.inputs = vec![data.clone()];
    record
}

pub fn experiment(report: &ExperimentReport, now_ms: u64) -> ArtefactRecord {
    let hash = ContentHash::of_json(report);
    let mut record = ArtefactRecord::new(ArtefactKind::Experiment, hash, &report.name, now_ms);
    record.content = content_of(report);
    record.inputs = vec![report.input.clone()];
    record
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::audit::fixture::{Col, audited, table};

    fn report(price: f64) -> AuditReport {
        audited(&table(vec![
            ("user", Col::I(vec![Some(1), Some(2), None, Some(1)])),
            ("price", Col::F(vec![Some(1.0), Some(price), Some(3.5), Some(2.0)])),
        ]))
    }

    #[test]
    fn every_load_has_its_record_and_decisions_survive_reopening() {
        let dir = tempfile::tempdir().expect("temp folder");
        let mut first = report(-2.0);
        {
            let project = Project::open(dir.path()).expect("create");
            keep_audit(&project, &first).expect("kept");
            keep_audit(&project, &first).expect("the same audit again");
            let mut decided = Acceptances::default();
            let found = first.with_code("V01").next().expect("a price below zero").clone();
            decided.accept(&found, "refunds", Some("Li"), 5).expect("a reason");
            project.set_setting(key::ACCEPTED, &decided).expect("saved");
        }
        let project = Project::open(dir.path()).expect("reopen");
        let kept = kept_audit(&project).expect("the whole report");
        assert_eq!(kept.accepted.0[0].reason, "refunds");
        assert!(kept.scores_without_accepted.is_some());
        first = report(9.0);
        first.provenance.created_ms += 1;
        keep_audit(&project, &first).expect("another load");
        let history = audit_history(&project.artefacts(None).expect("catalogue"));
        assert_eq!(history.len(), 2, "the same audit twice is one line");
        assert_eq!(history[0], AuditRecord::of(&first), "newest first");
        assert_eq!(history[1].rows.map(|rows| rows.accepted), Some(4));
        assert!(history[1].findings.iter().any(|found| found.code == "V01"));
    }
}
