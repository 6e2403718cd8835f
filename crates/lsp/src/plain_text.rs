//! Markdown without its marks, for clients that show text as it is.

/// Returns what a reader of our Markdown sees: code without fences, words without stars, links without addresses.
pub(crate) fn plain_text(markdown: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut in_code = false;
    for line in markdown.lines() {
        if line.starts_with("```") {
            in_code = !in_code;
        } else {
            lines.push(if in_code { line.to_owned() } else { of_line(line) });
        }
    }
    lines.join("\n").trim().to_owned()
}

fn of_line(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest =
        line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#')).unwrap_or(line);
    while let Some(c) = rest.chars().next() {
        let (mark, shown) = match c {
            // Of a span of code the marks go, whatever is in it stays.
            '`' => match rest.get(1..).and_then(|inner| inner.split_once('`')) {
                Some((code, _)) => (code.len() + 2, code),
                None => (1, "`"),
            },
            '*' if rest.starts_with("**") => (2, ""),
            '[' => match link(rest) {
                Some((words, length)) => {
                    out.push_str(&of_line(words));
                    (length, "")
                }
                None => (1, "["),
            },
            _ => (c.len_utf8(), rest.get(..c.len_utf8()).unwrap_or("")),
        };
        out.push_str(shown);
        rest = rest.get(mark..).unwrap_or("");
    }
    out
}

/// Returns the words of a link that a text begins with, and how long all of it is.
fn link(text: &str) -> Option<(&str, usize)> {
    let (words, rest) = text.get(1..)?.split_once("](")?;
    let (address, _) = rest.split_once(')')?;
    (!words.contains(['[', ']'])).then_some((words, 1 + words.len() + 2 + address.len() + 1))
}

#[cfg(test)]
mod tests {
    use super::plain_text;

    #[test]
    fn marks_go_and_what_they_mark_stays() {
        let markdown = "```lua\nbk.f(a: string[], **b)\n```\n\n**Deprecated**: use `t[1](x)`, see [the `page`](https://x/y) of [1]\n\n## Title\n- one `two\n";
        assert_eq!(
            plain_text(markdown),
            "bk.f(a: string[], **b)\n\nDeprecated: use t[1](x), see the page of [1]\n\nTitle\n- one `two"
        );
        assert_eq!(plain_text(""), "");
    }
}
