//! `portcullis credentials`: the root access key made at first start.

use std::process::ExitCode;

use super::Stop;
use crate::cli::{CredentialsArgs, CredentialsFormat};
use crate::data_dir::DataDir;

pub(super) fn run(args: &CredentialsArgs) -> Result<ExitCode, Stop> {
    let dir = DataDir::at(&args.dir.data_dir);
    let endpoints = dir.endpoints().ok();
    let root = dir.root_key(&dir.master_key(args.master_key.as_deref())?)?;
    let (id, secret) = (&root.access_key_id, root.secret.expose());
    let region = endpoints.as_ref().map_or("us-east-1", |endpoints| endpoints.region.as_str());
    match args.format {
        CredentialsFormat::Env => {
            println!(
                "export AWS_ACCESS_KEY_ID={id}\nexport AWS_SECRET_ACCESS_KEY={secret}\nexport AWS_DEFAULT_REGION={region}"
            );
            if let Some(endpoints) = &endpoints {
                println!("export AWS_ENDPOINT_URL={}", endpoints.admin);
            }
        }
        CredentialsFormat::Json => {
            let json = serde_json::json!({
                "account": root.account.as_str(),
                "access_key_id": id,
                "secret_access_key": secret,
                "region": region,
                "endpoint": endpoints.as_ref().map(|endpoints| endpoints.admin.as_str()),
            });
            println!("{json:#}");
        }
        CredentialsFormat::Profile => {
            println!("[portcullis]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\nregion = {region}");
            if let Some(endpoints) = &endpoints {
                println!("endpoint_url = {}", endpoints.admin);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
