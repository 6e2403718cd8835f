//! Where the lines of an edited file are now: what is above an inserted line keeps its number, what is below moves.

use std::collections::HashMap;
use std::ops::Range;

/// Maps the lines of the old text to those of the new one, from 0.
///
/// Equal lines at both ends stay together; between them, lines that are there once in both. What lies between two
/// such lines was edited in place: all of it if it is as long as before, else the lines that are still much alike.
pub(super) fn map(before: &str, after: &str) -> Vec<Option<usize>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let mut lines = Lines { to: vec![None; old.len()], from: vec![None; new.len()] };
    let shorter = old.len().min(new.len());
    let equal = |&(a, b): &(&&str, &&str)| a == b;
    let top = old.iter().zip(&new).take_while(equal).count();
    let bottom = old.iter().rev().zip(new.iter().rev()).take(shorter - top).take_while(equal).count();
    for line in 0..top {
        lines.join(line, line);
    }
    for line in 0..bottom {
        lines.join(old.len() - 1 - line, new.len() - 1 - line);
    }
    let (old_end, new_end) = (old.len() - bottom, new.len() - bottom);
    let unique_new = unique(&new, top, new_end);
    for (text, line) in unique(&old, top, old_end) {
        if let (Some(line), Some(Some(there))) = (line, unique_new.get(text)) {
            lines.join(line, *there);
        }
    }
    // Lines that are there more than once, such as `end`, go with their neighbours.
    for line in top + 1..old_end {
        lines.follow(line - 1, line, |it| Some(it + 1), &old, &new);
    }
    for line in (top..old_end.saturating_sub(1)).rev() {
        lines.follow(line + 1, line, |it| it.checked_sub(1), &old, &new);
    }
    lines.fill(top, old_end, &old, &new);
    lines.to
}

/// The lines of a part of a text, with the number of those that are there once.
fn unique<'a>(lines: &[&'a str], start: usize, end: usize) -> HashMap<&'a str, Option<usize>> {
    let mut unique = HashMap::new();
    for (number, line) in lines.iter().enumerate().take(end).skip(start) {
        unique.entry(*line).and_modify(|it| *it = None).or_insert(Some(number));
    }
    unique
}

struct Lines {
    to: Vec<Option<usize>>,
    from: Vec<Option<usize>>,
}

impl Lines {
    fn to(&self, line: usize) -> Option<usize> {
        self.to.get(line).copied().flatten()
    }

    fn is_free(&self, line: usize) -> bool {
        self.from.get(line).is_some_and(Option::is_none)
    }

    fn join(&mut self, old: usize, new: usize) {
        if let (Some(to), Some(from)) = (self.to.get_mut(old), self.from.get_mut(new)) {
            (*to, *from) = (Some(new), Some(old));
        }
    }

    /// Joins a line to the one beside that of its neighbour, if they are equal.
    fn follow(
        &mut self,
        neighbour: usize,
        line: usize,
        beside: impl Fn(usize) -> Option<usize>,
        old: &[&str],
        new: &[&str],
    ) {
        if let (None, Some(there)) = (self.to(line), self.to(neighbour).and_then(beside))
            && self.is_free(there)
            && old.get(line) == new.get(there)
        {
            self.join(line, there);
        }
    }

    /// Joins what lies between two joined lines.
    fn fill(&mut self, start: usize, end: usize, old: &[&str], new: &[&str]) {
        let mut line = start;
        while line < end {
            if self.to(line).is_some() {
                line += 1;
                continue;
            }
            let count = (line..end).take_while(|it| self.to(*it).is_none()).count();
            let first = line.checked_sub(1).map_or(Some(0), |it| self.to(it).map(|it| it + 1));
            if let Some(first) = first {
                let free = (first..self.from.len()).take_while(|it| self.is_free(*it)).count();
                if free == count {
                    (0..count).for_each(|it| self.join(line + it, first + it));
                } else if free * count <= MOST {
                    self.join_alike(line..line + count, first..first + free, old, new);
                }
            }
            line += count;
        }
    }

    /// Joins each line to the one that is most like it, behind that of the line before.
    fn join_alike(&mut self, from: Range<usize>, to: Range<usize>, old: &[&str], new: &[&str]) {
        let mut next = to.start;
        for line in from {
            let Some(text) = old.get(line) else { continue };
            let score = |there: usize| new.get(there).map_or(0, |it| alike(text, it));
            let best = (next..to.end).map(|there| (score(there), there)).rev().max_by_key(|it| it.0);
            if let Some((_, there)) = best.filter(|it| it.0 >= LEAST) {
                self.join(line, there);
                next = there + 1;
            }
        }
    }
}

/// How much of a line must be the same at its ends, of a hundred parts.
const LEAST: usize = 50;

/// How many pairs of lines are compared, at most.
const MOST: usize = 10_000;

/// How much of two lines is the same at their ends, of a hundred parts.
fn alike(one: &str, other: &str) -> usize {
    let (one, other) = (one.trim().as_bytes(), other.trim().as_bytes());
    let shorter = one.len().min(other.len());
    let equal = |(a, b): &(&u8, &u8)| a == b;
    let start = one.iter().zip(other).take_while(equal).count();
    let end = one.iter().rev().zip(other.iter().rev()).take(shorter - start).take_while(equal).count();
    200 * (start + end) / (one.len() + other.len()).max(1)
}

#[cfg(test)]
mod tests {
    use super::map;

    fn check(before: &str, after: &str, expected: &[Option<usize>]) {
        assert_eq!(map(before, after), expected, "{before:?} {after:?}");
    }

    #[test]
    fn what_is_below_an_inserted_line_moves() {
        check("a\nb\nc", "a\nnew\nb\nc", &[Some(0), Some(2), Some(3)]);
        check("a\nb\nc", "a\nc", &[Some(0), None, Some(1)]);
    }

    #[test]
    fn a_line_edited_in_place_is_the_same_line() {
        check("a\nb\nc", "a\nB\nc", &[Some(0), Some(1), Some(2)]);
        check("a", "b", &[Some(0)]);
        check("a\nb\nc\nd", "x\nb\ny\nd", &[Some(0), Some(1), Some(2), Some(3)]);
    }

    #[test]
    fn an_edited_line_is_known_by_what_is_left_of_it() {
        let (before, after) = ("a\ns = s:run('make')\nz", "a\n-- Quick.\ns = s:run('make -j4')\nmore\nz");
        check(before, after, &[Some(0), Some(2), Some(4)]);
    }

    #[test]
    fn moved_lines_are_found_and_take_their_neighbours_along() {
        check(
            "a\nf\nend\nb\nend\nz",
            "q\nb\nend\nf\nend\nq",
            &[Some(0), Some(3), Some(4), Some(1), Some(2), None],
        );
    }

    #[test]
    fn empty_texts_have_no_lines() {
        check("", "a", &[]);
        check("a", "", &[None]);
    }
}
