//! What an API must have before it is deployed. <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateDeployment.html>

use model::apigateway::Resource;

use crate::error::Error;

/// Checks that there is something to serve, and that every method is answered by something.
pub(crate) fn check(resources: &[Resource]) -> Result<(), Error> {
    let mut methods = resources.iter().flat_map(|resource| resource.methods.values()).peekable();
    if methods.peek().is_none() {
        return Err(Error::bad_request("The REST API doesn't contain any methods"));
    }
    if methods.any(|method| method.integration.is_none()) {
        return Err(Error::bad_request("No integration defined for method"));
    }
    Ok(())
}
