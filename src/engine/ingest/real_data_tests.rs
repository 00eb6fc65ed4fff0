//! Reading real public files; skipped with a message where they are not at hand.

use super::{Dataset, ReadOptions, read_log};
use crate::engine::artifact::{ColumnType, Role};
use crate::engine::progress::Progress;
use std::path::PathBuf;

fn data(path: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data")
        .join(path);
    let there = path.exists();
    if !there {
        // Shown by `cargo test -- --nocapture`; the test then proves nothing and says so.
        #[allow(clippy::print_stderr)]
        {
            eprintln!("skipped: {} is not at hand", path.display());
        }
    }
    there.then_some(path)
}

fn read(path: &str) -> Option<Dataset> {
    let path = data(path)?;
    Some(read_log(&[path], &ReadOptions::default(), &Progress::new()).expect("a readable log"))
}

fn column<'a>(dataset: &'a Dataset, name: &str) -> &'a super::ColumnInfo {
    let index = dataset.column_index(name).expect("column exists");
    &dataset.info.columns[index]
}

fn rows(dataset: &Dataset) -> (u64, u64, u64, u64) {
    let rows = dataset.info.rows;
    assert_eq!(rows.accepted + rows.rejected + rows.skipped, rows.total);
    assert_eq!(dataset.num_rows() as u64, rows.accepted);
    assert_eq!(dataset.lines.len(), dataset.num_rows());
    (rows.accepted, rows.rejected, rows.skipped, rows.total)
}

#[test]
fn rees46_multicategory() {
    let Some(dataset) = read("rees46_multicategory/2019-Oct.csv") else {
        return;
    };
    assert_eq!(rows(&dataset), (17_434, 1, 1, 17_436));
    let reject = &dataset.rejects[0];
    assert_eq!(
        (reject.line, reject.cause.en.as_str()),
        (17_436, "8 fields where 9 are expected")
    );
    assert!(reject.raw.ends_with("25.71,52040330"));
    for (name, dtype, role, nulls) in [
        ("event_time", ColumnType::Time, Role::Time, 0),
        ("event_type", ColumnType::Text, Role::Event, 0),
        ("product_id", ColumnType::Integer, Role::Item, 0),
        ("category_id", ColumnType::Integer, Role::Category, 0),
        ("category_code", ColumnType::Text, Role::Category, 5_746),
        ("brand", ColumnType::Text, Role::Brand, 2_477),
        ("price", ColumnType::Float, Role::Price, 0),
        ("user_id", ColumnType::Integer, Role::User, 0),
        ("user_session", ColumnType::Text, Role::Session, 0),
    ] {
        let info = column(&dataset, name);
        assert_eq!((info.dtype, info.role), (dtype, role), "{name}: {}", info.why.en);
        assert!(
            info.nulls.abs_diff(nulls) <= 1 && info.invalid == 0,
            "{name}: {} nulls",
            info.nulls
        );
    }
    let ids = dataset
        .frame
        .column("category_id")
        .expect("column")
        .i64()
        .expect("integers")
        .get(0);
    assert_eq!(ids, Some(2_103_807_459_595_387_724));
    assert_eq!(
        (dataset.lines.get(0), dataset.lines.get(17_433)),
        (Some(2), Some(17_435))
    );
}

#[test]
fn taobao_user_behaviour_has_no_header() {
    let Some(dataset) = read("taobao_userbehavior/UserBehavior.csv") else {
        return;
    };
    assert_eq!(rows(&dataset), (84_475, 1, 0, 84_476));
    let roles: Vec<Role> = dataset.info.columns.iter().map(|column| column.role).collect();
    assert_eq!(
        roles,
        [Role::User, Role::Item, Role::Category, Role::Event, Role::Time],
        "{:?}",
        dataset.info.columns
    );
    assert_eq!(dataset.info.columns[4].dtype, ColumnType::Time);
    assert_eq!(dataset.info.columns[0].name, "column_1");
    assert!(!dataset.info.dialect.header);
}

#[test]
fn uci_online_retail_is_one_log_of_44_files() {
    let Some(dataset) = read("uci_online_retail/by-day") else {
        return;
    };
    assert_eq!(rows(&dataset), (77_628, 0, 44, 77_672));
    assert_eq!(dataset.info.sources.len(), 44);
    let sources = dataset.source_of_row.as_ref().expect("several sources");
    assert_eq!((sources.len(), sources[0], sources[77_627]), (77_628, 0, 43));
    for (name, dtype, role, nulls) in [
        ("InvoiceNo", ColumnType::Text, Role::Other, 0),
        ("StockCode", ColumnType::Text, Role::Item, 0),
        ("Quantity", ColumnType::Integer, Role::Quantity, 0),
        ("InvoiceDate", ColumnType::Time, Role::Time, 0),
        ("UnitPrice", ColumnType::Float, Role::Price, 0),
        ("CustomerID", ColumnType::Integer, Role::User, 28_866),
    ] {
        let info = column(&dataset, name);
        assert_eq!(
            (info.dtype, info.role, info.nulls),
            (dtype, role, nulls),
            "{name}: {}",
            info.why.en
        );
    }
    assert!(
        dataset
            .info
            .sources
            .iter()
            .all(|source| source.schema_differences.is_empty())
    );
}

#[test]
fn womens_clothing_reviews_have_line_breaks_in_fields() {
    let Some(dataset) = read("womens_clothing_reviews/wcp.csv") else {
        return;
    };
    assert_eq!(rows(&dataset), (1_499, 0, 1, 1_500));
    assert!(dataset.info.dialect.byte_order_mark);
    assert_eq!(dataset.info.columns[0].name, "column_1");
    assert_eq!(column(&dataset, "Title").nulls, 223);
    assert_eq!(column(&dataset, "ReviewText").role, Role::Text);
    assert_eq!(column(&dataset, "Rating").role, Role::Rating);
    assert_eq!(column(&dataset, "Recommended IND").role, Role::Label);
    assert_eq!(column(&dataset, "ClothingID").role, Role::Item);
    // 1,781 line breaks, none at the end: the last record stands on line 1,782.
    assert_eq!(dataset.lines.get(1_498), Some(1_782));
}

#[test]
fn alexa_reviews_are_tab_separated() {
    let Some(dataset) = read("amazon_alexa_reviews/amazon_alexa.tsv") else {
        return;
    };
    assert_eq!(rows(&dataset).0, 3_150);
    assert_eq!(dataset.info.dialect.delimiter, '\t');
    assert_eq!(column(&dataset, "date").dtype, ColumnType::Time);
    assert_eq!(column(&dataset, "verified_reviews").role, Role::Text);
    assert_eq!(column(&dataset, "rating").role, Role::Rating);
}

#[test]
fn online_shoppers_are_semicolon_separated() {
    let Some(dataset) = read("online_shoppers_intention/online_shoppers_intention.csv") else {
        return;
    };
    assert_eq!(rows(&dataset), (12_330, 0, 1, 12_331));
    assert_eq!(dataset.info.dialect.delimiter, ';');
    assert_eq!(column(&dataset, "Revenue").dtype, ColumnType::Boolean);
    assert_eq!(column(&dataset, "Revenue").role, Role::Label);
}

#[test]
fn chinese_reviews() {
    let Some(dataset) = read("zh_online_shopping_10_cats/online_shopping_10_cats.csv") else {
        return;
    };
    assert_eq!(rows(&dataset), (62_774, 0, 1, 62_775));
    assert_eq!(column(&dataset, "review").nulls, 1);
    assert_eq!(column(&dataset, "review").role, Role::Text);
    assert_eq!(column(&dataset, "label").role, Role::Label);
    assert_eq!(column(&dataset, "cat").role, Role::Category);
}

#[test]
fn experiments_and_products() {
    if let Some(dataset) = read("ab_cookie_cats/cookie_cats.csv") {
        assert_eq!(rows(&dataset).0, 90_189);
        assert_eq!(column(&dataset, "version").role, Role::Variant);
        assert_eq!(column(&dataset, "userid").role, Role::User);
        assert_eq!(column(&dataset, "retention_7").dtype, ColumnType::Boolean);
    }
    if let Some(dataset) = read("ab_fastfood_promotions/WA_Marketing-Campaign.csv") {
        assert_eq!(rows(&dataset).0, 548);
        assert_eq!(column(&dataset, "Gross Sales").dtype, ColumnType::Float);
    }
    if let Some(dataset) = read("icecat_query_relevance/products.csv") {
        assert_eq!(rows(&dataset).0, 19_406);
        assert_eq!(column(&dataset, "ean").dtype, ColumnType::Text);
        assert_eq!(column(&dataset, "date_released").dtype, ColumnType::Time);
    }
    if let Some(dataset) = read("icecat_query_relevance/Broad_Query_Set_rated.csv") {
        assert_eq!(rows(&dataset).0, 3_668);
        assert_eq!(column(&dataset, "query").role, Role::Query);
        assert_eq!(column(&dataset, "docid").role, Role::Item);
    }
}

#[test]
fn no_broken_file_makes_trouble() {
    let Some(folder) = data("bad_csv") else { return };
    let mut files = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("readable folder") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    assert!(files.len() > 200);
    let mut read_ones = 0;
    for file in files {
        for options in [
            ReadOptions::default(),
            ReadOptions {
                text_only: true,
                ..ReadOptions::default()
            },
        ] {
            match read_log(std::slice::from_ref(&file), &options, &Progress::new()) {
                Ok(dataset) => {
                    rows(&dataset);
                    read_ones += 1;
                }
                Err(error) => assert!(error.to_string().contains(&*file.display().to_string()), "{error}"),
            }
        }
    }
    assert!(read_ones > 200, "{read_ones} read");
}
