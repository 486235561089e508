//! The calendar of birthdays that Nextcloud makes out of the address books (BirthdayService.php).

use super::super::vobject::{Component, Version, convert, parse};

/// Its last part of the address.
pub const BIRTHDAYS: &str = "contact_birthdays";

/// The event that a card makes, if it has a birthday with a day and a month.
pub fn birthday_event(card: &[u8]) -> Option<Vec<u8>> {
    let card: Component = parse(&convert(card, Version::Four)).ok()?;
    let birthday = card.text("BDAY")?;
    let (name, uid) = (card.text("FN")?, card.text("UID")?);
    let digits: String = birthday
        .split('T')
        .next()?
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let (year, month, day) = match digits.len() {
        8 => (digits.get(..4), digits.get(4..6)?, digits.get(6..)?),
        4 if birthday.starts_with("--") => (None, digits.get(..2)?, digits.get(2..)?),
        _ => return None,
    };
    let year = year.filter(|year| *year != "1604");
    let is_leap_day = (month, day) == ("02", "29");
    let start = match year {
        Some(year) => format!("{year}{month}{day}"),
        None if is_leap_day => format!("1972{month}{day}"),
        None => format!("1970{month}{day}"),
    };
    let rule = if is_leap_day {
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1"
    } else {
        "FREQ=YEARLY"
    };
    let born = year.map(|year| format!(" ({year})")).unwrap_or_default();
    let text = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//IDN nextcloud.com//Birthday calendar//EN\r\nBEGIN:VEVENT\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:{start}\r\nDURATION:P1D\r\nUID:{uid}\r\nRRULE:{rule}\r\nSUMMARY:🎂 {name}{born}\r\nTRANSP:TRANSPARENT\r\nX-NEXTCLOUD-BC-FIELD-TYPE:BDAY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    Some(parse(text.as_bytes()).ok()?.serialize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_birthdays_with_a_day_make_events() {
        let card = |line: &str| {
            format!("BEGIN:VCARD\r\nVERSION:4.0\r\nUID:u\r\nFN:Zoé\r\n{line}END:VCARD\r\n")
        };
        let event = |line: &str| {
            birthday_event(card(line).as_bytes()).map(|e| String::from_utf8(e).unwrap())
        };
        assert!(
            event("BDAY:19740321\r\n")
                .unwrap()
                .contains("SUMMARY:🎂 Zoé (1974)")
        );
        assert!(event("BDAY:--0314\r\n").unwrap().contains("DATE:19700314"));
        for line in ["", "BDAY:1974\r\n", "BDAY:---05\r\n"] {
            assert_eq!(event(line), None, "{line}");
        }
    }
}
