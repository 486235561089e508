//! What a cloud's own documents become as files: the table of Google's export formats
//! (<https://developers.google.com/workspace/drive/api/guides/ref-export-formats>), and for Dropbox, which
//! tells of each document what it can be exported as (`files.stone`, `ExportInfo`), what is the best of it.

use super::DocumentFormat;

/// The form in which a native document is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ExportFormat {
    /// What the source is asked for: a media type, or what Dropbox calls the format.
    pub media_type: &'static str,
    /// The ending of the file, with its dot.
    pub extension: &'static str,
}

const fn format(media_type: &'static str, extension: &'static str) -> ExportFormat {
    ExportFormat {
        media_type,
        extension,
    }
}

const PDF: ExportFormat = format("application/pdf", ".pdf");
const SVG: ExportFormat = format("image/svg+xml", ".svg");
const SCRIPT: ExportFormat = format("application/vnd.google-apps.script+json", ".json");

const ODT: ExportFormat = format("application/vnd.oasis.opendocument.text", ".odt");
const ODS: ExportFormat = format("application/vnd.oasis.opendocument.spreadsheet", ".ods");
const ODP: ExportFormat = format("application/vnd.oasis.opendocument.presentation", ".odp");

const DOCX: ExportFormat = format(
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".docx",
);
const XLSX: ExportFormat = format(
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xlsx",
);
const PPTX: ExportFormat = format(
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".pptx",
);

/// Begins the media type of a document in Dropbox; its formats follow.
const IN_DROPBOX: &str = "application/vnd.dropbox.document; formats=";

/// Dropbox's names of formats.
const DROPBOX_FORMATS: [ExportFormat; 9] = [
    format("docx", ".docx"),
    format("xlsx", ".xlsx"),
    format("pptx", ".pptx"),
    format("markdown", ".md"),
    format("html", ".html"),
    format("pdf", ".pdf"),
    // A bookmark: where it leads to.
    format("url", super::LINK_EXTENSION),
    format("txt", ".txt"),
    format("csv", ".csv"),
];

/// The endings of what stands for documents in Dropbox; no exported file has one of them.
const DROPBOX_KINDS: [&str; 6] = ["paper", "papert", "gdoc", "gsheet", "gslides", "web"];

/// The media type of a document in Dropbox that can be exported as `formats`, by Dropbox's names of them.
pub fn dropbox_document(formats: &[&str]) -> String {
    let known = |name: &&&str| DROPBOX_FORMATS.iter().any(|one| one.media_type == **name);
    let known: Vec<&str> = formats.iter().filter(known).copied().collect();
    format!("{IN_DROPBOX}\"{}\"", known.join(","))
}

/// The best of the formats that Dropbox has: what can be edited, or read as it looks.
fn dropbox_format(formats: &str, wanted: DocumentFormat) -> Option<ExportFormat> {
    let office = ["docx", "xlsx", "pptx"];
    let order: [&[&str]; 3] = match wanted {
        // Dropbox writes no OpenDocument; Nextcloud's own editor writes Markdown.
        DocumentFormat::Odf | DocumentFormat::Ooxml => [
            &office,
            &["markdown", "html"],
            &["pdf", "url", "txt", "csv"],
        ],
        DocumentFormat::Pdf => [
            &["pdf"],
            &office,
            &["html", "markdown", "url", "txt", "csv"],
        ],
    };
    let has = |name: &&str| formats.split(',').any(|one| one == *name);
    let best = order.into_iter().flatten().copied().find(has)?;
    DROPBOX_FORMATS
        .into_iter()
        .find(|format| format.media_type == best)
}

fn dropbox_formats(media_type: &str) -> Option<&str> {
    media_type
        .strip_prefix(IN_DROPBOX)?
        .strip_prefix('"')?
        .strip_suffix('"')
}

/// Whether a document arrives in another format than the user chose, since the source does not have that.
pub fn is_other_format(media_type: &str, wanted: DocumentFormat) -> bool {
    let Some(format) = dropbox_formats(media_type).and_then(|all| dropbox_format(all, wanted))
    else {
        return false;
    };
    match format.media_type {
        "url" => false,
        "pdf" => wanted != DocumentFormat::Pdf,
        "docx" | "xlsx" | "pptx" => wanted != DocumentFormat::Ooxml,
        _ => true,
    }
}

/// A native document's name without what only stood for its kind at the source.
pub fn document_stem<'n>(media_type: &str, name: &'n str) -> &'n str {
    let Some((stem, ending)) = name.rsplit_once('.') else {
        return name;
    };
    let is_own = DROPBOX_KINDS
        .iter()
        .any(|own| own.eq_ignore_ascii_case(ending));
    if is_own && !stem.is_empty() && dropbox_formats(media_type).is_some() {
        stem
    } else {
        name
    }
}

/// How a native document of `media_type` is exported when the user chose `wanted`; `None` where the
/// source exports nothing of this kind (forms, sites, maps, files that are no native documents).
///
/// Drawings exist in neither office format, so both become SVG, which stays editable; a script is always
/// Google's own JSON, its only form.
pub fn export_format(media_type: &str, wanted: DocumentFormat) -> Option<ExportFormat> {
    use DocumentFormat::{Odf, Ooxml, Pdf};
    if let Some(formats) = dropbox_formats(media_type) {
        return dropbox_format(formats, wanted);
    }
    let kind = media_type.strip_prefix("application/vnd.google-apps.")?;
    Some(match (kind, wanted) {
        ("document", Odf) => ODT,
        ("document", Ooxml) => DOCX,
        ("spreadsheet", Odf) => ODS,
        ("spreadsheet", Ooxml) => XLSX,
        ("presentation", Odf) => ODP,
        ("presentation", Ooxml) => PPTX,
        ("drawing", Odf | Ooxml) => SVG,
        ("document" | "spreadsheet" | "presentation" | "drawing", Pdf) => PDF,
        ("script", _) => SCRIPT,
        _ => return None,
    })
}

/// The ending, with its dot, of what [`export_format`] gives.
pub fn export_extension(media_type: &str, wanted: DocumentFormat) -> Option<&'static str> {
    export_format(media_type, wanted).map(|format| format.extension)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::LINK_EXTENSION;

    #[test]
    fn every_editor_document_has_every_format() {
        for kind in [
            "document",
            "spreadsheet",
            "presentation",
            "drawing",
            "script",
        ] {
            let media_type = format!("application/vnd.google-apps.{kind}");
            for wanted in [
                DocumentFormat::Odf,
                DocumentFormat::Ooxml,
                DocumentFormat::Pdf,
            ] {
                let extension = export_extension(&media_type, wanted).expect(kind);
                assert!(extension.starts_with('.'), "{extension}");
            }
        }
    }

    #[test]
    fn a_document_in_dropbox_becomes_the_best_of_what_there_is() {
        use DocumentFormat::{Odf, Ooxml, Pdf};
        let ending =
            |formats: &[&str], wanted| export_extension(&dropbox_document(formats), wanted);
        for (formats, editable, as_it_looks) in [
            (&["html", "markdown"][..], ".md", ".html"),
            (&["html"], ".html", ".html"),
            (&["docx", "markdown", "pdf"], ".docx", ".pdf"),
            (&["xlsx"], ".xlsx", ".xlsx"),
            (&["hologram", "pptx"], ".pptx", ".pptx"),
            (&["url"], LINK_EXTENSION, LINK_EXTENSION),
        ] {
            assert_eq!(ending(formats, Odf), Some(editable), "{formats:?}");
            assert_eq!(ending(formats, Ooxml), Some(editable), "{formats:?}");
            assert_eq!(ending(formats, Pdf), Some(as_it_looks), "{formats:?}");
        }
        assert_eq!(ending(&["hologram"], Odf), None);
        assert_eq!(ending(&[], Odf), None);
    }

    #[test]
    fn another_format_than_the_chosen_one_is_told() {
        use DocumentFormat::{Odf, Ooxml, Pdf};
        let other = |formats: &[&str], wanted| is_other_format(&dropbox_document(formats), wanted);
        assert!(other(&["docx"], Odf) && !other(&["docx"], Ooxml) && other(&["docx"], Pdf));
        assert!(other(&["markdown"], Odf) && other(&["markdown"], Pdf));
        assert!(!other(&["pdf", "docx"], Pdf));
        assert!(!other(&["url"], Odf) && !other(&[], Odf));
        assert!(!is_other_format("application/vnd.google-apps.drawing", Odf));
    }

    #[test]
    fn endings_that_stand_for_a_kind_go() {
        let paper = dropbox_document(&["markdown"]);
        for (name, stem) in [
            ("Compte rendu.paper", "Compte rendu"),
            ("v1.2.GDOC", "v1.2"),
            ("a.web", "a"),
            ("a.b", "a.b"),
            (".paper", ".paper"),
            ("paper", "paper"),
        ] {
            assert_eq!(document_stem(&paper, name), stem);
            let google = "application/vnd.google-apps.document";
            assert_eq!(document_stem(google, name), name);
        }
    }

    #[test]
    fn what_is_only_a_page_or_already_a_file_is_not_exported() {
        for media_type in [
            "application/vnd.google-apps.form",
            "application/vnd.google-apps.site",
            "application/vnd.google-apps.folder",
            "application/vnd.google-apps.script+json",
            "application/pdf",
            "document",
            "",
        ] {
            assert_eq!(export_format(media_type, DocumentFormat::Odf), None);
        }
    }
}
