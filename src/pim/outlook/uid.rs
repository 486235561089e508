//! The UID that an event had before Exchange put it into one of its own (MS-OXOCAL, section 2.2.1.27).

/// How every global object id begins: a class id, in hexadecimal digits.
const CLASS: &str = "040000008200E00074C5B7101A82E008";

/// The class id, the date of the occurrence, the time of creation, eight bytes of nothing and the length.
const HEADER: usize = 16 + 4 + 8 + 8;

/// What stands before a UID that came from elsewhere.
const FOREIGN: &[u8] = b"vCal-Uid\x01\0\0\0";

/// The UID of an event whose `iCalUId` is given: the one that somebody else's calendar gave it, if it came by
/// invitation, else Exchange's own. Occurrences have the date in theirs; it is taken out, so that a series and
/// what belongs to it are one.
pub fn original_uid(ical_uid: &str) -> String {
    let is_global = ical_uid
        .get(..CLASS.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(CLASS));
    let Some(bytes) = is_global.then(|| decode(ical_uid)).flatten() else {
        return ical_uid.to_owned();
    };
    let size = bytes
        .get(HEADER..HEADER + 4)
        .and_then(|size| <[u8; 4]>::try_from(size).ok())
        .map(u32::from_le_bytes)
        .and_then(|size| usize::try_from(size).ok());
    let data = size.and_then(|size| bytes.get(HEADER + 4..)?.get(..size));
    let inner = data
        .and_then(|data| data.strip_prefix(FOREIGN))
        .map(|inner| inner.strip_suffix(b"\0").unwrap_or(inner))
        .and_then(|inner| std::str::from_utf8(inner).ok())
        .filter(|inner| !inner.is_empty() && !inner.chars().any(char::is_control));
    if let Some(inner) = inner {
        return inner.to_owned();
    }
    let (before, after) = (ical_uid.get(..32), ical_uid.get(40..));
    match (before, after) {
        (Some(before), Some(after)) => format!("{before}00000000{after}"),
        _ => ical_uid.to_owned(),
    }
}

fn decode(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            let pair = std::str::from_utf8(pair)
                .ok()
                .filter(|pair| pair.len() == 2)?;
            u8::from_str_radix(pair, 16).ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(date: &str, data: &[u8]) -> String {
        let mut id = format!("{CLASS}{date}{}", "00".repeat(16));
        for byte in u32::try_from(data.len()).unwrap().to_le_bytes() {
            id.push_str(&format!("{byte:02X}"));
        }
        for byte in data {
            id.push_str(&format!("{byte:02X}"));
        }
        id
    }

    #[test]
    fn takes_foreign_uids_out_and_dates_of_occurrences() {
        let foreign = wrapped("00000000", b"vCal-Uid\x01\0\0\0abc@example.org\0");
        assert_eq!(original_uid(&foreign), "abc@example.org");
        let own = wrapped("00000000", &[1, 2, 3]);
        assert_eq!(original_uid(&own), own);
        assert_eq!(original_uid(&wrapped("07EA0105", &[1, 2, 3])), own);
        for other in ["abc", "", CLASS, &format!("{CLASS}é"), &format!("{CLASS}0")] {
            assert_eq!(original_uid(other).is_empty(), other.is_empty());
        }
    }
}
