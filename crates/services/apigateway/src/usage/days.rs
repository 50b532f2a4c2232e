//! Days of usage: what each key used on each day, and what was left of its period then.

use std::collections::BTreeMap;

use base::{Day, Quota, Scope};
use model::apigateway::UsagePlan;
use operation::{Failure, Ports};
use store_records::counters::Used;

/// Usage of keys of a plan from one day to another, both included; a plan without a quota counts nothing.
pub(super) async fn read(
    plan: &UsagePlan,
    keys: &[String],
    (from, to): (Day, Day),
    (scope, ports): (&Scope, &Ports),
) -> Result<BTreeMap<String, Vec<Vec<i64>>>, Failure> {
    let Some(quota) = plan.quota else { return Ok(BTreeMap::new()) };
    // What this node has taken ahead was not used.
    ports.data_plane.settle(&plan.id, None).await;
    let first = quota.period.first_day(from);
    let used = ports.counters.used(scope, plan.id.as_str(), keys, (first, to)).await?;
    let of = |key: &String| {
        let mine: Vec<Used> = used.iter().filter(|(member, _)| member == key).map(|(_, used)| *used).collect();
        (key.clone(), days(&quota, &mine, (from, to)))
    };
    Ok(keys.iter().map(of).collect())
}

/// One pair a day: used, left.
fn days(quota: &Quota, used: &[Used], (from, to): (Day, Day)) -> Vec<Vec<i64>> {
    let pair = |number: i32| {
        let day = Day(number);
        let window = quota.window(day);
        let today: u64 = used.iter().filter(|one| one.day == day).map(|one| one.used).sum();
        let period = used.iter().filter(|one| one.day >= window.first && one.day <= day);
        let (spent, extra) = period.fold((0_u64, 0_i64), |(spent, extra), one| {
            (spent.saturating_add(one.used), extra.saturating_add(one.extra))
        });
        let left = window.limit.saturating_add_signed(extra).saturating_sub(spent);
        vec![whole(today), whole(left)]
    };
    (from.0..=to.0).map(pair).collect()
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use base::{QuotaPeriod, Timestamp};

    use super::*;

    #[test]
    fn every_day_tells_what_was_used_and_what_was_left_then() {
        let quota = Quota { limit: 10, offset: 0, period: QuotaPeriod::Week, since: Timestamp::UNIX_EPOCH };
        // 1970-01-04 is a Sunday: a new week.
        let used = [(0, 4, 0), (2, 3, 5), (3, 1, 0)].map(|(day, used, extra)| Used { day: Day(day), used, extra });
        assert_eq!(days(&quota, &used, (Day(0), Day(4))), [[4, 6], [0, 6], [3, 8], [1, 9], [0, 9]]);
        assert_eq!(days(&quota, &[], (Day(5), Day(5))), [[0, 10]]);
    }
}
