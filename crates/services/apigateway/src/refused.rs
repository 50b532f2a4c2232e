//! Every operation of API Gateway that is known and refused so far, with the capability it belongs to.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_Operations.html>

use http::Method as Verb;
use operation::{Http, Refused};

/// The whole list; `control` answers each with a `BadRequestException`.
pub(crate) fn all() -> Vec<Refused> {
    let group = |(reason, rows): &(&'static str, &'static [Row])| rows.iter().map(|row| row.refused(reason)).collect();
    CAPABILITIES.iter().map(group).collect::<Vec<Vec<Refused>>>().into_iter().flatten().collect()
}

/// Name, verb, path and status of success.
struct Row(&'static str, Verb, &'static str, u16);

impl Row {
    fn refused(&self, reason: &'static str) -> Refused {
        let Row(name, method, uri, status) = self;
        let http = Http { method: method.clone(), uri, status: *status };
        Refused { name, http: Some(http), action: action(method), reason }
    }
}

/// IAM's action for a verb.
fn action(verb: &Verb) -> &'static str {
    match *verb {
        Verb::GET => "apigateway:GET",
        Verb::PUT => "apigateway:PUT",
        Verb::PATCH => "apigateway:PATCH",
        Verb::DELETE => "apigateway:DELETE",
        _ => "apigateway:POST",
    }
}

/// Each capability's sentence, and its operations.
const CAPABILITIES: &[(&str, &[Row])] = &[
    ("Request validators are not enforced by this version of Portcullis yet, so they are refused.", VALIDATORS),
    (
        "Models other than the built-in Empty and Error are not enforced by this version of Portcullis yet, so they are refused.",
        MODELS,
    ),
    (
        "Customised gateway responses are not enforced by this version of Portcullis yet, so they are refused.",
        GATEWAY_RESPONSES,
    ),
    ("Custom domain names are not enforced by this version of Portcullis yet, so they are refused.", DOMAINS),
    (
        "Private custom domain names are not enforced by this version of Portcullis yet, so they are refused.",
        PRIVATE_DOMAINS,
    ),
    (
        "Client certificates are not enforced by this version of Portcullis yet, so they are refused.",
        CLIENT_CERTIFICATES,
    ),
    ("VPC links are not enforced by this version of Portcullis yet, so they are refused.", VPC_LINKS),
    ("The response cache is not enforced by this version of Portcullis yet, so it is refused.", CACHE),
    (
        "Documentation parts and versions are not enforced by this version of Portcullis yet, so they are refused.",
        DOCUMENTATION,
    ),
    ("Generated SDKs are not enforced by this version of Portcullis yet, so they are refused.", SDKS),
    (
        "Test invocations of methods are not enforced by this version of Portcullis yet, so they are refused.",
        TEST_INVOKE,
    ),
];

const VALIDATORS: &[Row] = &[
    Row("CreateRequestValidator", Verb::POST, "/restapis/{restapi_id}/requestvalidators", 201),
    Row("DeleteRequestValidator", Verb::DELETE, "/restapis/{restapi_id}/requestvalidators/{requestvalidator_id}", 202),
    Row("GetRequestValidator", Verb::GET, "/restapis/{restapi_id}/requestvalidators/{requestvalidator_id}", 200),
    Row("GetRequestValidators", Verb::GET, "/restapis/{restapi_id}/requestvalidators", 200),
    Row("UpdateRequestValidator", Verb::PATCH, "/restapis/{restapi_id}/requestvalidators/{requestvalidator_id}", 200),
];

const MODELS: &[Row] = &[
    Row("CreateModel", Verb::POST, "/restapis/{restapi_id}/models", 201),
    Row("DeleteModel", Verb::DELETE, "/restapis/{restapi_id}/models/{model_name}", 202),
    Row("GetModel", Verb::GET, "/restapis/{restapi_id}/models/{model_name}", 200),
    Row("GetModelTemplate", Verb::GET, "/restapis/{restapi_id}/models/{model_name}/default_template", 200),
    Row("GetModels", Verb::GET, "/restapis/{restapi_id}/models", 200),
    Row("UpdateModel", Verb::PATCH, "/restapis/{restapi_id}/models/{model_name}", 200),
];

const GATEWAY_RESPONSES: &[Row] = &[
    Row("DeleteGatewayResponse", Verb::DELETE, "/restapis/{restapi_id}/gatewayresponses/{response_type}", 202),
    Row("GetGatewayResponse", Verb::GET, "/restapis/{restapi_id}/gatewayresponses/{response_type}", 200),
    Row("GetGatewayResponses", Verb::GET, "/restapis/{restapi_id}/gatewayresponses", 200),
    Row("PutGatewayResponse", Verb::PUT, "/restapis/{restapi_id}/gatewayresponses/{response_type}", 201),
    Row("UpdateGatewayResponse", Verb::PATCH, "/restapis/{restapi_id}/gatewayresponses/{response_type}", 200),
];

const DOMAINS: &[Row] = &[
    Row("CreateBasePathMapping", Verb::POST, "/domainnames/{domain_name}/basepathmappings", 201),
    Row("CreateDomainName", Verb::POST, "/domainnames", 201),
    Row("DeleteBasePathMapping", Verb::DELETE, "/domainnames/{domain_name}/basepathmappings/{base_path}", 202),
    Row("DeleteDomainName", Verb::DELETE, "/domainnames/{domain_name}", 202),
    Row("GetBasePathMapping", Verb::GET, "/domainnames/{domain_name}/basepathmappings/{base_path}", 200),
    Row("GetBasePathMappings", Verb::GET, "/domainnames/{domain_name}/basepathmappings", 200),
    Row("GetDomainName", Verb::GET, "/domainnames/{domain_name}", 200),
    Row("GetDomainNames", Verb::GET, "/domainnames", 200),
    Row("UpdateBasePathMapping", Verb::PATCH, "/domainnames/{domain_name}/basepathmappings/{base_path}", 200),
    Row("UpdateDomainName", Verb::PATCH, "/domainnames/{domain_name}", 200),
];

const PRIVATE_DOMAINS: &[Row] = &[
    Row("CreateDomainNameAccessAssociation", Verb::POST, "/domainnameaccessassociations", 201),
    Row(
        "DeleteDomainNameAccessAssociation",
        Verb::DELETE,
        "/domainnameaccessassociations/{domain_name_access_association_arn}",
        202,
    ),
    Row("GetDomainNameAccessAssociations", Verb::GET, "/domainnameaccessassociations", 200),
    Row("RejectDomainNameAccessAssociation", Verb::POST, "/rejectdomainnameaccessassociations", 202),
];

const CLIENT_CERTIFICATES: &[Row] = &[
    Row("DeleteClientCertificate", Verb::DELETE, "/clientcertificates/{clientcertificate_id}", 202),
    Row("GenerateClientCertificate", Verb::POST, "/clientcertificates", 201),
    Row("GetClientCertificate", Verb::GET, "/clientcertificates/{clientcertificate_id}", 200),
    Row("GetClientCertificates", Verb::GET, "/clientcertificates", 200),
    Row("UpdateClientCertificate", Verb::PATCH, "/clientcertificates/{clientcertificate_id}", 200),
];

const VPC_LINKS: &[Row] = &[
    Row("CreateVpcLink", Verb::POST, "/vpclinks", 202),
    Row("DeleteVpcLink", Verb::DELETE, "/vpclinks/{vpclink_id}", 202),
    Row("GetVpcLink", Verb::GET, "/vpclinks/{vpclink_id}", 200),
    Row("GetVpcLinks", Verb::GET, "/vpclinks", 200),
    Row("UpdateVpcLink", Verb::PATCH, "/vpclinks/{vpclink_id}", 200),
];

const CACHE: &[Row] =
    &[Row("FlushStageCache", Verb::DELETE, "/restapis/{restapi_id}/stages/{stage_name}/cache/data", 202)];

const DOCUMENTATION: &[Row] = &[
    Row("CreateDocumentationPart", Verb::POST, "/restapis/{restapi_id}/documentation/parts", 201),
    Row("CreateDocumentationVersion", Verb::POST, "/restapis/{restapi_id}/documentation/versions", 201),
    Row("DeleteDocumentationPart", Verb::DELETE, "/restapis/{restapi_id}/documentation/parts/{part_id}", 202),
    Row("DeleteDocumentationVersion", Verb::DELETE, "/restapis/{restapi_id}/documentation/versions/{doc_version}", 202),
    Row("GetDocumentationPart", Verb::GET, "/restapis/{restapi_id}/documentation/parts/{part_id}", 200),
    Row("GetDocumentationParts", Verb::GET, "/restapis/{restapi_id}/documentation/parts", 200),
    Row("GetDocumentationVersion", Verb::GET, "/restapis/{restapi_id}/documentation/versions/{doc_version}", 200),
    Row("GetDocumentationVersions", Verb::GET, "/restapis/{restapi_id}/documentation/versions", 200),
    Row("ImportDocumentationParts", Verb::PUT, "/restapis/{restapi_id}/documentation/parts", 200),
    Row("UpdateDocumentationPart", Verb::PATCH, "/restapis/{restapi_id}/documentation/parts/{part_id}", 200),
    Row("UpdateDocumentationVersion", Verb::PATCH, "/restapis/{restapi_id}/documentation/versions/{doc_version}", 200),
];

const SDKS: &[Row] = &[
    Row("GetSdk", Verb::GET, "/restapis/{restapi_id}/stages/{stage_name}/sdks/{sdk_type}", 200),
    Row("GetSdkType", Verb::GET, "/sdktypes/{sdktype_id}", 200),
    Row("GetSdkTypes", Verb::GET, "/sdktypes", 200),
];

const TEST_INVOKE: &[Row] =
    &[Row("TestInvokeMethod", Verb::POST, "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}", 200)];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_refused_operation_says_so_once() {
        let all = all();
        let names: BTreeSet<_> = all.iter().map(|refused| refused.name).collect();
        assert_eq!(names.len(), all.len());
        for refused in &all {
            assert!(refused.reason.contains("not enforced by this version of Portcullis yet"), "{}", refused.name);
            assert!(refused.http.is_some() && refused.action.starts_with("apigateway:"), "{}", refused.name);
        }
    }
}
