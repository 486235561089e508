//! `transhumance sites FILE`: the SharePoint sites and teams that can be written into the migration file.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::Exit;
use super::args::Common;
use super::console::Console;
use super::failure::Failure;
use super::session::{self, Home};
use crate::auth::oauth::Tenant;
use crate::engine::{EngineError, KeptSecrets, Secrets, microsoft_sites};
use crate::model::SourceConfig;
use crate::sentences::trouble::{self, Ends};
use crate::source::microsoft::Site;

#[derive(Serialize)]
struct Line<'a> {
    event: &'static str,
    #[serde(flatten)]
    site: &'a Site,
}

pub fn run(file: &Path, common: &Common, console: &Console) -> Result<Exit, Failure> {
    let texts = &console.texts;
    let migration = session::read(file, texts)?;
    let shown = file.display().to_string();
    let refuse = |key: &str| {
        let message = texts.text(key, &[("file", shown.as_str().into())]);
        Failure::new(Exit::BadUsage, "sites", message)
    };
    let SourceConfig::Microsoft { tenant, sites, .. } = &migration.source else {
        return Err(refuse("sites-only-microsoft"));
    };
    // A sign-in that personal accounts can use, too, does not cover sites.
    if !Tenant::new(tenant.as_deref(), !sites.is_empty()).is_organisation() {
        return Err(refuse("sites-need-tenant"));
    }
    let home = Home::open(common, texts)?;
    let secrets: Arc<dyn Secrets> = Arc::new(KeptSecrets::new(&home.data_dir));
    let ends = Ends::of(&migration, &shown);
    session::run(console, "stop-asked", async |cancel| {
        let asking = microsoft_sites(&migration, &secrets);
        let found = tokio::select! {
            () = cancel.cancelled() => Err(EngineError::Cancelled),
            found = asking => found,
        };
        let found = found.map_err(|error| trouble::engine(&error, &ends, texts))?;
        for site in &found {
            let args = [
                ("name", site.name.as_str().into()),
                ("address", site.address.as_str().into()),
            ];
            let key = match site.is_team {
                true => "sites-team",
                false => "sites-site",
            };
            console.tell(key, &args);
            console.event(&Line {
                event: "sites.site",
                site,
            });
        }
        let count = found.len() as u64;
        console.tell("sites-done", &[("n", count.into())]);
        console.event(&serde_json::json!({"event": "sites.done", "sites": count}));
        Ok(Exit::Done)
    })
}
