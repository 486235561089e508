//! Office Open XML (ECMA-376): the exports for Word, Excel and PowerPoint.

use super::documents::{Document, XML, escape};
use super::package::package;

impl Document {
    pub(super) fn docx(&self) -> Option<Vec<u8>> {
        let body = format!(
            "{XML}<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:p><w:r><w:t>{}</w:t></w:r></w:p>{}</w:body></w:document>",
            escape(&self.title),
            self.xml_paragraphs("<w:p><w:r><w:t>", "</w:t></w:r></w:p>")
        );
        let mut parts = self.office_package(
            &[("/word/document.xml", "wordprocessingml.document.main")],
            "word/document.xml",
        );
        parts.push(("word/document.xml", body.into_bytes()));
        self.add_ballast(&mut parts, "word/media/image1.bin");
        package(&parts).ok()
    }

    pub(super) fn xlsx(&self) -> Option<Vec<u8>> {
        let rows: String = (1..)
            .zip(self.rows())
            .map(|(row, (name, value))| {
                format!(
                    "<row r=\"{row}\"><c r=\"A{row}\" t=\"inlineStr\"><is><t>{}</t></is></c><c r=\"B{row}\"><v>{value}</v></c></row>",
                    escape(name)
                )
            })
            .collect();
        let mut parts = self.office_package(
            &[
                ("/xl/workbook.xml", "spreadsheetml.sheet.main"),
                ("/xl/worksheets/sheet1.xml", "spreadsheetml.worksheet"),
            ],
            "xl/workbook.xml",
        );
        parts.push(("xl/workbook.xml", format!("{XML}<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{RELATIONS}\"><sheets><sheet name=\"Feuille 1\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>").into_bytes()));
        parts.push((
            "xl/_rels/workbook.xml.rels",
            relations(&[("worksheet", "worksheets/sheet1.xml")]),
        ));
        parts.push(("xl/worksheets/sheet1.xml", format!("{XML}<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{rows}</sheetData></worksheet>").into_bytes()));
        self.add_ballast(&mut parts, "xl/media/image1.bin");
        package(&parts).ok()
    }

    pub(super) fn pptx(&self) -> Option<Vec<u8>> {
        let spaces = format!(
            "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\" xmlns:r=\"{RELATIONS}\""
        );
        let tree = |shapes: &str| {
            format!(
                "<p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>{shapes}</p:spTree></p:cSld>"
            )
        };
        let text = self.xml_paragraphs("<a:p><a:r><a:t>", "</a:t></a:r></a:p>");
        let shape = format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"Texte\"/><p:cNvSpPr txBox=\"1\"/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x=\"457200\" y=\"457200\"/><a:ext cx=\"8229600\" cy=\"4572000\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr/>{text}</p:txBody></p:sp>"
        );
        let mut parts = self.office_package(
            &[
                ("/ppt/presentation.xml", "presentationml.presentation.main"),
                ("/ppt/slides/slide1.xml", "presentationml.slide"),
                (
                    "/ppt/slideLayouts/slideLayout1.xml",
                    "presentationml.slideLayout",
                ),
                (
                    "/ppt/slideMasters/slideMaster1.xml",
                    "presentationml.slideMaster",
                ),
                ("/ppt/theme/theme1.xml", "theme"),
            ],
            "ppt/presentation.xml",
        );
        let mut add = |name, body: String| parts.push((name, format!("{XML}{body}").into_bytes()));
        add(
            "ppt/presentation.xml",
            format!(
                "<p:presentation {spaces}><p:sldMasterIdLst><p:sldMasterId id=\"2147483648\" r:id=\"rId1\"/></p:sldMasterIdLst><p:sldIdLst><p:sldId id=\"256\" r:id=\"rId2\"/></p:sldIdLst><p:sldSz cx=\"9144000\" cy=\"6858000\"/><p:notesSz cx=\"6858000\" cy=\"9144000\"/></p:presentation>"
            ),
        );
        add(
            "ppt/slides/slide1.xml",
            format!("<p:sld {spaces}>{}</p:sld>", tree(&shape)),
        );
        add(
            "ppt/slideLayouts/slideLayout1.xml",
            format!("<p:sldLayout {spaces}>{}</p:sldLayout>", tree("")),
        );
        add(
            "ppt/slideMasters/slideMaster1.xml",
            format!(
                "<p:sldMaster {spaces}>{}<p:clrMap bg1=\"lt1\" tx1=\"dk1\" bg2=\"lt2\" tx2=\"dk2\" accent1=\"accent1\" accent2=\"accent2\" accent3=\"accent3\" accent4=\"accent4\" accent5=\"accent5\" accent6=\"accent6\" hlink=\"hlink\" folHlink=\"folHlink\"/><p:sldLayoutIdLst><p:sldLayoutId id=\"2147483649\" r:id=\"rId1\"/></p:sldLayoutIdLst></p:sldMaster>",
                tree("")
            ),
        );
        add("ppt/theme/theme1.xml", theme());
        for (name, list) in [
            (
                "ppt/_rels/presentation.xml.rels",
                &[
                    ("slideMaster", "slideMasters/slideMaster1.xml"),
                    ("slide", "slides/slide1.xml"),
                ][..],
            ),
            (
                "ppt/slides/_rels/slide1.xml.rels",
                &[("slideLayout", "../slideLayouts/slideLayout1.xml")],
            ),
            (
                "ppt/slideLayouts/_rels/slideLayout1.xml.rels",
                &[("slideMaster", "../slideMasters/slideMaster1.xml")],
            ),
            (
                "ppt/slideMasters/_rels/slideMaster1.xml.rels",
                &[
                    ("slideLayout", "../slideLayouts/slideLayout1.xml"),
                    ("theme", "../theme/theme1.xml"),
                ],
            ),
        ] {
            parts.push((name, relations(list)));
        }
        self.add_ballast(&mut parts, "ppt/media/image1.bin");
        package(&parts).ok()
    }

    /// The parts that every Office Open XML package has (ECMA-376 part 2).
    fn office_package(&self, parts: &[(&str, &str)], main: &str) -> Vec<(&'static str, Vec<u8>)> {
        let overrides: String = parts
            .iter()
            .map(|(name, kind)| {
                format!("<Override PartName=\"{name}\" ContentType=\"application/vnd.openxmlformats-officedocument.{kind}+xml\"/>")
            })
            .collect();
        let types = format!(
            "{XML}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Default Extension=\"bin\" ContentType=\"application/octet-stream\"/>{overrides}<Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/></Types>"
        );
        let core = format!(
            "{XML}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>{}</dc:title><dcterms:modified xsi:type=\"dcterms:W3CDTF\">{}</dcterms:modified></cp:coreProperties>",
            escape(&self.title),
            self.meta_date()
        );
        let top = format!(
            "{XML}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"{RELATIONS}/officeDocument\" Target=\"{main}\"/><Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/></Relationships>"
        );
        vec![
            ("[Content_Types].xml", types.into_bytes()),
            ("_rels/.rels", top.into_bytes()),
            ("docProps/core.xml", core.into_bytes()),
        ]
    }
}

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn relations(list: &[(&str, &str)]) -> Vec<u8> {
    let list: String = (1..)
        .zip(list)
        .map(|(n, (kind, target))| {
            format!("<Relationship Id=\"rId{n}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>")
        })
        .collect();
    format!("{XML}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{list}</Relationships>").into_bytes()
}

fn theme() -> String {
    let colours: String = [
        ("dk1", "000000"),
        ("lt1", "FFFFFF"),
        ("dk2", "1F497D"),
        ("lt2", "EEECE1"),
        ("accent1", "4F81BD"),
        ("accent2", "C0504D"),
        ("accent3", "9BBB59"),
        ("accent4", "8064A2"),
        ("accent5", "4BACC6"),
        ("accent6", "F79646"),
        ("hlink", "0000FF"),
        ("folHlink", "800080"),
    ]
    .iter()
    .map(|(name, rgb)| format!("<a:{name}><a:srgbClr val=\"{rgb}\"/></a:{name}>"))
    .collect();
    let font = "<a:latin typeface=\"Arial\"/><a:ea typeface=\"\"/><a:cs typeface=\"\"/>";
    let fill = "<a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill>";
    let line = format!("<a:ln>{fill}</a:ln>");
    let effect = "<a:effectStyle><a:effectLst/></a:effectStyle>";
    format!(
        "<a:theme xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" name=\"Simple\"><a:themeElements><a:clrScheme name=\"Simple\">{colours}</a:clrScheme><a:fontScheme name=\"Simple\"><a:majorFont>{font}</a:majorFont><a:minorFont>{font}</a:minorFont></a:fontScheme><a:fmtScheme name=\"Simple\"><a:fillStyleLst>{fill}{fill}{fill}</a:fillStyleLst><a:lnStyleLst>{line}{line}{line}</a:lnStyleLst><a:effectStyleLst>{effect}{effect}{effect}</a:effectStyleLst><a:bgFillStyleLst>{fill}{fill}{fill}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )
}
