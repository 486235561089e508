//! vCard 2.1 as vCard 3.0, line by line (versit's vCard 2.1 against RFC 2426).

use crate::pim::line::{Line, Param, escape, split_value, unescape};
use crate::pim::quoted;

/// What a bare value says of how a line is encoded; all others are types.
const ENCODINGS: [&str; 5] = ["QUOTED-PRINTABLE", "BASE64", "B", "8BIT", "7BIT"];

/// Whether a line is written as only vCard 2.1 does: with bare parameters or in quoted-printable.
pub(super) fn is_typical(line: &Line<'_>) -> bool {
    line.params().iter().any(|param| param.name.is_empty()) || quoted::decode(line).is_some()
}

/// A line as vCard 3.0 writes it.
pub(super) fn converted(line: &Line<'_>) -> Line<'static> {
    let given = line.params();
    let is = |word: &str| {
        given.iter().any(|param| {
            (param.name.is_empty() || param.is("ENCODING"))
                && param
                    .values
                    .iter()
                    .any(|value| value.eq_ignore_ascii_case(word))
        })
    };
    let is_binary = is("BASE64") || is("B");
    let value = if is_binary {
        line.value_str().replace([' ', '\t'], "")
    } else {
        value(line)
    };
    let mut params: Vec<Param> = Vec::new();
    let mut types: Vec<String> = Vec::new();
    for param in given {
        match param.name.to_ascii_uppercase().as_str() {
            "" | "TYPE" => types.extend(param.values.into_iter().filter(|value| {
                !value.is_empty()
                    && !ENCODINGS
                        .iter()
                        .any(|word| word.eq_ignore_ascii_case(value))
            })),
            "ENCODING" | "CHARSET" => {}
            "VALUE"
                if param
                    .values
                    .iter()
                    .any(|value| value.eq_ignore_ascii_case("URL")) =>
            {
                params.push(Param::new("VALUE", "uri"));
            }
            "VALUE"
                if param
                    .values
                    .iter()
                    .any(|value| value.eq_ignore_ascii_case("INLINE")) => {}
            _ => params.push(param),
        }
    }
    if is_binary {
        params.push(Param::new("ENCODING", "b"));
    }
    params.extend(types.into_iter().map(|value| Param::new("TYPE", value)));
    line.with_params(&params).with_value(value.as_bytes())
}

fn value(line: &Line<'_>) -> String {
    let decode = |part: &str| {
        let part = line.with_value(part.as_bytes());
        quoted::decode(&part).unwrap_or_else(|| part.value_str().into_owned())
    };
    let raw = line.value_str();
    // A separator is a separator before anything is decoded: what is encoded is text.
    let each = |separator: char| {
        let parts = split_value(&raw, separator).into_iter();
        parts
            .map(|part| escape(&unescape(&decode(part))))
            .collect::<Vec<_>>()
    };
    match line.name().to_ascii_uppercase().as_str() {
        "N" | "ADR" | "ORG" => each(';').join(";"),
        "CATEGORIES" | "NICKNAME" => {
            let items = each(',').into_iter();
            items
                .map(|item| item.trim().to_owned())
                .collect::<Vec<_>>()
                .join(",")
        }
        "GEO" => decode(&raw).replace(',', ";"),
        "URL" | "PHOTO" | "LOGO" | "SOUND" | "KEY" | "BDAY" | "REV" | "TZ" | "VERSION"
        | "SOURCE" => quoted::breaks_escaped(&decode(&raw)),
        // Many of those that programs made up have parts, which nobody else knows.
        name if name.starts_with("X-") => quoted::breaks_escaped(&decode(&raw)),
        _ => escape(&unescape(&decode(&raw))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pim::line::lines;

    #[test]
    fn writes_what_3_0_writes() {
        for (old, new) in [
            (
                "TEL;HOME;VOICE;PREF:1",
                "TEL;TYPE=HOME;TYPE=VOICE;TYPE=PREF:1",
            ),
            (
                "N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:D=E9;L=E9a, M",
                "N:Dé;Léa\\, M",
            ),
            (
                "NOTE;ENCODING=QUOTED-PRINTABLE:Un=0D=0ADeux=\r\n, trois",
                "NOTE:Un\\nDeux\\, trois",
            ),
            (
                "ADR;WORK;QUOTED-PRINTABLE;CHARSET=UTF-8:;;1=2C rue=3B X;Paris;;75001;",
                "ADR;TYPE=WORK:;;1\\, rue\\; X;Paris;;75001;",
            ),
            (
                "PHOTO;JPEG;ENCODING=BASE64:AAAA\r\n  BBBB",
                "PHOTO;ENCODING=b;TYPE=JPEG:AAAABBBB",
            ),
            ("URL;WORK:http://x/a,b;c", "URL;TYPE=WORK:http://x/a,b;c"),
            (
                "PHOTO;VALUE=URL;GIF:http://x/a.gif",
                "PHOTO;VALUE=uri;TYPE=GIF:http://x/a.gif",
            ),
            ("GEO:37.24,-17.87", "GEO:37.24;-17.87"),
            (
                "X-ANDROID-CUSTOM;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:vnd.x;=41;1",
                "X-ANDROID-CUSTOM:vnd.x;A;1",
            ),
            ("TITLE;LANGUAGE=fr:a\\;b", "TITLE;LANGUAGE=fr:a\\;b"),
            ("item1.EMAIL;INTERNET:a@x", "item1.EMAIL;TYPE=INTERNET:a@x"),
        ] {
            let all = lines(old.as_bytes());
            assert_eq!(all.len(), 1);
            let made = converted(&all[0]);
            assert_eq!(String::from_utf8_lossy(made.content()), new);
            assert!(!is_typical(&made));
        }
    }
}
