//! B03: sessions with pauses inside, and sessions without end.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::context::Context;
use crate::engine::audit::distinct::NULL;
use crate::engine::audit::finding::{Dimension, Fact, Finding};
use crate::engine::audit::plot::{Axis, FindingPlot, Scale};
use crate::engine::audit::plots::{log_histogram, over_time};
use crate::engine::audit::rule::{Extent, Outcome, RuleInfo, Violation, fact, finding};
use crate::engine::audit::session_spans::SessionSpans;
use crate::engine::audit::wording::{duration, percent, plain, thousands};
use crate::engine::progress::Cancelled;

/// Session gaps and overlong sessions (B03)
///
/// ## What it checks
/// Two things, reported apart. Gaps: rows that come more than 30 minutes after the row before them in the same
/// session. Overlong sessions: all rows of sessions that go on for more than 12 hours without such a gap.
///
/// ## Why it matters
/// A session key that outlives the visit glues unrelated intents together; session features, next-item labels
/// and sessions as experiment units all become wrong.
///
/// ## Example
/// 402 sessions pause for 40 minutes to 3 days; 6 go on for 13 hours.
///
/// ## Proposed fix
/// None in place: derive sessions anew with a 30-minute gap when features are built.
pub struct BrokenSessions {
    kind: Kind,
    column: String,
    /// Sessions concerned and sessions in all.
    sessions: u64,
    all_sessions: u64,
    rows: u64,
    longest_secs: f64,
    gap_mins: f64,
    max_hours: f64,
    plots: Vec<FindingPlot>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Gap,
    Overlong,
}

impl Violation for BrokenSessions {
    const INFO: RuleInfo = RuleInfo {
        code: "B03",
        name_en: "Session gaps and overlong sessions",
        name_zh: "会话中断与超长会话",
        dimension: Dimension::Behaviour,
        source: include_str!("sessions.rs"),
    };

    fn title(&self) -> Bilingual {
        match self.kind {
            Kind::Gap => Bilingual::new(
                format!("Sessions with a pause over {} min", plain(self.gap_mins)),
                format!("会话中断超过 {} 分钟", plain(self.gap_mins)),
            ),
            Kind::Overlong => Bilingual::new(
                format!("Sessions over {} h", plain(self.max_hours)),
                format!("会话超过 {} 小时", plain(self.max_hours)),
            ),
        }
    }

    fn message(&self) -> Bilingual {
        let (sessions, all, rows) = (
            thousands(self.sessions),
            thousands(self.all_sessions),
            thousands(self.rows),
        );
        let share = percent(self.sessions as f64 / self.all_sessions.max(1) as f64);
        let (longest_en, longest_zh) = duration(self.longest_secs);
        match self.kind {
            Kind::Gap => Bilingual::new(
                format!(
                    "{sessions} of {all} sessions ({share}) pause for more than {} min, {rows} times in all; the longest pause is {longest_en}.",
                    plain(self.gap_mins)
                ),
                format!(
                    "{all} 个会话中有 {sessions} 个（{share}）出现超过 {} 分钟的中断，共 {rows} 次；最长 {longest_zh}。",
                    plain(self.gap_mins)
                ),
            ),
            Kind::Overlong => Bilingual::new(
                format!(
                    "{sessions} of {all} sessions ({share}) go on for more than {} h without a pause; the longest for {longest_en}.",
                    plain(self.max_hours)
                ),
                format!(
                    "{all} 个会话中有 {sessions} 个（{share}）连续超过 {} 小时没有停顿；最长 {longest_zh}。",
                    plain(self.max_hours)
                ),
            ),
        }
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A session key that outlives the visit glues unrelated intents together; session features and next-item labels become wrong.",
            "会话标识超出一次访问的时长，会把不相关的意图连在一起，会话特征和下一商品标签都会出错。",
        )
    }

    fn threshold(&self) -> Bilingual {
        match self.kind {
            Kind::Gap => Bilingual::new(
                format!(
                    "{} minutes without an event end a session, the convention of web analytics.",
                    plain(self.gap_mins)
                ),
                format!(
                    "{} 分钟无事件即视为会话结束，这是网站分析的惯例。",
                    plain(self.gap_mins)
                ),
            ),
            Kind::Overlong => Bilingual::new(
                format!(
                    "Nobody shops for {} hours in one visit; such keys are shared or never renewed.",
                    plain(self.max_hours)
                ),
                format!(
                    "没有人会一次逛 {} 小时；这类标识多为共用或从不更新。",
                    plain(self.max_hours)
                ),
            ),
        }
    }

    fn facts(&self) -> Vec<Fact> {
        match self.kind {
            Kind::Gap => vec![fact(
                "paused_sessions",
                "Sessions with a pause",
                "有中断的会话",
                self.sessions as f64,
            )],
            Kind::Overlong => vec![fact(
                "overlong_sessions",
                "Overlong sessions",
                "超长会话",
                self.sessions as f64,
            )],
        }
    }

    fn plots(&self) -> Vec<FindingPlot> {
        self.plots.clone()
    }
}

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let (Some(spans), Some(column)) = (context.session_spans()?, context.column_name(Role::Session)) else {
        return Ok(Outcome::missing_roles("session and time", "会话、时间"));
    };
    let thresholds = context.thresholds();
    let limit = (thresholds.session_max_hours * 3.6e9) as i64;
    let findings = [
        gaps(context, &spans, &column),
        overlong(context, &spans, &column, limit),
    ];
    Ok(Outcome::Checked(findings.into_iter().flatten().collect()))
}

fn gaps(context: &Context<'_>, spans: &SessionSpans, column: &str) -> Option<Finding> {
    if spans.after_pause.is_empty() {
        return None;
    }
    let thresholds = context.thresholds();
    let limit = (thresholds.session_gap_mins * 60e6) as i64;
    let pauses: Vec<f64> = spans
        .sessions
        .iter()
        .map(|span| span.longest_pause as f64 / 60e6)
        .filter(|p| *p > 0.0)
        .collect();
    let marks = log_histogram(&pauses, |minutes| minutes > thresholds.session_gap_mins, 40);
    let plot = marks.map(|marks| {
        let label = format!("{} min", plain(thresholds.session_gap_mins));
        let title = Bilingual::new("Longest pause of each session", "每个会话的最长中断");
        FindingPlot::new(
            title,
            Bilingual::new("minutes", "分钟"),
            Bilingual::new("sessions", "会话数"),
            marks,
        )
        .with_scale(Scale::Log)
        .with_threshold(
            Axis::X,
            thresholds.session_gap_mins,
            Bilingual::new(label.clone(), label),
        )
    });
    let concerned = spans.sessions.iter().filter(|span| span.longest_pause > limit);
    let violation = BrokenSessions {
        kind: Kind::Gap,
        column: column.to_owned(),
        sessions: concerned.clone().count() as u64,
        all_sessions: spans.sessions.len() as u64,
        rows: spans.after_pause.len() as u64,
        longest_secs: concerned.map(|span| span.longest_pause).max().unwrap_or(0) as f64 / 1e6,
        gap_mins: thresholds.session_gap_mins,
        max_hours: thresholds.session_max_hours,
        plots: plot.into_iter().chain(over_time(context, &spans.after_pause)).collect(),
    };
    Some(report(context, &violation, spans.after_pause.clone()))
}

fn overlong(context: &Context<'_>, spans: &SessionSpans, column: &str, limit: i64) -> Option<Finding> {
    let session = context.log.session.as_ref()?;
    let is_long: Vec<bool> = spans.sessions.iter().map(|span| span.longest_visit > limit).collect();
    if !is_long.contains(&true) {
        return None;
    }
    let flagged = |code: u32| code != NULL && is_long[code as usize];
    let rows: Vec<u32> = (0..session.codes.len() as u32)
        .filter(|&row| flagged(session.codes[row as usize]))
        .collect();
    let thresholds = context.thresholds();
    let hours: Vec<f64> = spans
        .sessions
        .iter()
        .map(|span| span.longest_visit as f64 / 3.6e9)
        .filter(|h| *h > 0.0)
        .collect();
    let plot = log_histogram(&hours, |hours| hours > thresholds.session_max_hours, 40).map(|marks| {
        let label = format!("{} h", plain(thresholds.session_max_hours));
        let title = Bilingual::new("Length of sessions", "会话时长");
        FindingPlot::new(
            title,
            Bilingual::new("hours", "小时"),
            Bilingual::new("sessions", "会话数"),
            marks,
        )
        .with_scale(Scale::Log)
        .with_threshold(
            Axis::X,
            thresholds.session_max_hours,
            Bilingual::new(label.clone(), label),
        )
    });
    let violation = BrokenSessions {
        kind: Kind::Overlong,
        column: column.to_owned(),
        sessions: is_long.iter().filter(|long| **long).count() as u64,
        all_sessions: spans.sessions.len() as u64,
        rows: rows.len() as u64,
        longest_secs: spans.sessions.iter().map(|span| span.longest_visit).max().unwrap_or(0) as f64 / 1e6,
        gap_mins: thresholds.session_gap_mins,
        max_hours: thresholds.session_max_hours,
        plots: plot.into_iter().chain(over_time(context, &rows)).collect(),
    };
    Some(report(context, &violation, rows))
}

fn report(context: &Context<'_>, violation: &BrokenSessions, rows: Vec<u32>) -> Finding {
    let extent = Extent::of_rows(Severity::Warning, Some(&violation.column), rows, context.num_rows());
    finding(context, violation, extent)
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn pauses_and_endless_sessions_are_reported_apart() {
        let mut rows: Vec<(&str, i64)> = vec![("a", 0), ("a", 1_800), ("a", 3_601), ("b", 50), ("c", 7)];
        rows.extend((0..50).map(|step| ("d", step * 1_000)));
        let data = table(vec![
            ("session", Col::S(rows.iter().map(|row| Some(row.0)).collect())),
            (
                "time",
                Col::T(rows.iter().map(|row| Some(1_600_000_000 + row.1)).collect()),
            ),
        ]);
        let found = findings(&data, "B03");
        assert_eq!(found.len(), 2);
        let by_rows = |rows: usize| {
            found
                .iter()
                .find(|finding| finding.rows.len() == rows)
                .expect("reported")
        };
        assert_eq!(by_rows(1).rows.as_slice(), [2], "1,800 s is no gap, 1,801 s is");
        assert_eq!(
            by_rows(50).fact("overlong_sessions"),
            Some(1.0),
            "13.6 h without a pause"
        );
    }
}
