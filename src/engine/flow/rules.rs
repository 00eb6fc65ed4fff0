//! The rules of a project: the file `rules.toml` in its folder, and what became of them when they were last checked.
//!
//! Invariant: the file is the same that `--rules` takes, and nothing but it says which rules a project has. A check
//! says which log it is about and when it was made.

use crate::engine::artifact::{Bilingual, ContentHash};
use crate::engine::audit::{AuditChanges, AuditError, AuditReport};
use crate::engine::ingest::Dataset;
use crate::engine::progress::Progress;
use crate::engine::project::{Project, ProjectError};
use crate::engine::rules::{
    Rule, RuleChange, RuleCheckRecord, RuleFile, RuleFileError, RuleHistory, RuleOutcome, RuleRecord, RuleSheet,
    Tables, check,
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The rules, in the project's folder.
pub const RULES_FILE: &str = "rules.toml";
/// The newest outcomes, below the project's data folder.
const CHECK_FILE: &str = "rules.json";
/// The outcomes of all loads without their evidence, below the project's data folder.
const HISTORY_FILE: &str = "rules_history.json";

/// What became of the rules on one log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RuleCheck {
    pub log: ContentHash,
    pub log_name: String,
    /// Unix time in milliseconds; what freshness was measured from.
    pub checked_ms: u64,
    /// In the order of the file.
    pub outcomes: Vec<RuleOutcome>,
}

impl RuleCheck {
    /// What became of a rule, if it was checked as it stands now.
    pub fn of(&self, rule: &Rule) -> Option<&RuleOutcome> {
        self.outcomes.iter().find(|outcome| outcome.rule == *rule)
    }

    /// The check as it is kept in the history.
    pub fn record(&self) -> RuleCheckRecord {
        RuleCheckRecord {
            log: self.log.clone(),
            log_name: self.log_name.clone(),
            checked_ms: self.checked_ms,
            rules: self.outcomes.iter().map(RuleRecord::of).collect(),
        }
    }

    pub fn num_passed(&self) -> usize {
        self.outcomes.iter().filter(|outcome| outcome.passed()).count()
    }
}

/// What moved between two audits, the rules' outcomes included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangesWithRules {
    #[serde(flatten)]
    pub audit: AuditChanges,
    /// Empty where neither audit checked a rule.
    #[serde(default)]
    pub rules: Vec<RuleChange>,
}

/// The JSON of an audit, with the outcome of each rule where rules were checked, and what moved since an earlier audit.
#[derive(Serialize)]
pub struct AuditWithRules<'a> {
    #[serde(flatten)]
    pub report: &'a AuditReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<&'a [RuleOutcome]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<&'a ChangesWithRules>,
}

/// Why the rules of a project cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProjectRulesError {
    #[error("cannot read the rules {}", path.display())]
    Read { source: std::io::Error, path: PathBuf },
    #[error(transparent)]
    File(#[from] RuleFileError),
}

impl ProjectRulesError {
    /// The message with its cause in both languages.
    pub fn explain(&self) -> Bilingual {
        match self {
            Self::Read { source, path } => {
                let path = path.display();
                Bilingual::new(
                    format!("cannot read the rules {path}: {source}"),
                    format!("无法读取规则 {path}：{source}"),
                )
            }
            Self::File(error) => {
                let (file, line) = (&error.file, error.line);
                Bilingual::new(
                    format!("{file}, line {line}: {}", error.message.en),
                    format!("{file} 第 {line} 行：{}", error.message.zh),
                )
            }
        }
    }
}

/// Where a project keeps its rules.
pub fn rules_path(project: &Project) -> PathBuf {
    project.folder().join(RULES_FILE)
}

/// The text of the rules file; `None` where there is none.
pub fn rules_text(project: &Project) -> Result<Option<String>, ProjectRulesError> {
    let path = rules_path(project);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ProjectRulesError::Read { source, path }),
    }
}

/// The rules of a project; `None` where it has none.
pub fn project_rules(project: &Project) -> Result<Option<RuleSheet>, ProjectRulesError> {
    let Some(text) = rules_text(project)? else {
        return Ok(None);
    };
    Ok(Some(RuleSheet::parse(
        &text,
        &rules_path(project).display().to_string(),
    )?))
}

/// Writes the rules of a project, whole or not at all; without a rule the file goes to the trash.
pub fn save_rules(project: &Project, sheet: &RuleSheet, now_ms: u64) -> Result<(), ProjectError> {
    let path = rules_path(project);
    if project.is_read_only() {
        let path = project.folder().to_owned();
        return Err(ProjectError::ReadOnly { path });
    }
    if sheet.rules().is_empty() {
        if path.exists() {
            project.discard(&path, now_ms)?;
        }
        return Ok(());
    }
    // Not a private temporary file: pipelines of other users read this one.
    let fresh = project.folder().join(format!(".rules-{}.toml", std::process::id()));
    std::fs::write(&fresh, sheet.text())
        .and_then(|()| std::fs::rename(&fresh, &path))
        .map_err(|source| ProjectError::Write { source, path })
}

/// Checks rules on a log and the tables beside it; paths in the rules count from `folder`.
pub fn check_rules(
    rules: &[Rule],
    (log, tables): (&Dataset, Tables<'_>),
    folder: &Path,
    now_ms: u64,
    progress: &Progress,
) -> Result<RuleCheck, AuditError> {
    let mut tables = tables;
    let file = RuleFile { rules: rules.to_vec() };
    tables.read_files(&file, folder, progress)?;
    Ok(RuleCheck {
        log: log.info.hash.clone(),
        log_name: log.info.name.clone(),
        checked_ms: now_ms,
        outcomes: check(rules, log, &tables, now_ms, progress)?,
    })
}

/// Keeps the newest outcomes for the window, the report, and whoever opens the project next, and adds them to the
/// history.
pub fn keep_check(project: &Project, found: &RuleCheck) -> Result<(), ProjectError> {
    let mut history = rule_history(project);
    history.add(found.record());
    project.keep_json(HISTORY_FILE, &history)?;
    project.keep_json(CHECK_FILE, found)
}

/// What became of the project's rules, load by load. A project of an earlier program has its newest check only.
pub fn rule_history(project: &Project) -> RuleHistory {
    let text = std::fs::read_to_string(project.data_dir().join(HISTORY_FILE)).ok();
    text.and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_else(|| {
            let mut history = RuleHistory::default();
            if let Some(check) = kept_check(project) {
                history.add(check.record());
            }
            history
        })
}

/// The newest outcomes, if they are kept and are of this program's form.
pub fn kept_check(project: &Project) -> Option<RuleCheck> {
    let text = std::fs::read_to_string(project.data_dir().join(CHECK_FILE)).ok()?;
    serde_json::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::audit::fixture::{Col, table};
    use std::sync::Arc;

    const TEXT: &str =
        "# ours\nversion = 1\n\n# a user is known\n[[rule]]\nkind = \"not_null\"\ncolumn = \"user_id\"\n";

    #[test]
    fn rules_are_a_file_of_the_project_and_go_to_the_trash_with_the_last_of_them() {
        let dir = tempfile::tempdir().expect("temp");
        let project = Project::open(&dir.path().join("shop")).expect("create");
        assert!(project_rules(&project).expect("nothing there").is_none());
        let mut sheet = RuleSheet::parse(TEXT, "rules.toml").expect("sound");
        save_rules(&project, &sheet, 1).expect("writable");
        assert_eq!(rules_text(&project).expect("readable").as_deref(), Some(TEXT));
        assert_eq!(project_rules(&project).expect("sound"), Some(sheet.clone()));
        sheet.remove(0);
        save_rules(&project, &sheet, 2).expect("writable");
        assert!(project_rules(&project).expect("gone").is_none());
        assert!(project.folder().join("trash/2-rules.toml").is_file());
        std::fs::write(rules_path(&project), "version = 1\n[[rule]]\n").expect("writable");
        let told = project_rules(&project).expect_err("no kind").to_string();
        assert!(told.contains("rules.toml, line 2"), "{told}");
        assert_eq!(kept_check(&project), None);
    }

    #[test]
    fn every_load_adds_to_the_history_and_an_older_project_starts_with_its_newest_check() {
        let dir = tempfile::tempdir().expect("temp");
        let project = Project::open(&dir.path().join("shop")).expect("create");
        let sheet = RuleSheet::parse(TEXT, "rules.toml").expect("sound");
        let log = |name: &str, user: Option<i64>| {
            let mut log = table(vec![("user_id", Col::I(vec![Some(1), user]))]);
            Arc::make_mut(&mut log.info).hash = ContentHash::of_bytes(name.as_bytes());
            check_rules(
                sheet.rules(),
                (&log, Tables::default()),
                dir.path(),
                1,
                &Progress::new(),
            )
            .expect("checked")
        };
        let (may, june) = (log("may", Some(2)), log("june", None));
        // As an earlier program left it.
        project.keep_json(CHECK_FILE, &may).expect("kept");
        assert_eq!(rule_history(&project).checks().len(), 1);
        keep_check(&project, &june).expect("kept");
        keep_check(&project, &june).expect("the same load again");
        let history = rule_history(&project);
        let told = history.of_rule(&sheet.rules()[0]);
        let failed: Vec<u64> = told.iter().map(|(_, rule)| rule.failed).collect();
        assert_eq!(failed, [0, 1]);
        assert_eq!(history.of_log(&may.log).map(|check| check.rules.len()), Some(1));
    }
}
