//! Which rules need not be visited: those that no seen text makes possible.

use super::input::Gathered;
use super::test::Test;

/// Conditions without one of which the test is certainly not passed; `None` where there are no such conditions, or where
/// it does more than to answer (it counts, it adds labels).
pub(super) fn guards(test: &Test, gathered: &Gathered) -> Option<Vec<u32>> {
    if acts(test) { None } else { needed(test, gathered) }
}

fn needed(test: &Test, gathered: &Gathered) -> Option<Vec<u32>> {
    match test {
        Test::Condition(condition) => gathered.has_texts(*condition).then(|| vec![*condition]),
        Test::And(several) => several.iter().filter_map(|one| needed(one, gathered)).min_by_key(Vec::len),
        Test::Or(several) => {
            let all: Option<Vec<Vec<u32>>> = several.iter().map(|one| needed(one, gathered)).collect();
            all.map(|all| all.concat())
        }
        Test::Always
        | Test::Not(_)
        | Test::IpSet(..)
        | Test::List(..)
        | Test::Geo(..)
        | Test::Asn(..)
        | Test::Label(..)
        | Test::Rate(_) => None,
    }
}

/// Where a request comes from is written on it as soon as somebody asks; who counts must count.
fn acts(test: &Test) -> bool {
    match test {
        Test::Geo(..) | Test::Rate(_) => true,
        Test::And(several) | Test::Or(several) => several.iter().any(acts),
        Test::Not(one) => acts(one),
        Test::Always | Test::Condition(_) | Test::IpSet(..) | Test::List(..) | Test::Asn(..) | Test::Label(..) => false,
    }
}
