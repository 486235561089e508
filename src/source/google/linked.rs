//! The files that addresses of Google's pages lead to.

use url::Url;

/// The id of the file in Drive that an address opens: `drive.google.com/file/d/<id>/view`,
/// `docs.google.com/document/d/<id>/edit`, `drive.google.com/open?id=<id>`.
pub(super) fn file_of(address: &str) -> Option<String> {
    let address = Url::parse(address).ok()?;
    let host = address.host_str()?;
    if !matches!(host, "drive.google.com" | "docs.google.com") || address.scheme() != "https" {
        return None;
    }
    let in_query = address.query_pairs().find(|(name, _)| name == "id");
    let id = match in_query {
        Some((_, id)) => id.into_owned(),
        None => {
            let parts: Vec<&str> = address.path_segments()?.collect();
            let after = |word: &str| {
                let place = parts.iter().position(|part| *part == word)?;
                parts.get(place + 1).copied()
            };
            // Folders are at `/drive/folders/<id>`; pages of a domain have `/a/<domain>/` before all that.
            after("d").or_else(|| after("folders"))?.to_owned()
        }
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    (id.len() >= 8 && id.bytes().all(plain)).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_file_in_each_form() {
        let id = "1aB-_cdefghijklmnopqrstuvwxyz01234";
        for address in [
            format!("https://drive.google.com/file/d/{id}/view?usp=drive_web"),
            format!("https://drive.google.com/open?id={id}&authuser=0"),
            format!("https://docs.google.com/document/d/{id}/edit#heading=h.1"),
            format!("https://docs.google.com/spreadsheets/d/{id}"),
            format!("https://drive.google.com/a/canard.example/file/d/{id}/view"),
            format!("https://drive.google.com/drive/folders/{id}"),
            format!("https://drive.google.com/uc?id={id}&export=download"),
        ] {
            assert_eq!(file_of(&address).as_deref(), Some(id), "{address}");
        }
        for address in [
            format!("https://example.org/file/d/{id}/view"),
            format!("http://drive.google.com/open?id={id}"),
            "https://drive.google.com/drive/my-drive".to_owned(),
            "https://drive.google.com/open?id=../../x12345678".to_owned(),
            "mailto:a@b.example".to_owned(),
            String::new(),
        ] {
            assert_eq!(file_of(&address), None, "{address}");
        }
    }
}
