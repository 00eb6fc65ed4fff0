//! Carries out the requests of the audit page.

use super::ApplyContext;
use crate::gui::command::audit::AuditCommand;

pub fn apply(command: AuditCommand, _cx: &mut ApplyContext<'_>) {
    match command {
        AuditCommand::Run => {}
    }
}
