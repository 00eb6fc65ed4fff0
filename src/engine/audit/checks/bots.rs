//! B02: users that behave like programs.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::bot_plots::plots;
use crate::engine::audit::cells::Value;
use crate::engine::audit::context::Context;
use crate::engine::audit::distinct::NULL;
use crate::engine::audit::finding::{Dimension, Fact};
use crate::engine::audit::fix::Fix;
use crate::engine::audit::pace::{Pace, Reasons, paces};
use crate::engine::audit::plot::FindingPlot;
use crate::engine::audit::rule::{Extent, Outcome, RuleInfo, Violation, fact, finding};
use crate::engine::audit::wording::{percent, plain, thousands};
use crate::engine::progress::Cancelled;

/// Bot-like users (B02)
///
/// ## What it checks
/// A user is bot-like for any of these reasons: the intervals within visits hardly vary (coefficient of
/// variation below 0.1 over at least 50 intervals; pauses of more than 30 minutes separate visits); more than 20 different moments within one minute; more than
/// 1,000 different moments in a day and more than 99.9 % of users ever reach; a day and more without a pause of
/// four hours; more than 500 different items and never a cart or a purchase where 20 would be expected. Rows of
/// one moment count once, so that a basket written line by line is no bot.
///
/// ## Why it matters
/// A few crawlers lift the popularity of whatever they walk through, dilute conversion, and dominate gradient
/// steps, because they have more events than thousands of shoppers.
///
/// ## Example
/// 37 users with 211,904 events (4.2 % of the log) act every 61 seconds for hours.
///
/// ## Proposed fix
/// Drop all rows of these users.
pub struct BotLikeUsers {
    users: Vec<Value>,
    column: String,
    rows: u64,
    total: u64,
    reasons: Vec<(Reasons, u64)>,
    cv_limit: f64,
    plots: Vec<FindingPlot>,
}

impl Violation for BotLikeUsers {
    const INFO: RuleInfo = RuleInfo {
        code: "B02",
        name_en: "Bot-like users",
        name_zh: "疑似机器人用户",
        dimension: Dimension::Behaviour,
        source: include_str!("bots.rs"),
    };

    fn message(&self) -> Bilingual {
        let (users, rows) = (thousands(self.users.len() as u64), thousands(self.rows));
        let share = percent(self.rows as f64 / self.total as f64);
        let mut text = Bilingual::new(
            format!("{users} users with {rows} rows ({share}) do not behave like people: "),
            format!("{users} 个用户（{rows} 行，{share}）的行为不像真人："),
        );
        let (mut en, mut zh) = (Vec::new(), Vec::new());
        for &(reason, count) in &self.reasons {
            let (reason_en, reason_zh) = reason.words();
            en.push(format!("{} {reason_en}", thousands(count)));
            zh.push(format!("{} 个{reason_zh}", thousands(count)));
        }
        text.en += &(en.join("; ") + ".");
        text.zh += &(zh.join("；") + "。");
        text
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "They lift the popularity of whatever they walk through and dilute conversion; people do not browse like this.",
            "它们会抬高所经商品的热度、稀释转化率；真人不会这样浏览。",
        )
    }

    fn threshold(&self) -> Bilingual {
        let cv = plain(self.cv_limit);
        Bilingual::new(
            format!(
                "People's intervals vary as much as their mean; below {cv} of it a timer is at work. The other limits are beyond what hands can do or sleep allows."
            ),
            format!(
                "真人的时间间隔波动与均值相当；低于均值的 {cv} 说明是定时器。其余阈值超出了手速或睡眠所允许的范围。"
            ),
        )
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        let fix = Fix::DropUsers {
            column: self.column.clone(),
            users: self.users.clone(),
        };
        Some((fix, Bilingual::new("Drop these users", "删除这些用户")))
    }

    fn facts(&self) -> Vec<Fact> {
        vec![fact("users", "Users", "用户数", self.users.len() as f64)]
    }

    fn plots(&self) -> Vec<FindingPlot> {
        self.plots.clone()
    }
}

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let (Some(user), Some(column)) = (&context.log.user, context.column_name(Role::User)) else {
        return Ok(Outcome::missing_roles("user", "用户"));
    };
    if context.log.time.is_none() {
        return Ok(Outcome::missing_roles("time", "时间"));
    }
    let paces = paces(context)?;
    let is_bot: Vec<bool> = paces.iter().map(|pace| !pace.reasons.is_empty()).collect();
    if !is_bot.contains(&true) {
        return Ok(Outcome::Checked(Vec::new()));
    }
    let flagged = |code: u32| code != NULL && is_bot[code as usize];
    let rows: Vec<u32> = (0..user.codes.len() as u32)
        .filter(|&row| flagged(user.codes[row as usize]))
        .collect();
    let violation = BotLikeUsers {
        users: values_of(context, &is_bot, &rows),
        column: column.clone(),
        rows: rows.len() as u64,
        total: user.codes.len() as u64,
        reasons: count_reasons(&paces),
        cv_limit: context.thresholds().bot_interval_cv,
        plots: plots(context, &paces),
    };
    let severity = if rows.len() * 10 > user.codes.len() {
        Severity::Error
    } else {
        Severity::Warning
    };
    let extent = Extent::of_rows(severity, Some(&column), rows, user.codes.len());
    Ok(Outcome::Checked(vec![finding(context, &violation, extent)]))
}

/// The identifiers of the flagged users, in order of their first row.
fn values_of(context: &Context<'_>, is_bot: &[bool], rows: &[u32]) -> Vec<Value> {
    let (Some(user), Some(cells)) = (&context.log.user, context.cells(Role::User)) else {
        return Vec::new();
    };
    let mut named = vec![false; is_bot.len()];
    let mut out = Vec::new();
    for &row in rows {
        let code = user.codes[row as usize] as usize;
        if !std::mem::replace(&mut named[code], true) {
            out.push(cells.value(row as usize));
        }
    }
    out
}

fn count_reasons(paces: &[Pace]) -> Vec<(Reasons, u64)> {
    let count = |reason: Reasons| paces.iter().filter(|pace| pace.reasons.contains(reason)).count() as u64;
    Reasons::ALL
        .into_iter()
        .map(|reason| (reason, count(reason)))
        .filter(|(_, count)| *count > 0)
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{findings, log};
    use crate::engine::random::Draws;

    fn person(user: i64, events: i64, mean_secs: f64) -> Vec<(i64, i64, &'static str, i64)> {
        let mut draws = Draws::new(user as u64, &[]);
        let mut clock = 0;
        (0..events)
            .map(|step| {
                clock += 3 + (mean_secs * draws.exponential()) as i64;
                (
                    user,
                    step % 40,
                    if step % 20 == 19 { "purchase" } else { "view" },
                    clock,
                )
            })
            .collect()
    }

    #[test]
    fn a_timer_is_a_bot_and_a_busy_person_is_not() {
        let mut rows = person(1, 300, 40.0);
        rows.extend((0..60).map(|step| (2, step, "view", step * 61)));
        rows.extend((0..50).map(|step| (3, step, "view", step * 61)));
        let found = findings(&log(&rows), "B02");
        assert_eq!(found[0].fact("users"), Some(1.0));
        assert!(found[0].rows.iter().all(|&row| rows[row as usize].0 == 2) && found[0].rows.len() == 60);
        assert!(!found[0].plots.is_empty());
    }

    #[test]
    fn more_than_twenty_moments_a_minute_but_not_one_basket() {
        let mut rows: Vec<_> = (0..21).map(|step| (1, step, "view", 5 * step / 2)).collect();
        rows.extend((0..500).map(|line| (2, line, "purchase", 100)));
        rows.extend((0..21).map(|step| (3, step, "view", 3 * step)));
        let found = findings(&log(&rows), "B02");
        assert_eq!((found[0].fact("users"), found[0].count), (Some(1.0), 21));
    }

    #[test]
    fn a_day_and_a_half_without_sleep() {
        let mut rows = person(1, 30, 5_000.0);
        let mut draws = Draws::new(9, &[]);
        let mut clock = 0;
        rows.extend((0..60).map(|step| {
            clock += 600 + draws.below(4_000) as i64;
            (2, step % 7, "view", clock)
        }));
        assert!(clock > 36 * 3600);
        let found = findings(&log(&rows), "B02");
        assert_eq!((found[0].fact("users"), found[0].count), (Some(1.0), 60));
        assert!(found[0].message.en.contains("pause"), "{}", found[0].message.en);
    }
}
