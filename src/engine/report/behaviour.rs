//! The log over time inside the audit's page: hours of the week, gaps and spikes, retention, arrivals, concentration.

use super::ReportLanguage;
use super::heat_map::{HeatCell, HeatLook, heat_map};
use super::page::{Page, escape};
use super::svg::Chart;
use crate::engine::artifact::Bilingual;
use crate::engine::audit::concentration::Concentration;
use crate::engine::audit::log_profile::{
    Arrivals, Cohort, Episode, EpisodeKind, LogProfile, Retention, Rhythm, VolumeEpisodes,
};
use crate::engine::audit::plot::{FindingPlot, Marks, Scale, Series};
use crate::engine::audit::{plain, thousands};

/// Episodes that are written out.
const MOST_EPISODES: usize = 20;

pub(super) fn behaviour_section(page: &mut Page, log: &LogProfile) {
    let language = page.language();
    let mut figures: Vec<String> = Vec::new();
    figures.extend(log.rhythm.as_ref().map(|rhythm| rhythm_map(rhythm, language)));
    figures.extend(
        log.retention
            .as_ref()
            .map(|retention| retention_map(retention, language)),
    );
    figures.extend(
        log.arrivals
            .as_ref()
            .map(|arrivals| figure(&arrivals_plot(arrivals), language)),
    );
    figures.extend(lorenz_plot(log).map(|plot| figure(&plot, language)));
    page.figures(&figures);
    funnel(page, log);
    if let Some(found) = &log.episodes {
        episodes(page, found);
    }
}

fn figure(plot: &FindingPlot, language: ReportLanguage) -> String {
    format!(
        "<figure><figcaption>{}</figcaption>{}</figure>",
        escape(language.of(&plot.title)),
        Chart::of(plot, language)
    )
}

fn rhythm_map(rhythm: &Rhythm, language: ReportLanguage) -> String {
    let days = match language {
        ReportLanguage::English => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
        ReportLanguage::Chinese => ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
    };
    let most = rhythm.highest_mean();
    let cells: Vec<Vec<HeatCell>> = (0..7)
        .map(|day| {
            let cell = |hour: usize| {
                let mean = rhythm.mean(day * 24 + hour);
                HeatCell {
                    strength: mean.map(|mean| mean / most),
                    text: String::new(),
                    hint: mean.map_or_else(String::new, |mean| {
                        format!("{} {hour:02}:00 · {}", days[day], plain(round(mean)))
                    }),
                }
            };
            (0..24).map(cell).collect()
        })
        .collect();
    let hours = Rhythm::hour_labels();
    let rows = language.pick("rows an hour", "行/小时");
    let legend = [
        (0.0, format!("0 {rows}")),
        (1.0, format!("{} {rows}", plain(round(most)))),
    ];
    let look = HeatLook {
        cell_width: 19.0,
        cell_height: 19.0,
        label_width: 40.0,
        slanted: 0.0,
    };
    let title = language.pick("Mean rows by hour of the week (UTC)", "一周各小时平均行数（UTC）");
    heat_map(title, (&days.map(str::to_owned), &hours), &cells, &legend, look)
}

fn retention_map(retention: &Retention, language: ReportLanguage) -> String {
    let most = retention.highest_rate();
    let cells: Vec<Vec<HeatCell>> = retention
        .cohorts
        .iter()
        .map(|cohort| cohort_cells(cohort, most))
        .collect();
    let start = |cohort| retention.start_of(cohort, "%Y-%m-%d");
    let rows: Vec<String> = retention.cohorts.iter().map(start).collect();
    let mut columns = vec![language.pick("users", "用户").to_owned()];
    columns.extend((1..retention.num_periods()).map(|later| format!("+{later}")));
    let title = match language {
        ReportLanguage::English => format!(
            "Retention: users first seen in a {}, share active in later ones; the last is {:.0} % complete",
            period_name(retention, language),
            retention.last_period_share * 100.0
        ),
        ReportLanguage::Chinese => format!(
            "留存：按首次出现的{}分组，之后各期活跃的用户占比；最后一期完成 {:.0} %",
            period_name(retention, language),
            retention.last_period_share * 100.0
        ),
    };
    let legend = [(0.0, "0 %".to_owned()), (1.0, format!("{:.0} %", most * 100.0))];
    let look = HeatLook {
        cell_width: 44.0,
        cell_height: 22.0,
        label_width: 76.0,
        slanted: 0.0,
    };
    heat_map(&title, (&rows, &columns), &cells, &legend, look)
}

/// The size of a cohort, then the share that is active in each later period.
fn cohort_cells(cohort: &Cohort, most: f64) -> Vec<HeatCell> {
    let size = HeatCell {
        strength: None,
        text: thousands(cohort.size()),
        hint: String::new(),
    };
    let later = (1..cohort.users.len()).map(|later| {
        let rate = cohort.rate(later).unwrap_or(0.0);
        HeatCell {
            strength: Some(rate / most),
            text: format!("{:.0} %", rate * 100.0),
            hint: format!("{} / {}", thousands(cohort.users[later]), thousands(cohort.size())),
        }
    });
    std::iter::once(size).chain(later).collect()
}

fn period_name(retention: &Retention, language: ReportLanguage) -> String {
    let days = retention.period_days();
    match (days, language) {
        (1, _) => language.pick("day", "日").to_owned(),
        (7, _) => language.pick("week", "周").to_owned(),
        (_, ReportLanguage::English) => format!("{} weeks", days / 7),
        (_, ReportLanguage::Chinese) => format!("{} 周", days / 7),
    }
}

fn arrivals_plot(arrivals: &Arrivals) -> FindingPlot {
    let line = |(name, counts, flagged): (Bilingual, &Option<Vec<u64>>, bool)| {
        let points = arrivals.points(counts.as_ref()?);
        Some(Series { name, points, flagged })
    };
    let lines = [
        (Bilingual::new("new users", "新用户"), &arrivals.new_users, false),
        (Bilingual::new("new items", "新商品"), &arrivals.new_items, true),
    ];
    let marks = Marks::Lines {
        series: lines.into_iter().filter_map(line).collect(),
    };
    let title = Bilingual::new(
        "New users and items a day, by their first event in the log",
        "每日新用户与新商品（按日志中首次出现）",
    );
    let time = Bilingual::new("time (UTC)", "时间（UTC）");
    FindingPlot::new(title, time, Bilingual::default(), marks).with_scale(Scale::Time)
}

fn lorenz_plot(log: &LogProfile) -> Option<FindingPlot> {
    let line = |(name, of, flagged): (Bilingual, &Option<Concentration>, bool)| {
        let of = of.as_ref()?;
        let gini = format!(" · Gini {:.2}", of.gini);
        Some(Series {
            name: Bilingual::new(name.en + &gini, name.zh + &gini),
            points: of.lorenz.clone(),
            flagged,
        })
    };
    let lines = [
        (Bilingual::new("users", "用户"), &log.activity, false),
        (Bilingual::new("items", "商品"), &log.popularity, true),
    ];
    let series: Vec<Series> = lines.into_iter().filter_map(line).collect();
    let plot = FindingPlot::new(
        Bilingual::new("Lorenz curves of activity and popularity", "活跃度与热度的洛伦兹曲线"),
        Bilingual::new(
            "share of users (items), least active first",
            "用户（商品）占比，从低到高",
        ),
        Bilingual::new("share of events", "事件占比"),
        Marks::Lines { series: series.clone() },
    );
    (!series.is_empty()).then_some(plot)
}

fn funnel(page: &mut Page, log: &LogProfile) {
    if log.funnel.len() < 2 {
        return;
    }
    let language = page.language();
    // More users than in the step before is possible, so this is no share of a whole.
    let share = |rate: Option<f64>| rate.map_or_else(|| "–".to_owned(), |rate| format!("{:.1} %", rate * 100.0));
    let rows: Vec<Vec<String>> = log
        .funnel
        .iter()
        .map(|step| {
            vec![
                escape(&step.kind),
                thousands(step.events),
                thousands(step.users),
                share(step.rate),
                share(step.rate_of_first),
            ]
        })
        .collect();
    let head = [
        language.pick("Funnel", "漏斗"),
        language.pick("Events", "事件"),
        language.pick("Users", "用户"),
        language.pick("Of the step before", "占上一步"),
        language.pick("Of the first step", "占第一步"),
    ];
    page.table(&head.map(str::to_owned), &rows, &[1, 2, 3, 4]);
}

fn episodes(page: &mut Page, found: &VolumeEpisodes) {
    let language = page.language();
    let shown = found.episodes.len().min(MOST_EPISODES);
    let title = match language {
        ReportLanguage::English => format!("Gaps and spikes: {} of {}", shown, found.total),
        ReportLanguage::Chinese => format!("断档与突增：{} / {}", shown, found.total),
    };
    page.push(&format!(
        "<h3>{}</h3><p class=\"quiet\">{}</p>",
        escape(&title),
        escape(language.pick(
            "Rows of an hour (day) against the median of the same hours of the day, on the scale of square roots; beyond 3.5 robust standard deviations (Anscombe 1948; Iglewicz and Hoaglin 1993).",
            "将每小时（天）行数与同一时段的中位数在平方根尺度上比较，超过 3.5 个稳健标准差即列出（Anscombe 1948；Iglewicz 与 Hoaglin 1993）。",
        ))
    ));
    let rows: Vec<Vec<String>> = found
        .episodes
        .iter()
        .take(shown)
        .map(|episode| episode_row(episode, language))
        .collect();
    if rows.is_empty() {
        return;
    }
    let head = [
        "",
        language.pick("Event", "事件"),
        language.pick("From (UTC)", "开始（UTC）"),
        language.pick("Hours", "小时"),
        language.pick("Rows", "行数"),
        language.pick("Usual", "通常"),
        "z",
    ];
    page.table(&head.map(str::to_owned), &rows, &[3, 4, 5, 6]);
}

fn episode_row(episode: &Episode, language: ReportLanguage) -> Vec<String> {
    let kind = match episode.kind {
        EpisodeKind::Gap => language.pick("▼ gap", "▼ 断档"),
        EpisodeKind::Dip => language.pick("▽ dip", "▽ 骤降"),
        EpisodeKind::Spike => language.pick("▲ spike", "▲ 突增"),
    };
    let from = chrono::DateTime::from_timestamp(episode.start_secs as i64, 0);
    let event = episode
        .event
        .as_deref()
        .map_or_else(|| language.pick("all", "全部").to_owned(), escape);
    vec![
        kind.to_owned(),
        event,
        from.map_or_else(String::new, |from| from.format("%Y-%m-%d %H:%M").to_string()),
        plain(round((episode.end_secs - episode.start_secs) / 3_600.0)),
        thousands(episode.rows),
        thousands(episode.usual_rows.round() as u64),
        format!("{:.1}", episode.z),
    ]
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
