//! Requests of the audit page.

#[derive(Debug)]
pub enum AuditCommand {
    /// Do this stage with what is chosen, or its defaults (the flow sends it too).
    Run,
}
