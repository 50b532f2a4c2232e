//! Every operation of WAFv2 that is known and refused, with the capability it belongs to.
//! <https://docs.aws.amazon.com/waf/latest/APIReference/API_Operations.html>

use operation::Refused;

macro_rules! refused {
    ($($reason:literal => [$($name:literal),+ $(,)?]),+ $(,)?) => {
        vec![$($(Refused { name: $name, http: None, action: concat!("wafv2:", $name), reason: $reason }),+),+]
    };
}

/// The whole list.
pub(crate) fn all() -> Vec<Refused> {
    refused![
        "The CAPTCHA API for pages of one's own is not served by this version of Portcullis, so its keys are refused." =>
            ["CreateAPIKey", "DeleteAPIKey", "GetDecryptedAPIKey", "ListAPIKeys"],
        "Firewall Manager does not exist here, so its rule groups are refused." =>
            ["DeleteFirewallManagerRuleGroups"],
        "Managed rule groups come with the program; nobody sells or publishes others here, so this is refused." => [
            "DescribeAllManagedProducts",
            "DescribeManagedProductsByVendor",
            "GetManagedRuleSet",
            "ListManagedRuleSets",
            "PutManagedRuleSetVersions",
            "UpdateManagedRuleSetVersionExpiryDate",
        ],
        "The SDK for mobile applications is Amazon's, so its releases are refused." =>
            ["GenerateMobileSdkReleaseUrl", "GetMobileSdkRelease", "ListMobileSdkReleases"],
        "Nothing is sold to bots by this version of Portcullis, so the statistics of it are refused." => [
            "GetRevenueStatistics",
            "GetRevenueStatisticsSummary",
            "GetRevenueStatisticsTimeSeries",
            "ListSettlementRecords",
        ],
        "Traffic is not analysed beyond rules, logs and samples by this version of Portcullis, so this is refused." => [
            "GetTopPathStatisticsByTraffic",
            "GetEvent",
            "GetEventActor",
            "ListEventActors",
            "ListEvents",
            "ListEventsByWebACL",
        ],
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn every_name_stands_once() {
        let names: Vec<_> = super::all().iter().map(|refused| refused.name).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        let served = crate::operations();
        assert!(served.iter().all(|served| !names.contains(&served.spec.name)));
    }
}
