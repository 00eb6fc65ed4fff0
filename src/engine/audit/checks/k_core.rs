//! B09: what a k-core leaves of the log.

use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::context::Context;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::odd_rows::{OddRows, odd_log_rows};
use crate::engine::audit::rule::{Outcome, RuleInfo, Violation, fact};
use crate::engine::audit::user_items::{UserItemEvent, UserItemOrder};
use crate::engine::progress::Cancelled;

/// Lost to a 5-core (B09)
///
/// ## What it checks
/// How many rows, users and items are left when users with fewer than five different items and items with fewer
/// than five different users are dropped, again and again until nothing more is dropped. Reported where at least a
/// tenth of the rows is lost.
///
/// ## Why it matters
/// Published recommenders are mostly measured on a 5-core. It holds the busy users and the popular items only; a
/// figure from it says little about the rest of the shop.
///
/// ## Example
/// A 5-core loses 41 % of the rows, 78 % of the users and 85 % of the items in six rounds.
///
/// ## Proposed fix
/// None: if you filter, say so beside every figure, and measure the dropped part, too.
pub struct KCore {
    rows: OddRows,
    lost: Lost,
}

impl Violation for KCore {
    const INFO: RuleInfo = RuleInfo {
        code: "B09",
        name_en: "Lost to a 5-core",
        name_zh: "5-core 过滤的损失",
        dimension: Dimension::Behaviour,
        source: include_str!("k_core.rs"),
    };

    fn rows(&self) -> Option<&OddRows> {
        Some(&self.rows)
    }

    fn message(&self) -> Bilingual {
        let Lost { users, items, rounds } = self.lost;
        self.rows.sentence(
            ("rows with user and item", "带用户和商品的", "行"),
            &format!("would be lost to a 5-core, and with them {users} users and {items} items, in {rounds} rounds"),
            &format!("会被 5-core 过滤掉，同时失去 {users} 个用户和 {items} 个商品，共 {rounds} 轮"),
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A 5-core holds the busy users and the popular items only; a figure from it says little about the rest.",
            "5-core 只保留活跃用户和热门商品；由此得到的指标难以代表其余部分。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "A tenth of the rows: less hardly moves a figure. Five is what most published data sets were filtered with.",
            "十分之一的行：更少则几乎不影响指标。5 是多数公开数据集采用的阈值。",
        )
    }
}

const K: u32 = 5;
const LEAST_LOST: f64 = 0.1;

#[derive(Clone, Copy, Debug)]
struct Lost {
    users: usize,
    items: usize,
    rounds: u32,
}

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let (Some(order), Some(item)) = (context.user_items()?, &context.log.item) else {
        return Ok(Outcome::missing_roles("user, item and time", "用户、商品、时间"));
    };
    let (alive, lost) = peel(context, &order, item.num)?;
    let (mut all, mut rows) = (0_u64, Vec::new());
    for user in 0..order.num_users() {
        for group in order.groups_of(user) {
            all += group.len() as u64;
            if !(alive.users[user] && group.first().is_some_and(|event| alive.items[event.item as usize])) {
                rows.extend(group.iter().map(|event| event.row));
            }
        }
    }
    if (rows.len() as f64) < LEAST_LOST * all as f64 {
        return Ok(Outcome::Checked(Vec::new()));
    }
    let make = |mut rows: OddRows| {
        rows.facts.extend([
            fact("users", "Users lost", "失去的用户", lost.users as f64),
            fact("items", "Items lost", "失去的商品", lost.items as f64),
            fact("rounds", "Rounds", "轮数", f64::from(lost.rounds)),
        ]);
        KCore { rows, lost }
    };
    Ok(odd_log_rows(context, (rows, all), None, Severity::Info, make))
}

/// What is still in the core.
struct Alive {
    users: Vec<bool>,
    items: Vec<bool>,
}

/// Drops the pairs of users and items below `K` until none is left.
fn peel(context: &Context<'_>, order: &UserItemOrder, num_items: usize) -> Result<(Alive, Lost), Cancelled> {
    let num_users = order.num_users();
    let item = |group: &[UserItemEvent]| group.first().map(|event| event.item);
    let of_user = |user: usize| {
        order
            .groups_of(user)
            .filter_map(item)
            .map(move |item| (user as u32, item))
    };
    // Room for all at once: growing would hold them twice.
    let mut pairs: Vec<(u32, u32)> = Vec::with_capacity(context.num_pairs()?.unwrap_or_default() as usize);
    pairs.extend((0..num_users).flat_map(of_user));
    let mut all = None;
    let mut rounds = 0;
    loop {
        context.progress.check()?;
        let (mut items_of, mut users_of) = (vec![0_u32; num_users], vec![0_u32; num_items]);
        for &(user, item) in &pairs {
            items_of[user as usize] += 1;
            users_of[item as usize] += 1;
        }
        let named = |counts: &[u32]| counts.iter().filter(|count| **count > 0).count();
        let left = (named(&items_of), named(&users_of));
        let (users, items) = *all.get_or_insert(left);
        let before = pairs.len();
        pairs.retain(|&(user, item)| items_of[user as usize] >= K && users_of[item as usize] >= K);
        if pairs.len() < before {
            rounds += 1;
            continue;
        }
        let alive = Alive {
            users: items_of.iter().map(|count| *count > 0).collect(),
            items: users_of.iter().map(|count| *count > 0).collect(),
        };
        let lost = Lost {
            users: users - left.0,
            items: items - left.1,
            rounds,
        };
        return Ok((alive, lost));
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};
    use crate::engine::random::Draws;
    use std::collections::{HashMap, HashSet};

    /// The definition, pair by pair.
    fn core(mut pairs: HashSet<(i64, i64)>) -> HashSet<(i64, i64)> {
        loop {
            let (mut users, mut items): (HashMap<i64, u32>, HashMap<i64, u32>) = Default::default();
            for (user, item) in &pairs {
                *users.entry(*user).or_default() += 1;
                *items.entry(*item).or_default() += 1;
            }
            let kept: HashSet<_> = pairs
                .iter()
                .filter(|(user, item)| users[user] >= 5 && items[item] >= 5)
                .copied()
                .collect();
            if kept.len() == pairs.len() {
                return kept;
            }
            pairs = kept;
        }
    }

    #[test]
    fn the_core_is_that_of_the_definition() {
        let mut draws = Draws::new(12, &[]);
        let pairs: Vec<(i64, i64)> = (0..400)
            .map(|_| {
                (
                    (draws.uniform() * draws.uniform() * 60.0) as i64,
                    draws.below(50) as i64,
                )
            })
            .collect();
        let kept = core(pairs.iter().copied().collect());
        assert!(!kept.is_empty() && kept.len() < 350, "{}", kept.len());
        let data = table(vec![
            ("user", Col::I(pairs.iter().map(|pair| Some(pair.0)).collect())),
            ("item", Col::I(pairs.iter().map(|pair| Some(pair.1)).collect())),
            (
                "time",
                Col::T((0..400).map(|row| Some(1_600_000_000 + row * 60)).collect()),
            ),
        ]);
        let found = findings(&data, "B09");
        let expected: Vec<u32> = (0..400).filter(|&row| !kept.contains(&pairs[row as usize])).collect();
        assert_eq!(found[0].rows.as_slice(), expected);
        let users = |pairs: &HashSet<(i64, i64)>| pairs.iter().map(|pair| pair.0).collect::<HashSet<_>>().len();
        let all: HashSet<(i64, i64)> = pairs.iter().copied().collect();
        assert_eq!(found[0].fact("users"), Some((users(&all) - users(&kept)) as f64));
    }

    #[test]
    fn a_dense_log_loses_nothing() {
        let data = table(vec![
            ("user", Col::I((0..200).map(|row| Some(row % 10)).collect())),
            ("item", Col::I((0..200).map(|row| Some(row / 10 % 20)).collect())),
            (
                "time",
                Col::T((0..200).map(|row| Some(1_600_000_000 + row * 60)).collect()),
            ),
        ]);
        assert!(findings(&data, "B09").is_empty());
    }
}
