//! The open project.

use crate::engine::flow::sources::Sources;
use crate::engine::project::{ArtefactKind, ArtefactRecord, Project};
use crate::gui::loadable::Loadable;

#[derive(Default)]
pub struct ProjectState {
    pub project: Loadable<Project>,
    /// The files the project reads, absolute.
    pub sources: Sources,
    /// The catalogue, newest first; read again after each recording.
    pub artefacts: Vec<ArtefactRecord>,
    /// A message for the whole window (a failed save, read-only project), until it is dismissed.
    pub notice: Option<String>,
}

impl ProjectState {
    pub fn name(&self) -> Option<String> {
        self.project.value().map(|project| project.name())
    }

    /// Records an artefact with its lineage; a failure is shown, not lost. A read-only project records nothing.
    pub fn record(&mut self, artefact: &ArtefactRecord) {
        let Some(project) = self.project.ready().cloned() else {
            return;
        };
        if project.is_read_only() {
            return;
        }
        if let Err(error) = project.record(artefact) {
            self.notice = Some(error.to_string());
        }
        self.reload_artefacts();
    }

    pub fn reload_artefacts(&mut self) {
        let Some(project) = self.project.ready() else { return };
        match project.artefacts(None) {
            Ok(artefacts) => self.artefacts = artefacts,
            Err(error) => self.notice = Some(error.to_string()),
        }
    }

    /// Saves a setting of the project; a failure is shown, not lost.
    pub fn save_setting<T: serde::Serialize + ?Sized>(&mut self, key: &str, value: &T) {
        let Some(project) = self.project.ready() else { return };
        if project.is_read_only() {
            return;
        }
        if let Err(error) = project.set_setting(key, value) {
            self.notice = Some(error.to_string());
        }
    }

    /// A setting of the project, the default where it was never saved.
    pub fn setting<T: serde::de::DeserializeOwned + Default>(&mut self, key: &str) -> T {
        let Some(project) = self.project.ready() else {
            return T::default();
        };
        match project.setting(key) {
            Ok(value) => value.unwrap_or_default(),
            Err(error) => {
                self.notice = Some(error.to_string());
                T::default()
            }
        }
    }

    /// The newest recorded artefact of a kind.
    pub fn latest(&self, kind: ArtefactKind) -> Option<&ArtefactRecord> {
        self.artefacts.iter().find(|artefact| artefact.kind == kind)
    }
}
