//! Drives the whole flow: when a stage is done the next one is asked for, by the same commands a click sends.

use super::ApplyContext;
use crate::gui::command::audit::AuditCommand;
use crate::gui::command::compare::CompareCommand;
use crate::gui::command::data::DataCommand;
use crate::gui::command::evaluate::EvaluateCommand;
use crate::gui::command::experiments::ExperimentsCommand;
use crate::gui::command::features::FeaturesCommand;
use crate::gui::command::recipe::RecipeCommand;
use crate::gui::command::rules::RulesCommand;
use crate::gui::command::train::TrainCommand;
use crate::gui::command::{Command, Commands};
use crate::gui::pages::Page;
use crate::gui::state::flow::FLOW;
use crate::gui::state::{AppState, Stage};

/// How a stage stands, as the flow sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StageOutcome {
    /// Not finished yet.
    Pending,
    Done,
    Failed(String),
}

/// Called once a frame: takes up an opened project where it stood, starts the next stage when the current one is
/// done, stops on a failure.
pub fn advance(cx: &mut ApplyContext<'_>) {
    super::recipe::resume(cx);
    let Some(index) = cx.state.flow.current else { return };
    let Some(&stage) = FLOW.get(index) else {
        cx.state.flow.current = None;
        cx.state.flow.finished = true;
        return;
    };
    if !cx.state.flow.started {
        cx.state.flow.started = true;
        cx.commands.send(Command::Go(Page::of_stage(stage)));
        send_run(stage, cx.commands);
        return;
    }
    if cx.jobs.running().iter().any(|job| job.stage == stage) {
        return;
    }
    match outcome(stage, cx.state) {
        StageOutcome::Pending => {}
        StageOutcome::Done => {
            cx.state.flow.current = Some(index + 1);
            cx.state.flow.started = false;
            cx.jobs.context().request_repaint();
        }
        StageOutcome::Failed(why) => cx.state.flow.stop(Some(why)),
    }
}

fn send_run(stage: Stage, commands: &Commands) {
    commands.send(match stage {
        Stage::Project | Stage::Preview | Stage::Models => return,
        Stage::Data => Command::Data(DataCommand::Run),
        Stage::Audit => Command::Audit(AuditCommand::Run),
        Stage::Rules => Command::Rules(RulesCommand::Check),
        Stage::Recipe => Command::Recipe(RecipeCommand::Run),
        Stage::Features => Command::Features(FeaturesCommand::Run),
        Stage::Train => Command::Train(TrainCommand::Run),
        Stage::Evaluate => Command::Evaluate(EvaluateCommand::Run),
        Stage::Compare => Command::Compare(CompareCommand::Run),
        Stage::Experiments => Command::Experiments(ExperimentsCommand::Run),
    });
}

fn outcome(stage: Stage, state: &AppState) -> StageOutcome {
    match stage {
        // Rules are checked behind each audit and stop nothing: whether they hold is for the analyst to judge.
        Stage::Project | Stage::Preview | Stage::Models | Stage::Rules => StageOutcome::Done,
        Stage::Data => state.data.outcome(),
        Stage::Audit => state.audit.outcome(),
        Stage::Recipe => state.recipe.outcome(),
        Stage::Features => state.features.outcome(),
        Stage::Train => state.train.outcome(),
        Stage::Evaluate => state.evaluate.outcome(),
        Stage::Compare => state.compare.outcome(),
        Stage::Experiments => state.experiments.outcome(),
    }
}
