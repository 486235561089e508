//! Logical lines of a stream, one at a time.

use std::io::{self, BufRead, Read};

use super::line::{continues, is_quoted_printable, without_end};

/// The longest object, and so the longest line, that is read into memory; bytes. Six times what a
/// Nextcloud takes: photos are made smaller, anything else that large cannot arrive.
pub(crate) const MAX_OBJECT: usize = 64 << 20;

/// Reads logical lines as [`super::line::Line`] understands them.
#[derive(Debug)]
pub(crate) struct LineReader<R> {
    file: R,
    /// `\n`, or `\r` in a file of an old Macintosh, which has no `\n` at all.
    end: u8,
    started: bool,
    /// The physical line that follows the last one given.
    ahead: Vec<u8>,
    /// Where `ahead` begins in the file.
    offset: u64,
}

/// Where a logical line lies in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

impl<R: BufRead> LineReader<R> {
    pub(crate) fn new(file: R) -> Self {
        Self {
            file,
            end: b'\n',
            started: false,
            ahead: Vec::new(),
            offset: 0,
        }
    }

    /// Whether lines end with `\r` only.
    pub(crate) fn is_macintosh(&self) -> bool {
        self.end == b'\r'
    }

    /// Puts the next logical line into `raw`, folds and line end included; `None` at the end.
    ///
    /// # Errors
    /// Those of the file, and [`io::ErrorKind::InvalidData`] for a line longer than [`MAX_OBJECT`].
    pub(crate) fn read(&mut self, raw: &mut Vec<u8>) -> io::Result<Option<Place>> {
        if !self.started {
            self.started = true;
            self.end = line_end(self.file.fill_buf()?);
            self.look_ahead()?;
        }
        raw.clear();
        if self.ahead.is_empty() {
            return Ok(None);
        }
        let offset = self.offset;
        self.append(raw)?;
        if is_soft(raw, without_end(raw)) && is_quoted_printable(without_end(raw)) {
            while is_soft(raw, without_end(raw)) && !self.ahead.is_empty() {
                self.append(raw)?;
            }
        }
        if !without_end(raw).is_empty() {
            while continues(&self.ahead) {
                self.append(raw)?;
            }
        }
        Ok(Some(Place {
            offset,
            length: self.offset - offset,
        }))
    }

    /// Moves the line ahead to the end of `raw`.
    fn append(&mut self, raw: &mut Vec<u8>) -> io::Result<()> {
        if raw.len() + self.ahead.len() > MAX_OBJECT {
            return Err(too_long());
        }
        raw.extend_from_slice(&self.ahead);
        if self.is_macintosh() && raw.ends_with(b"\r") {
            raw.push(b'\n');
        }
        self.offset += self.ahead.len() as u64;
        self.look_ahead()
    }

    fn look_ahead(&mut self) -> io::Result<()> {
        self.ahead.clear();
        let most = MAX_OBJECT as u64 + 1;
        let read = (&mut self.file)
            .take(most)
            .read_until(self.end, &mut self.ahead)?;
        if read as u64 == most {
            return Err(too_long());
        }
        Ok(())
    }
}

/// Whether the last physical line of `raw`, whose content without the last line end is `content`, breaks
/// softly.
fn is_soft(raw: &[u8], content: &[u8]) -> bool {
    raw.ends_with(b"\n") && content.ends_with(b"=")
}

/// What ends a line in a file that begins like this.
pub(crate) fn line_end(start: &[u8]) -> u8 {
    if start.contains(&b'\r') && !start.contains(&b'\n') {
        b'\r'
    } else {
        b'\n'
    }
}

fn too_long() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "a line of iCalendar or vCard is longer than any object may be",
    )
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::*;
    use crate::pim::line::lines;

    fn read(text: &[u8], buffer: usize) -> Vec<(Vec<u8>, Place)> {
        let mut reader = LineReader::new(BufReader::with_capacity(buffer, text));
        let mut found = Vec::new();
        let mut raw = Vec::new();
        while let Some(place) = reader.read(&mut raw).unwrap() {
            found.push((raw.clone(), place));
        }
        found
    }

    #[test]
    fn reads_an_old_macintosh() {
        let found = read(b"BEGIN:VCARD\rFN:A\r  B\rEND:VCARD\r", 4096);
        let texts: Vec<_> = found.iter().map(|(raw, _)| raw.as_slice()).collect();
        assert_eq!(
            texts,
            [
                &b"BEGIN:VCARD\r\n"[..],
                b"FN:A\r\n  B\r\n",
                b"END:VCARD\r\n"
            ]
        );
        assert_eq!(found[2].1.offset, 21);
    }

    proptest! {
        #[test]
        fn reads_the_same_lines_as_in_memory(
            start in "(N;QUOTED-PRINTABLE:|N:)?",
            bytes in proptest::collection::vec(
                prop_oneof![Just(b"\r\n".to_vec()), Just(b"\n".to_vec()), Just(b"=\r\n".to_vec()), Just(b" ".to_vec()),
                    Just(b"A;QUOTED-PRINTABLE:".to_vec()), Just(b"\r".to_vec()), any::<u8>().prop_map(|byte| vec![byte])], 0..60),
            buffer in 1usize..40,
        ) {
            let text = [b"\n".to_vec(), start.into_bytes(), bytes.concat()].concat();
            let found = read(&text, buffer);
            let in_memory: Vec<_> = lines(&text).iter().map(|line| line.raw().to_vec()).collect();
            let mut offset = 0;
            for (raw, place) in &found {
                prop_assert_eq!(place.offset, offset);
                offset += place.length;
                prop_assert_eq!(raw.len() as u64, place.length);
            }
            let streamed: Vec<_> = found.into_iter().map(|(raw, _)| raw).collect();
            prop_assert_eq!(streamed, in_memory);
        }
    }
}
