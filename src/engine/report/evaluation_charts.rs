//! The curves of one or more models' evaluations on the same rows.

use super::ReportLanguage;
use super::curve_chart::{Band, CurveChart, Line, Style};
use super::evaluation::Named;

pub(super) fn roc(models: &[Named<'_>], language: ReportLanguage) -> CurveChart {
    let mut lines = vec![diagonal()];
    lines.extend(models.iter().enumerate().map(|(hue, (name, found))| Line {
        name: (*name).to_owned(),
        points: found.curves.roc.clone(),
        hue,
        style: Style::Plain,
    }));
    CurveChart {
        title: language
            .pick("ROC: true against false positives", "ROC：真正例率与假正例率")
            .to_owned(),
        x_label: language.pick("false positive rate", "假正例率").to_owned(),
        y_label: language.pick("true positive rate", "真正例率").to_owned(),
        lines,
        is_unit: true,
        ..CurveChart::default()
    }
}

pub(super) fn precision_recall(models: &[Named<'_>], language: ReportLanguage) -> CurveChart {
    let lines = models.iter().enumerate().map(|(hue, (name, found))| Line {
        name: (*name).to_owned(),
        points: found.curves.precision_recall.clone(),
        hue,
        style: Style::Plain,
    });
    CurveChart {
        title: language.pick("Precision against recall", "精确率与召回率").to_owned(),
        x_label: language.pick("recall", "召回率").to_owned(),
        y_label: language.pick("precision", "精确率").to_owned(),
        lines: lines.collect(),
        is_unit: true,
        ..CurveChart::default()
    }
}

/// Bins of equal row counts; the band is the first model's Wilson interval.
pub(super) fn reliability(models: &[Named<'_>], language: ReportLanguage) -> CurveChart {
    let mut lines = vec![diagonal()];
    let mut bands = Vec::new();
    for (hue, (name, found)) in models.iter().enumerate() {
        let Some(calibration) = &found.calibration else {
            continue;
        };
        let bins = &calibration.equal_mass;
        if bands.is_empty() {
            let band = bins
                .iter()
                .map(|bin| [bin.mean_score, bin.interval[0], bin.interval[1]]);
            bands.push(Band {
                points: band.collect(),
                hue,
            });
        }
        lines.push(Line {
            name: (*name).to_owned(),
            points: bins.iter().map(|bin| [bin.mean_score, bin.positive_rate]).collect(),
            hue,
            style: Style::Marked,
        });
    }
    CurveChart {
        title: language
            .pick("Reliability: positives against predicted", "可靠性：实际正例率与预测值")
            .to_owned(),
        x_label: language.pick("mean score of the bin", "分箱平均分").to_owned(),
        y_label: language.pick("positive rate", "正例率").to_owned(),
        // Without probabilities there is nothing to hold against the diagonal.
        is_unit: !bands.is_empty(),
        lines: if bands.is_empty() { Vec::new() } else { lines },
        bands,
        ..CurveChart::default()
    }
}

fn diagonal() -> Line {
    Line {
        name: String::new(),
        points: vec![[0.0, 0.0], [1.0, 1.0]],
        hue: 0,
        style: Style::Faint,
    }
}

/// Share of each class by score, as steps.
pub(super) fn scores((name, found): Named<'_>, language: ReportLanguage) -> CurveChart {
    let mut lines = Vec::new();
    if let Some(histogram) = &found.curves.histogram {
        let classes = [
            (language.pick("positive", "正例"), &histogram.positives, 1),
            (language.pick("negative", "负例"), &histogram.negatives, 0),
        ];
        for (class, counts, hue) in classes {
            let total = counts.iter().sum::<u64>().max(1) as f64;
            let steps = counts.iter().enumerate().flat_map(|(bin, count)| {
                let left = histogram.start + histogram.bin_width * bin as f64;
                let share = *count as f64 / total;
                [[left, share], [left + histogram.bin_width, share]]
            });
            lines.push(Line {
                name: class.to_owned(),
                points: steps.collect(),
                hue,
                style: Style::Plain,
            });
        }
    }
    CurveChart {
        title: format!(
            "{} · {name}",
            language.pick("Scores of the two classes", "两类的分数分布")
        ),
        x_label: language.pick("score", "分数").to_owned(),
        y_label: language.pick("share of the class", "占该类比例").to_owned(),
        lines,
        has_zero: true,
        is_percent: true,
        ..CurveChart::default()
    }
}
