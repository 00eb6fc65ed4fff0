//! Known instants, every format, and what is no time.

use super::*;

fn at(year: u32, month: u32, day: u32, hour: u32, minute: u32, second: u32) -> i64 {
    date_micros(year, month, day).expect("valid date") + clock_micros(hour, minute, second).expect("valid time")
}

#[test]
fn known_instants() {
    // `date -u -d '2019-10-01 00:00:00' +%s` = 1569888000; 2000-02-29 = 951782400; 1969-12-31 = -86400.
    assert_eq!(at(2019, 10, 1, 0, 0, 0), 1_569_888_000 * MICROS_PER_SECOND);
    assert_eq!(at(2000, 2, 29, 0, 0, 0), 951_782_400 * MICROS_PER_SECOND);
    assert_eq!(at(1969, 12, 31, 0, 0, 0), -86_400 * MICROS_PER_SECOND);
    assert_eq!(date_micros(1900, 2, 29), None);
}

#[test]
fn the_forms_people_write() {
    let want = at(2019, 10, 1, 8, 5, 9);
    for text in [
        "2019-10-01 08:05:09 UTC",
        "2019-10-01 08:05:09",
        "2019-10-01T08:05:09Z",
        "2019-10-01T16:05:09+08:00",
        "2019-10-01 16:05:09 +0800",
        "2019/10/1 8:05:09",
        "2019.10.01 08:05:09",
        "2019-10-01T08:05:09.000",
        "01-Oct-2019 08:05:09",
        "1 October 2019 08:05:09",
        "Oct 1, 2019 08:05:09",
        "Tue, 01 Oct 2019 08:05:09 GMT",
        "2019年10月1日 08时05分09秒",
        "2019年10月01日 8:05:09",
        "2019年10月01日08:05:09",
        "10/1/2019 8:05:09 AM",
        "10/1/19 8:05:09",
    ] {
        assert_eq!(parse_text(text.as_bytes(), false), Some(want), "{text}");
    }
    assert_eq!(parse_text(b"1/10/2019 08:05:09", true), Some(want));
    assert_eq!(parse_text(b"12/1/2010 8:26", false), Some(at(2010, 12, 1, 8, 26, 0)));
    assert_eq!(parse_text(b"31-Jul-18", false), Some(at(2018, 7, 31, 0, 0, 0)));
    assert_eq!(parse_text(b"12:30 PM", false), None);
    assert_eq!(
        parse_text(b"2019-10-01 12:30:00 PM", false),
        Some(at(2019, 10, 1, 12, 30, 0))
    );
    assert_eq!(parse_text(b"2019-10-01 08:05:09.250", false), Some(want + 250_000));
}

#[test]
fn what_is_no_time() {
    for text in [
        "",
        "2019",
        "hello",
        "2019-13-01",
        "2019-02-30",
        "1.2.3",
        "192.168.1.1",
        "2019-10-01x",
        "2019-10-01 25:00:00",
        "72d76fde-8bb3-4e00-8c23-a032dfed738c",
        "may",
        "1/2",
        "2019-10/01",
        "12-34-56",
        "May be 2019",
    ] {
        assert_eq!(parse_text(text.as_bytes(), false), None, "{text}");
    }
}

#[test]
fn writing_undoes_reading() {
    for text in [
        "2019-10-01 08:05:09",
        "1969-12-31 23:59:59",
        "2000-02-29 00:00:00",
        "1900-03-01 12:00:00.000001",
        "2199-12-31 23:59:59",
    ] {
        let mut out = Vec::new();
        write_iso(&mut out, parse_text(text.as_bytes(), false).expect("a time"));
        assert_eq!(String::from_utf8_lossy(&out), text);
    }
}

#[test]
fn numbers_as_times() {
    assert_eq!(
        TimeFormat::EpochSeconds.parse(b"1569888000"),
        Some(at(2019, 10, 1, 0, 0, 0))
    );
    assert_eq!(
        TimeFormat::EpochMillis.parse(b"1569888000000"),
        Some(at(2019, 10, 1, 0, 0, 0))
    );
    assert_eq!(
        TimeFormat::EpochMicros.parse(b"1569888000000000"),
        Some(at(2019, 10, 1, 0, 0, 0))
    );
    assert_eq!(
        TimeFormat::EpochSeconds.parse(b"1569888000.5"),
        Some(at(2019, 10, 1, 0, 0, 0) + 500_000)
    );
    assert_eq!(TimeFormat::EpochSeconds.parse(b"1569888000000"), None);
    assert_eq!(TimeFormat::Compact.parse(b"20191001"), Some(at(2019, 10, 1, 0, 0, 0)));
    assert_eq!(TimeFormat::Compact.parse(b"20191301"), None);
}
