//! SharePoint sites and teams: which there are, and the libraries of those that were chosen.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use url::Url;

use super::client::Client;
use super::error::{Failure, MicrosoftError};
use super::ids::DriveRef;
use super::pace::Cost;
use super::wire::{Channel, Drive, DriveItem, Site as SiteRow, Team};
use crate::source::SourceError;

/// A SharePoint site, or a team, which has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Graph's own.
    pub id: String,
    pub name: String,
    /// What a migration file names it by.
    pub address: String,
    pub is_team: bool,
}

/// A library that is surveyed as a space of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Library {
    pub(super) drive: DriveRef,
    pub(super) name: String,
}

/// Sites that are named when the one that is wanted is not there.
const MOST_NAMED: usize = 100;

/// All sites and teams that the account sees, by name.
pub(super) async fn all(client: &Client) -> Result<Vec<Site>, SourceError> {
    let address = client.address(&["sites"], &[("search", "*")]);
    let rows: Vec<SiteRow> = client.all(&address).await.map_err(without_sites)?;
    let mut sites: Vec<Site> = rows.into_iter().filter_map(site).collect();
    for (team, row) in teams(client).await? {
        let Some(mut site) = site(row) else { continue };
        site.is_team = true;
        if let Some(name) = team.display_name {
            site.name = name;
        }
        sites.retain(|known| known.id != site.id);
        sites.push(site);
    }
    sites.sort_by(|a, b| (&a.name, &a.address).cmp(&(&b.name, &b.address)));
    Ok(sites)
}

/// The libraries of the chosen sites, each once.
pub(super) async fn libraries(
    client: &Client,
    chosen: &[String],
) -> Result<Vec<Library>, SourceError> {
    let mut libraries = Vec::new();
    if chosen.is_empty() {
        return Ok(libraries);
    }
    let mut known: Option<Vec<Site>> = None;
    let mut seen = HashSet::new();
    let mut sites = Vec::new();
    for wanted in chosen {
        sites.push(find(client, wanted, &mut known).await?);
    }
    let of_site: HashMap<String, Team> = teams(client)
        .await?
        .into_iter()
        .map(|(team, site)| (site.id, team))
        .collect();
    for site in sites {
        let address = client.address(&["sites", &site.id, "drives"], &[]);
        let drives: Vec<Drive> = client.all(&address).await?;
        let several = drives.len() > 1;
        for drive in drives {
            let name = match several {
                true => format!("{} – {}", site.name, drive.name),
                false => site.name.clone(),
            };
            let drive = DriveRef::new(&drive.id, &drive.drive_type);
            if seen.insert(drive.key()) {
                libraries.push(Library { drive, name });
            }
        }
        if let Some(team) = of_site.get(&site.id) {
            for library in of_channels(client, team, &site.name).await? {
                if seen.insert(library.drive.key()) {
                    libraries.push(library);
                }
            }
        }
    }
    Ok(libraries)
}

/// Private and shared channels have sites of their own; the files of the others lie in the team's.
async fn of_channels(
    client: &Client,
    team: &Team,
    name: &str,
) -> Result<Vec<Library>, SourceError> {
    let address = client.address(&["teams", &team.id, "channels"], &[]);
    let channels: Vec<Channel> = client.all(&address).await?;
    let mut libraries = Vec::new();
    for channel in channels {
        if channel.membership_type.as_deref().unwrap_or("standard") == "standard" {
            continue;
        }
        let path = ["teams", &team.id, "channels", &channel.id, "filesFolder"];
        let folder: Result<DriveItem, Failure> =
            client.get(&client.address(&path, &[]), Cost::One).await;
        let folder = match folder {
            Ok(folder) => folder,
            // A channel that this account is not in, or whose files were never opened.
            Err(failure) if matches!(failure.status(), Some(403 | 404)) => continue,
            Err(failure) => return Err(failure.into()),
        };
        let reference = folder.parent_reference.unwrap_or_default();
        let Some(drive) = reference.drive_id else {
            continue;
        };
        let channel = channel.display_name.unwrap_or_default();
        libraries.push(Library {
            drive: DriveRef::new(&drive, "documentLibrary"),
            name: format!("{name} – {channel}"),
        });
    }
    Ok(libraries)
}

/// The teams that the account is in, with their sites.
async fn teams(client: &Client) -> Result<Vec<(Team, SiteRow)>, SourceError> {
    let address = client.address(&["me", "joinedTeams"], &[]);
    let teams: Vec<Team> = match client.all(&address).await {
        Ok(teams) => teams,
        // An organisation without Teams, or which keeps it to itself.
        Err(failure) if matches!(failure.status(), Some(400 | 403 | 404)) => return Ok(Vec::new()),
        Err(failure) => return Err(failure.into()),
    };
    let mut found = Vec::with_capacity(teams.len());
    for team in teams {
        let address = client.address(&["groups", &team.id, "sites", "root"], &[]);
        match client.get(&address, Cost::One).await {
            Ok(site) => found.push((team, site)),
            Err(failure) if matches!(failure.status(), Some(403 | 404)) => {}
            Err(failure) => return Err(failure.into()),
        }
    }
    Ok(found)
}

/// The site of an address, an id or a name.
async fn find(
    client: &Client,
    wanted: &str,
    known: &mut Option<Vec<Site>>,
) -> Result<Site, SourceError> {
    let wanted = wanted.trim();
    let path = match Url::parse(wanted) {
        Ok(address) if address.scheme() == "https" => by_address(&address),
        _ if wanted.matches(',').count() == 2 && !wanted.contains(' ') => {
            Some(vec![wanted.to_owned()])
        }
        _ => None,
    };
    if let Some(path) = path {
        let path: Vec<&str> = std::iter::once("sites")
            .chain(path.iter().map(String::as_str))
            .collect();
        let row: Result<SiteRow, Failure> =
            client.get(&client.address(&path, &[]), Cost::One).await;
        match row {
            Ok(row) => {
                if let Some(site) = site(row) {
                    return Ok(site);
                }
            }
            Err(failure) if matches!(failure.status(), Some(400 | 404)) => {}
            Err(failure) => return Err(failure.into()),
        }
    }
    let sites = match known {
        Some(sites) => sites,
        None => known.insert(all(client).await?),
    };
    let mut named = sites
        .iter()
        .filter(|site| site.name.to_lowercase() == wanted.to_lowercase());
    match (named.next(), named.next()) {
        (Some(site), None) => Ok(site.clone()),
        _ => {
            let found = sites.iter().take(MOST_NAMED);
            let found = found.map(|site| format!("{} ({})", site.name, site.address));
            Err(MicrosoftError::SiteNotFound {
                wanted: wanted.to_owned(),
                found: found.collect(),
            }
            .into_source())
        }
    }
}

/// The path of `https://canard.sharepoint.com/sites/Bureau`, or of any page in that site.
fn by_address(address: &Url) -> Option<Vec<String>> {
    let host = address.host_str()?;
    let decoded = |part: &str| {
        let part = percent_encoding::percent_decode_str(part);
        part.decode_utf8().ok().map(std::borrow::Cow::into_owned)
    };
    let mut parts = address.path_segments()?.filter(|part| !part.is_empty());
    match (parts.next(), parts.next().and_then(decoded)) {
        (Some(kind @ ("sites" | "teams")), Some(name)) => {
            Some(vec![format!("{host}:"), kind.to_owned(), name])
        }
        // What lies directly in the host is its root site.
        _ => Some(vec![host.to_owned()]),
    }
}

fn site(row: SiteRow) -> Option<Site> {
    let address = row.web_url.unwrap_or_default();
    let name = row
        .display_name
        .or(row.name)
        .filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| address.clone());
    (!row.id.is_empty()).then_some(Site {
        id: row.id,
        name,
        address,
        is_team: false,
    })
}

/// Personal accounts know nothing of sites.
fn without_sites(failure: Failure) -> SourceError {
    match failure {
        Failure::Api(error) if matches!(error.status, 400 | 404 | 501) => {
            MicrosoftError::NoSites.into_source()
        }
        failure => failure.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_page_of_a_site_leads_to_it() {
        let path = |address: &str| by_address(&Url::parse(address).unwrap()).unwrap();
        let site = ["canard.sharepoint.com:", "sites", "Bureau et CA"];
        for address in [
            "https://canard.sharepoint.com/sites/Bureau%20et%20CA",
            "https://canard.sharepoint.com/sites/Bureau%20et%20CA/",
            "https://canard.sharepoint.com/sites/Bureau%20et%20CA/Documents/Forms/AllItems.aspx?id=1",
        ] {
            assert_eq!(path(address), site, "{address}");
        }
        let root = path("https://canard.sharepoint.com/Documents%20partages");
        assert_eq!(root, ["canard.sharepoint.com"]);
        assert_eq!(path("https://canard.sharepoint.com/"), root);
    }
}
