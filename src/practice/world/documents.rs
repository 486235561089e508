//! What a cloud's own documents become when they are exported: small but valid files of each format.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::content::{Content, mix};
use super::package::package;
use super::{ASSOCIATION, Native, sentence};

/// The kinds that a document can have; another name for [`Native`], for those who do not know of Drives.
pub type DocumentKind = Native;

/// A document of the association, ready to be written in any of its formats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub kind: DocumentKind,
    pub title: String,
    pub seed: u64,
    /// When it was exported, which most formats keep: two exports are then not the same bytes.
    pub exported: Option<String>,
    /// Bytes of an embedded picture, which makes office packages large.
    pub ballast: u64,
}

pub(super) const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
/// One white pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const JPEG: &str = "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/ALtf/9k=";

impl Document {
    /// The document in the format of this file name ending; `None` where its kind has no such format.
    pub fn export(&self, extension: &str) -> Option<Vec<u8>> {
        match (self.kind, extension) {
            (Native::Drawing, "svg") => Some(self.svg().into_bytes()),
            (Native::Drawing, "png") => STANDARD.decode(PNG).ok(),
            (Native::Drawing, "jpg" | "jpeg") => STANDARD.decode(JPEG).ok(),
            (Native::Text, "odt") => self.open_document("text", &self.odt_body()),
            (Native::Sheet, "ods") => self.open_document("spreadsheet", &self.ods_body()),
            (Native::Slides, "odp") => self.open_document("presentation", &self.odp_body()),
            (Native::Text, "docx") => self.docx(),
            (Native::Sheet, "xlsx") => self.xlsx(),
            (Native::Slides, "pptx") => self.pptx(),
            (Native::Text, "epub") => self.epub(),
            (Native::Text | Native::Sheet, "zip") => {
                package(&[("index.html", self.html().into_bytes())]).ok()
            }
            (Native::Text, "html") => Some(self.html().into_bytes()),
            (Native::Text, "rtf") => Some(self.rtf()),
            (Native::Text, "md") => Some(self.markdown().into_bytes()),
            (Native::Text | Native::Slides, "txt") => Some(self.plain().into_bytes()),
            (Native::Sheet, "csv") => Some(self.cells(",").into_bytes()),
            (Native::Sheet, "tsv") => Some(self.cells("\t").into_bytes()),
            (_, "pdf") => Some(self.pdf()),
            _ => None,
        }
    }

    pub(super) fn paragraphs(&self) -> impl Iterator<Item = &str> {
        (0..3 + self.seed % 9).map(|n| sentence(mix(self.seed, n)))
    }

    pub(super) fn xml_paragraphs(&self, open: &str, close: &str) -> String {
        self.paragraphs()
            .map(|p| format!("{open}{}{close}", escape(p)))
            .collect()
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = (&str, u64)> {
        (0..4 + self.seed % 12).map(|n| {
            let value = mix(self.seed, n);
            (super::topic(value), value % 2_000)
        })
    }

    fn plain(&self) -> String {
        // As Google does it: a byte order mark and carriage returns.
        let body: String = self.paragraphs().map(|p| format!("{p}\r\n")).collect();
        format!("\u{feff}{}\r\n\r\n{body}", self.title)
    }

    fn markdown(&self) -> String {
        let body: String = self.paragraphs().map(|p| format!("{p}\n\n")).collect();
        format!("# {}\n\n{body}", self.title)
    }

    fn html(&self) -> String {
        format!(
            "<!DOCTYPE html><html lang=\"fr\"><head><meta charset=\"utf-8\"><title>{0}</title></head><body><h1>{0}</h1>{1}</body></html>",
            escape(&self.title),
            self.xml_paragraphs("<p>", "</p>")
        )
    }

    fn svg(&self) -> String {
        format!(
            "{XML}<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"320\" height=\"200\"><rect width=\"320\" height=\"200\" fill=\"#{:06x}\"/><text x=\"20\" y=\"100\">{}</text></svg>",
            self.seed & 0xff_ffff,
            escape(&self.title)
        )
    }

    fn cells(&self, separator: &str) -> String {
        self.rows()
            .map(|(name, value)| format!("{name}{separator}{value}\r\n"))
            .collect()
    }

    fn rtf(&self) -> Vec<u8> {
        let mut text = String::from("{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Arial;}}");
        for line in std::iter::once(self.title.as_str()).chain(self.paragraphs()) {
            for character in line.chars() {
                match character {
                    '\\' | '{' | '}' => text.extend(['\\', character]),
                    c if c.is_ascii() => text.push(c),
                    c => {
                        let mut units = [0; 2];
                        for unit in c.encode_utf16(&mut units) {
                            text.push_str(&format!("\\u{}?", unit.cast_signed()));
                        }
                    }
                }
            }
            text.push_str("\\par\n");
        }
        text.push('}');
        text.into_bytes()
    }

    pub(super) fn meta_date(&self) -> &str {
        self.exported.as_deref().unwrap_or("2024-05-06T07:08:09Z")
    }

    /// The package of OpenDocument 1.3 (OASIS, part 2): the media type first, then the manifest.
    fn open_document(&self, kind: &str, body: &str) -> Option<Vec<u8>> {
        let media = format!("application/vnd.oasis.opendocument.{kind}");
        let spaces = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\" xmlns:svg=\"urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0\" xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" xmlns:meta=\"urn:oasis:names:tc:opendocument:xmlns:meta:1.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" office:version=\"1.3\"";
        let content = format!(
            "{XML}<office:document-content {spaces}><office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
        );
        let styles = format!(
            "{XML}<office:document-styles {spaces}><office:automatic-styles><style:page-layout style:name=\"pm1\"/></office:automatic-styles><office:master-styles><style:master-page style:name=\"Default\" style:page-layout-name=\"pm1\"/></office:master-styles></office:document-styles>"
        );
        let meta = format!(
            "{XML}<office:document-meta {spaces}><office:meta><dc:title>{}</dc:title><dc:creator>{}</dc:creator><dc:date>{}</dc:date></office:meta></office:document-meta>",
            escape(&self.title),
            escape(ASSOCIATION),
            self.meta_date()
        );
        let picture = if self.ballast > 0 {
            "<manifest:file-entry manifest:full-path=\"Pictures/1.bin\" manifest:media-type=\"application/octet-stream\"/>"
        } else {
            ""
        };
        let manifest = format!(
            "{XML}<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" manifest:version=\"1.3\"><manifest:file-entry manifest:full-path=\"/\" manifest:media-type=\"{media}\"/><manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/><manifest:file-entry manifest:full-path=\"styles.xml\" manifest:media-type=\"text/xml\"/><manifest:file-entry manifest:full-path=\"meta.xml\" manifest:media-type=\"text/xml\"/>{picture}</manifest:manifest>"
        );
        let mut parts = vec![
            ("mimetype", media.into_bytes()),
            ("content.xml", content.into_bytes()),
            ("styles.xml", styles.into_bytes()),
            ("meta.xml", meta.into_bytes()),
        ];
        self.add_ballast(&mut parts, "Pictures/1.bin");
        parts.push(("META-INF/manifest.xml", manifest.into_bytes()));
        package(&parts).ok()
    }

    pub(super) fn add_ballast<'a>(&self, parts: &mut Vec<(&'a str, Vec<u8>)>, name: &'a str) {
        if self.ballast > 0 {
            let picture = Content::noise(self.seed, self.ballast);
            parts.push((name, picture.bytes(0, u64::MAX).to_vec()));
        }
    }

    fn odt_body(&self) -> String {
        format!(
            "<text:h text:outline-level=\"1\">{}</text:h>{}",
            escape(&self.title),
            self.xml_paragraphs("<text:p>", "</text:p>")
        )
    }

    fn ods_body(&self) -> String {
        let rows: String = self
            .rows()
            .map(|(name, value)| {
                format!(
                    "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>{}</text:p></table:table-cell><table:table-cell office:value-type=\"float\" office:value=\"{value}\"><text:p>{value}</text:p></table:table-cell></table:table-row>",
                    escape(name)
                )
            })
            .collect();
        format!(
            "<table:table table:name=\"Feuille 1\"><table:table-column table:number-columns-repeated=\"2\"/>{rows}</table:table>"
        )
    }

    fn odp_body(&self) -> String {
        self.paragraphs()
            .enumerate()
            .map(|(n, text)| {
                format!(
                    "<draw:page draw:name=\"page{}\" draw:master-page-name=\"Default\"><draw:frame svg:x=\"2cm\" svg:y=\"2cm\" svg:width=\"20cm\" svg:height=\"4cm\"><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame></draw:page>",
                    n + 1,
                    escape(text)
                )
            })
            .collect()
    }

    fn epub(&self) -> Option<Vec<u8>> {
        let title = escape(&self.title);
        let page = format!(
            "{XML}<html xmlns=\"http://www.w3.org/1999/xhtml\" xmlns:epub=\"http://www.idpf.org/2007/ops\"><head><title>{title}</title></head><body><nav epub:type=\"toc\"><ol><li><a href=\"nav.xhtml\">{title}</a></li></ol></nav>{}</body></html>",
            self.xml_paragraphs("<p>", "</p>")
        );
        let book = format!(
            "{XML}<package xmlns=\"http://www.idpf.org/2007/opf\" version=\"3.0\" unique-identifier=\"id\"><metadata xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:identifier id=\"id\">practice-{:x}</dc:identifier><dc:title>{title}</dc:title><dc:language>fr</dc:language><meta property=\"dcterms:modified\">{}</meta></metadata><manifest><item id=\"nav\" href=\"nav.xhtml\" media-type=\"application/xhtml+xml\" properties=\"nav\"/></manifest><spine><itemref idref=\"nav\"/></spine></package>",
            self.seed,
            self.meta_date()
        );
        let container = format!(
            "{XML}<container version=\"1.0\" xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\"><rootfiles><rootfile full-path=\"content.opf\" media-type=\"application/oebps-package+xml\"/></rootfiles></container>"
        );
        package(&[
            ("mimetype", b"application/epub+zip".to_vec()),
            ("META-INF/container.xml", container.into_bytes()),
            ("content.opf", book.into_bytes()),
            ("nav.xhtml", page.into_bytes()),
        ])
        .ok()
    }

    /// One page of Helvetica (ISO 32000-1, annex H.3).
    fn pdf(&self) -> Vec<u8> {
        let mut text = b"BT /F1 12 Tf 16 TL 60 780 Td ".to_vec();
        for line in std::iter::once(self.title.as_str()).chain(self.paragraphs()) {
            text.push(b'(');
            text.extend(win_ansi(line));
            text.extend_from_slice(b") Tj T* ");
        }
        text.extend_from_slice(b"ET");
        let mut page = format!("<< /Length {} >>\nstream\n", text.len()).into_bytes();
        page.extend_from_slice(&text);
        page.extend_from_slice(b"\nendstream");
        let objects: [Vec<u8>; 6] = [
            b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_vec(),
            page,
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_vec(),
            format!("<< /Producer ({}) >>", self.meta_date()).into_bytes(),
        ];
        let mut pdf = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec();
        let mut table = String::from("0000000000 65535 f \n");
        for (number, object) in (1..).zip(&objects) {
            table.push_str(&format!("{:010} 00000 n \n", pdf.len()));
            pdf.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
            pdf.extend_from_slice(object);
            pdf.extend_from_slice(b"\nendobj\n");
        }
        let start = pdf.len();
        let count = objects.len() + 1;
        pdf.extend_from_slice(format!("xref\n0 {count}\n{table}trailer\n<< /Size {count} /Root 1 0 R /Info 6 0 R >>\nstartxref\n{start}\n%%EOF\n").as_bytes());
        pdf
    }
}

/// Text for XML; what XML 1.0 cannot hold at all is left out.
pub(super) fn escape(text: &str) -> String {
    let legal: String = text.chars().filter(|c| !c.is_control()).collect();
    quick_xml::escape::escape(&legal).into_owned()
}

/// A PDF string's inside: Latin-1 as octal, what it cannot say as a question mark.
fn win_ansi(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for character in text.chars() {
        match u8::try_from(u32::from(character)) {
            Ok(b @ (b'(' | b')' | b'\\')) => bytes.extend([b'\\', b]),
            Ok(b @ 0x20..=0x7e) => bytes.push(b),
            Ok(b @ 0xa0..) => bytes.extend_from_slice(format!("\\{b:03o}").as_bytes()),
            _ => bytes.push(b'?'),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read as _};

    use super::*;

    fn document(kind: Native) -> Document {
        Document {
            kind,
            title: "Réunion <du> 3 \u{1} mai & \u{1f986}".into(),
            seed: 42,
            exported: None,
            ballast: 0,
        }
    }

    const PACKAGES: [(Native, &str); 8] = [
        (Native::Text, "odt"),
        (Native::Sheet, "ods"),
        (Native::Slides, "odp"),
        (Native::Text, "docx"),
        (Native::Sheet, "xlsx"),
        (Native::Slides, "pptx"),
        (Native::Text, "epub"),
        (Native::Sheet, "zip"),
    ];

    #[test]
    fn packages_hold_well_formed_xml() {
        for (kind, extension) in PACKAGES {
            let bytes = document(kind).export(extension).unwrap();
            let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
            assert!(!archive.is_empty());
            for index in 0..archive.len() {
                let mut part = archive.by_index(index).unwrap();
                let mut text = String::new();
                part.read_to_string(&mut text).unwrap();
                if !text.starts_with("<?xml") {
                    continue;
                }
                let mut reader = quick_xml::Reader::from_str(&text);
                loop {
                    match reader.read_event().unwrap() {
                        quick_xml::events::Event::Eof => break,
                        _ => continue,
                    }
                }
            }
        }
    }

    #[test]
    fn an_open_document_says_first_what_it_is() {
        // OpenDocument 1.3, part 2, 3.3: `mimetype` is the first file, stored, without extra field.
        let bytes = document(Native::Text).export("odt").unwrap();
        assert_eq!(&bytes[30..38], b"mimetype");
        assert_eq!(&bytes[38..77], b"application/vnd.oasis.opendocument.text");
    }

    #[test]
    fn exports_are_stable_unless_they_are_dated() {
        for (kind, extension) in PACKAGES.into_iter().filter(|(_, e)| *e != "zip") {
            let stable = document(kind);
            assert_eq!(stable.export(extension), stable.export(extension));
            let dated = Document {
                exported: Some("2026-01-02T03:04:05Z".into()),
                ..stable.clone()
            };
            assert_ne!(dated.export(extension), stable.export(extension));
        }
    }

    #[test]
    fn ballast_makes_it_large() {
        let large = Document {
            ballast: 100_000,
            ..document(Native::Text)
        };
        for extension in ["odt", "docx"] {
            assert!(large.export(extension).unwrap().len() > 100_000);
        }
    }

    #[test]
    fn every_kind_has_its_formats_only() {
        assert!(document(Native::Drawing).export("svg").is_some());
        assert!(document(Native::Drawing).export("odt").is_none());
        assert!(document(Native::Text).export("xlsx").is_none());
        let png = document(Native::Drawing).export("png").unwrap();
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        let jpeg = document(Native::Drawing).export("jpg").unwrap();
        assert_eq!(&jpeg[..3], b"\xff\xd8\xff");
        let pdf = document(Native::Slides).export("pdf").unwrap();
        assert!(pdf.starts_with(b"%PDF-1.4") && pdf.ends_with(b"%%EOF\n"));
    }
}
