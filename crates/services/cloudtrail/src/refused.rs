//! What cloudtrail knows and refuses: whatever would deliver, keep or query records elsewhere.

use operation::Refused;

const REASON: &str = "Portcullis keeps CloudTrail's event history and nothing else yet: trails, event data stores, \
                      channels and dashboards would record nothing, so they are refused.";

macro_rules! refused {
    ($($name:literal)+) => {
        vec![$(Refused { name: $name, http: None, action: concat!("cloudtrail:", $name), reason: REASON }),+]
    };
}

/// All of them.
pub(crate) fn all() -> Vec<Refused> {
    refused![
        "AddTags"
        "CancelQuery"
        "CreateChannel"
        "CreateDashboard"
        "CreateEventDataStore"
        "CreateTrail"
        "DeleteChannel"
        "DeleteDashboard"
        "DeleteEventDataStore"
        "DeleteResourcePolicy"
        "DeleteTrail"
        "DeregisterOrganizationDelegatedAdmin"
        "DescribeQuery"
        "DescribeTrails"
        "DisableFederation"
        "EnableFederation"
        "GenerateQuery"
        "GetChannel"
        "GetDashboard"
        "GetEventConfiguration"
        "GetEventDataStore"
        "GetEventSelectors"
        "GetImport"
        "GetInsightSelectors"
        "GetQueryResults"
        "GetResourcePolicy"
        "GetTrail"
        "GetTrailStatus"
        "ListChannels"
        "ListDashboards"
        "ListEventDataStores"
        "ListImportFailures"
        "ListImports"
        "ListInsightsData"
        "ListInsightsMetricData"
        "ListPublicKeys"
        "ListQueries"
        "ListTags"
        "ListTrails"
        "PutEventConfiguration"
        "PutEventSelectors"
        "PutInsightSelectors"
        "PutResourcePolicy"
        "RegisterOrganizationDelegatedAdmin"
        "RemoveTags"
        "RestoreEventDataStore"
        "SearchSampleQueries"
        "StartDashboardRefresh"
        "StartEventDataStoreIngestion"
        "StartImport"
        "StartLogging"
        "StartQuery"
        "StopEventDataStoreIngestion"
        "StopImport"
        "StopLogging"
        "UpdateChannel"
        "UpdateDashboard"
        "UpdateEventDataStore"
        "UpdateTrail"
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn every_name_stands_once() {
        let names: Vec<_> = super::all().iter().map(|refused| refused.name).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        assert!(!names.contains(&"LookupEvents"));
    }
}
