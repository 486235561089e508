//! HTML as plain text, for properties that hold nothing else. The HTML itself is always kept beside.

use quick_xml::escape::resolve_html5_entity;

/// Elements that begin a line of their own.
const BLOCKS: [&str; 14] = [
    "br",
    "p",
    "div",
    "li",
    "tr",
    "ul",
    "ol",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "blockquote",
    "hr",
];

/// Elements whose content nobody sees.
const HIDDEN: [&str; 4] = ["style", "script", "head", "title"];

/// What a reader would see: the text without tags, lines where blocks begin, entities as characters.
pub(crate) fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut hidden: Option<String> = None;
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        if hidden.is_none() {
            push(&mut text, before);
        }
        let is_tag = tag.get(1..).is_some_and(|inside| {
            inside.starts_with(|char: char| {
                char.is_ascii_alphabetic() || matches!(char, '/' | '!' | '?')
            })
        });
        let end = if tag.starts_with("<!--") {
            tag.find("-->").map(|at| at + 2)
        } else {
            tag.find('>')
        };
        let Some(end) = end.filter(|_| is_tag) else {
            if hidden.is_none() {
                text.push('<');
            }
            rest = tag.get(1..).unwrap_or_default();
            continue;
        };
        let inside = tag.get(1..end).unwrap_or_default();
        rest = tag.get(end + 1..).unwrap_or_default();
        let is_end = inside.starts_with('/');
        let name: String = inside
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase();
        match &hidden {
            Some(open) if is_end && *open == name => hidden = None,
            Some(_) => {}
            None if !is_end && HIDDEN.contains(&name.as_str()) => hidden = Some(name),
            None if name == "br" => text.push('\n'),
            None if BLOCKS.contains(&name.as_str()) => {
                let trimmed = text.trim_end_matches(' ').len();
                text.truncate(trimmed);
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
                if name == "li" && !is_end {
                    text.push_str("- ");
                }
            }
            None => {}
        }
    }
    if hidden.is_none() {
        push(&mut text, rest);
    }
    text.trim().to_owned()
}

/// Whether a text has tags that a reader would rather not see.
pub(crate) fn is_html(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let known = [
        "a ", "b>", "i>", "u>", "strong", "em>", "span", "html", "body", "font",
    ];
    let mut tags = lower
        .match_indices('<')
        .filter_map(|(at, _)| lower.get(at + 1..));
    tags.any(|tag| {
        let tag = tag.trim_start_matches('/');
        known
            .iter()
            .chain(&BLOCKS)
            .any(|name| tag.starts_with(name))
            && tag.contains('>')
    })
}

/// Adds text between tags: white space is one space, as in HTML, and entities are characters.
fn push(text: &mut String, between: &str) {
    let mut rest = between;
    while let Some(char) = rest.chars().next() {
        if char == '&'
            && let Some((decoded, length)) = entity(rest)
        {
            text.push_str(&decoded);
            rest = rest.get(length..).unwrap_or_default();
            continue;
        }
        rest = rest.get(char.len_utf8()..).unwrap_or_default();
        if char.is_ascii_whitespace() {
            if !text.is_empty() && !text.ends_with([' ', '\n']) {
                text.push(' ');
            }
        } else {
            text.push(char);
        }
    }
}

/// What an entity stands for, and the length of the entity.
fn entity(text: &str) -> Option<(String, usize)> {
    let end = text.find(';').filter(|end| (2..40).contains(end))?;
    let name = text.get(1..end)?;
    let decoded = match name.strip_prefix('#') {
        None => resolve_html5_entity(name)?.to_owned(),
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            let char = char::from_u32(code).filter(|char| !char.is_control() || *char == '\n');
            char?.to_string()
        }
    };
    Some((decoded, end + 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shows_what_a_reader_sees() {
        for (html, expected) in [
            (
                "<p>Un <b>deux</b></p><p>trois&nbsp;!</p>",
                "Un deux\ntrois\u{a0}!",
            ),
            ("a<br>b<br/>c", "a\nb\nc"),
            ("<ul><li>x</li><li>y</li></ul>", "- x\n- y"),
            (
                "<html><head><title>t</title><style>p{}</style></head><body>1 &lt; 2 &amp;&amp; 3 &#8364;</body></html>",
                "1 < 2 && 3 €",
            ),
            ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
            ("no tags & no entities;", "no tags & no entities;"),
            ("<!-- a > b -->c", "c"),
            ("<a href=\"https://x\">là</a>", "là"),
        ] {
            assert_eq!(plain(html), expected);
        }
        assert!(is_html("x<br>y") && is_html("<a href='x'>y</a>") && is_html("<P>x</P>"));
        assert!(!is_html("1 < 2 and 3 > 2") && !is_html("<lea@example.org>"));
    }

    proptest! {
        #[test]
        fn never_fails(html in "[a<>/&;#x1! \n-]{0,60}") {
            plain(&html);
            is_html(&html);
        }
    }
}
