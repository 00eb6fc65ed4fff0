//! The profile of the log inside the audit's page: users, items, sessions, events, volume over time.

use super::ReportLanguage;
use super::audit::plots;
use super::behaviour::behaviour_section;
use super::page::{Page, escape};
use crate::engine::artifact::Bilingual;
use crate::engine::audit::log_profile::{LogProfile, Volume};
use crate::engine::audit::plot::{FindingPlot, Marks, Scale, Series};
use crate::engine::audit::{duration, percent, thousands};

pub(super) fn log_section(page: &mut Page, log: &LogProfile) {
    let language = page.language();
    page.heading(language.pick("The log", "日志概况"));
    let number = |value: Option<u64>| value.map_or_else(|| "–".to_owned(), thousands);
    let mut cards = vec![
        (language.pick("Users", "用户"), number(log.users)),
        (language.pick("Items", "商品"), number(log.items)),
        (language.pick("Sessions", "会话"), number(log.sessions)),
    ];
    let shares = [
        (language.pick("Empty user-item pairs", "空用户-商品组合"), log.sparsity),
        (
            language.pick("Gini of items", "商品基尼系数"),
            log.popularity.as_ref().map(|items| items.gini),
        ),
    ];
    cards.extend(
        shares
            .into_iter()
            .filter_map(|(name, value)| Some((name, percent(value?)))),
    );
    if let Some(sessions) = &log.session_profile {
        let (en, zh) = duration(sessions.median_length_secs);
        let text = if language == ReportLanguage::English { en } else { zh };
        cards.push((language.pick("Median session", "会话时长中位数"), text));
    }
    let html: String = cards
        .iter()
        .map(|(name, value)| {
            format!(
                "<div class=\"card\"><span class=\"quiet\">{name}</span><b>{}</b></div>",
                escape(value)
            )
        })
        .collect();
    page.push(&format!("<div class=\"cards\">{html}</div>"));
    let range = [&log.first, &log.last].map(|time| time.as_deref().unwrap_or("–"));
    page.push(&format!(
        "<p class=\"facts\">{} … {}</p>",
        escape(range[0]),
        escape(range[1])
    ));
    events(page, log);
    let charts: Vec<FindingPlot> = log.volume.as_ref().map(volume_plot).into_iter().collect();
    plots(page, &charts);
    behaviour_section(page, log);
}

fn events(page: &mut Page, log: &LogProfile) {
    let language = page.language();
    let rows: Vec<Vec<String>> = log
        .events
        .iter()
        .take(30)
        .map(|event| {
            let users = event.users.map_or_else(|| "–".to_owned(), thousands);
            let kind = event.kind.as_deref().unwrap_or("–");
            vec![
                escape(&event.name),
                kind.to_owned(),
                thousands(event.count),
                percent(event.share),
                users,
            ]
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    let head = [
        language.pick("Event", "事件"),
        language.pick("Meaning", "含义"),
        language.pick("Rows", "行数"),
        language.pick("Share", "占比"),
        language.pick("Users", "用户"),
    ];
    page.table(&head.map(str::to_owned), &rows, &[2, 3, 4]);
}

fn volume_plot(volume: &Volume) -> FindingPlot {
    let totals = volume.totals();
    let at = |bin: usize| volume.start_secs + volume.bin_secs * (bin as f64 + 0.5);
    let series = vec![Series {
        name: Bilingual::new("rows", "行数"),
        points: totals
            .iter()
            .enumerate()
            .map(|(bin, &rows)| [at(bin), rows as f64])
            .collect(),
        flagged: false,
    }];
    let title = if volume.is_hourly() {
        Bilingual::new("Rows an hour", "每小时行数")
    } else {
        Bilingual::new("Rows a day", "每天行数")
    };
    let rows = Bilingual::new("rows", "行数");
    FindingPlot::new(
        title,
        Bilingual::new("time (UTC)", "时间（UTC）"),
        rows,
        Marks::Lines { series },
    )
    .with_scale(Scale::Time)
}
