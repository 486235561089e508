//! Quoted-printable values, which only vCard 2.1 and vCalendar 1.0 have.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::line::Line;

/// What a quoted-printable value says, in the CHARSET that the line names; where that is not what it is,
/// Windows-1252. `None` for a line that is not quoted-printable.
pub(crate) fn decode(line: &Line<'_>) -> Option<String> {
    let is_quoted = line.params().iter().any(|param| {
        let says = |value: &String| value.eq_ignore_ascii_case("QUOTED-PRINTABLE");
        (param.name.is_empty() || param.is("ENCODING")) && param.values.iter().any(says)
    });
    if !is_quoted {
        return None;
    }
    let bytes = quoted_printable::decode(line.value(), quoted_printable::ParseMode::Robust)
        .unwrap_or_else(|_| line.value().to_vec());
    Some(decode_bytes(&bytes, line.param("CHARSET").as_deref()))
}

/// Bytes as text, in the character set of this name if they are UTF-8 in nobody's reading.
pub(crate) fn decode_bytes(bytes: &[u8], charset: Option<&str>) -> String {
    let named = charset.and_then(|label| Encoding::for_label(label.trim().as_bytes()));
    let encoding = match named {
        Some(encoding) if encoding != UTF_8 => encoding,
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => return text.to_owned(),
            Err(_) => WINDOWS_1252,
        },
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// A quoted-printable line of iCalendar as plain text. The value keeps its escapes; line breaks become one.
pub(crate) fn plain(line: &Line<'_>) -> Option<Line<'static>> {
    let value = decode(line)?;
    let mut params = line.params();
    params.retain(|param| !param.is("ENCODING") && !param.is("CHARSET") && !param.name.is_empty());
    Some(
        line.with_params(&params)
            .with_value(breaks_escaped(&value).as_bytes()),
    )
}

/// Line breaks as `\n`.
pub(crate) fn breaks_escaped(value: &str) -> String {
    value.replace("\r\n", "\\n").replace(['\r', '\n'], "\\n")
}
