//! What collections are called in addresses.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::hash::digest;
use crate::model::HashAlgorithm;

/// Characters of a slug; room for what tells two apart.
const LONGEST_SLUG: usize = 40;

/// The last segment of an address out of a name: lower-case ASCII letters, digits and single hyphens.
/// Never one that the server keeps for itself: those have other characters or two hyphens, but for what
/// [`is_reserved`] knows.
pub(super) fn slug(name: &str, fallback: &str) -> String {
    let mut slug = String::new();
    for c in name.nfkd().filter(|c| !is_combining_mark(*c)) {
        let c = c.to_ascii_lowercase();
        if slug.len() >= LONGEST_SLUG {
            break;
        }
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() || is_reserved(slug) {
        fallback.to_owned()
    } else {
        slug.to_owned()
    }
}

/// Names that Nextcloud gives to things of its own in an account's homes.
fn is_reserved(slug: &str) -> bool {
    matches!(slug, "inbox" | "outbox" | "trashbin" | "notifications")
}

/// `slug` and as many characters of what only `id` has as it takes to be free.
pub(super) fn told_apart(slug: &str, id: &str, is_free: impl Fn(&str) -> bool) -> String {
    if is_free(slug) {
        return slug.to_owned();
    }
    let tail = short_hash(id);
    (6..=tail.len())
        .filter_map(|length| Some(format!("{slug}-{}", tail.get(..length)?)))
        .find(|uri| is_free(uri))
        .unwrap_or_else(|| format!("{slug}-{tail}"))
}

/// 128 bits in hexadecimal.
pub(super) fn short_hash(text: &str) -> String {
    let mut hex = digest(HashAlgorithm::Sha256, text.as_bytes()).hex;
    hex.truncate(32);
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_plain() {
        for (name, expected) in [
            ("Réunions du bureau", "reunions-du-bureau"),
            ("  Été / Hiver ☀ ", "ete-hiver"),
            ("予定", "calendar"),
            ("--app-generated--deck", "app-generated-deck"),
            ("inbox", "calendar"),
            ("", "calendar"),
            ("ﬁn", "fin"),
        ] {
            assert_eq!(slug(name, "calendar"), expected, "{name}");
        }
        assert!(slug(&"a é".repeat(50), "x").len() <= LONGEST_SLUG);
    }

    #[test]
    fn two_of_one_name_are_told_apart() {
        let taken = ["bureau"];
        let uri = told_apart("bureau", "calendar:7", |uri| !taken.contains(&uri));
        assert!(uri.starts_with("bureau-") && uri.len() == 13, "{uri}");
        assert_eq!(told_apart("autre", "x", |_| true), "autre");
    }
}
