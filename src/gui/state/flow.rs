//! Where a run of the whole flow stands.

use super::Stage;

/// The stages the flow goes through, in order.
pub const FLOW: [Stage; 8] = [
    Stage::Data,
    Stage::Audit,
    Stage::Recipe,
    Stage::Features,
    Stage::Train,
    Stage::Evaluate,
    Stage::Compare,
    Stage::Experiments,
];

#[derive(Default)]
pub struct FlowState {
    /// Index into `FLOW` of the stage under way.
    pub current: Option<usize>,
    /// The stage's command was sent; its job or run is under way.
    pub started: bool,
    /// Why the last flow stopped before its end.
    pub stopped: Option<String>,
    pub finished: bool,
}

impl FlowState {
    pub fn is_running(&self) -> bool {
        self.current.is_some()
    }

    pub fn begin(&mut self) {
        *self = Self {
            current: Some(0),
            ..Self::default()
        };
    }

    pub fn stop(&mut self, why: Option<String>) {
        self.current = None;
        self.stopped = why;
    }
}
