//! What a cloud's own documents become as files: the table of Google's export formats
//! (<https://developers.google.com/workspace/drive/api/guides/ref-export-formats>).

use super::DocumentFormat;

/// The form in which a native document is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ExportFormat {
    /// What the source is asked for.
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

/// How a native document of `media_type` is exported when the user chose `wanted`; `None` where the
/// source exports nothing of this kind (forms, sites, maps, files that are no native documents).
///
/// Drawings exist in neither office format, so both become SVG, which stays editable; a script is always
/// Google's own JSON, its only form.
pub fn export_format(media_type: &str, wanted: DocumentFormat) -> Option<ExportFormat> {
    use DocumentFormat::{Odf, Ooxml, Pdf};
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
