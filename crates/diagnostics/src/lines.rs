//! From byte offsets to lines and columns and back.

/// A line and a column, both from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    pub line: usize,
    pub column: usize,
}

/// Where the lines of a text begin. Lines end at LF, CRLF and a lone CR, as in LSP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineIndex {
    starts: Vec<usize>,
}

impl LineIndex {
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (i, byte) in bytes.iter().enumerate() {
            if *byte == b'\n' || (*byte == b'\r' && bytes.get(i + 1) != Some(&b'\n')) {
                starts.push(i + 1);
            }
        }
        Self { starts }
    }

    pub fn line_count(&self) -> usize {
        self.starts.len()
    }

    /// Returns the line (from 1) that holds the byte at `offset`; past the end, the last line.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    /// Returns where the line (from 1) begins, or the end of the last line's beginning past it.
    pub fn start(&self, line: usize) -> usize {
        let i = line.saturating_sub(1).min(self.starts.len() - 1);
        self.starts.get(i).copied().unwrap_or(0)
    }

    pub fn line_column(&self, text: &str, offset: usize) -> LineColumn {
        let offset = floor_char(text, offset);
        let line = self.line(offset);
        let start = self.start(line);
        let column = text.get(start..offset).map_or(0, |s| s.chars().count()) + 1;
        LineColumn { line, column }
    }

    /// Returns the text of a line (from 1) without its end.
    pub fn text<'a>(&self, text: &'a str, line: usize) -> &'a str {
        let start = self.start(line);
        let end = self.starts.get(line).copied().unwrap_or(text.len());
        text.get(start..end).unwrap_or("").trim_end_matches(['\r', '\n'])
    }
}

fn floor_char(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_lf_crlf_and_cr() {
        let text = "a\nbé\r\nc\rd";
        let index = LineIndex::new(text);
        assert_eq!(index.line_count(), 4);
        assert_eq!(index.text(text, 2), "bé");
        let place = |offset| {
            let lc = index.line_column(text, offset);
            (lc.line, lc.column)
        };
        assert_eq!(place(0), (1, 1));
        assert_eq!(place(5), (2, 3), "a column counts characters, not bytes");
        assert_eq!(place(8), (3, 2));
        assert_eq!(place(99), (4, 2), "past the end is the end");
    }
}
