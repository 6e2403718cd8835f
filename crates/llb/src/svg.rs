//! A definition as a drawing: SVG that needs nothing else, and is readable on light and on dark ground.
//!
//! Ops are groups with `data-digest`, arrows have `data-from` and `data-to`, so that an editor can link them to the
//! script; `<title>` has the whole name and the places.

mod layers;
mod layout;
mod order;
mod place;

use crate::{MarshalledOp, View, name};
use layout::Size;
use std::collections::HashMap;
use std::fmt::Write;

/// How much of a name a box shows, in columns.
const COLUMNS: usize = 44;
/// The width of a letter of the names, and of those below them.
const LETTER: (f64, f64) = (7.3, 6.1);
const HEIGHT: f64 = 42.0;
const PADDING: f64 = 14.0;

const STYLE: &str = "\
svg{--ground:#fff;--box:#f6f8fa;--line:#8c959f;--text:#1f2328;--faint:#59636e;\
--source:#1a7f37;--exec:#0969da;--file:#9a6700;--other:#8250df}\
@media(prefers-color-scheme:dark){svg{--ground:#0d1117;--box:#161b22;--line:#6e7681;--text:#e6edf3;--faint:#9198a1;\
--source:#3fb950;--exec:#58a6ff;--file:#d29922;--other:#bc8cff}}\
.ground{fill:var(--ground)}\
.op rect{fill:var(--box);stroke:var(--kind);stroke-width:1.2}\
.op .edge{fill:var(--kind);stroke:none}\
.op.result rect.box{stroke-width:3}\
.op text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:var(--text);font-size:12px}\
.op text.below{fill:var(--faint);font-size:10px}\
.op{--kind:var(--other)}.source{--kind:var(--source)}.exec{--kind:var(--exec)}.file{--kind:var(--file)}\
.link path{fill:none;stroke:var(--line);stroke-width:1.4}\
.link.indirect path{stroke-dasharray:4 4}\
.link text{font-family:ui-monospace,monospace;font-size:10px;fill:var(--faint);stroke:var(--ground);stroke-width:3px;\
paint-order:stroke}\
.head{fill:var(--line)}";

/// Draws what is shown of a definition, from its sources down to the result.
pub fn render(view: &View<'_>) -> String {
    let nodes: Vec<Node<'_>> = view.ops().map(|(index, op, name)| Node::of(view, index, op, name)).collect();
    let numbers: HashMap<usize, usize> =
        nodes.iter().enumerate().map(|(at, node)| (node.index, at)).collect();
    let links = view.links();
    let ends = |link: &crate::view::Link| Some((*numbers.get(&link.from)?, *numbers.get(&link.to)?));
    let edges: Vec<(usize, usize)> = links.iter().filter_map(ends).collect();
    let sizes: Vec<Size> = nodes.iter().map(|it| Size { width: it.width, height: HEIGHT }).collect();
    let layout = layout::layout(&sizes, &edges);
    let mut svg = String::new();
    let (width, height) = (layout.width.ceil().max(1.0), layout.height.ceil().max(1.0));
    // Writing to a string cannot fail, here and below.
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" aria-label=\"{} operations\">\n<style>{STYLE}</style>\n\
         <defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" \
         orient=\"auto\"><path class=\"head\" d=\"M0 0 8 4 0 8z\"/></marker></defs>\n\
         <rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n",
        nodes.len(),
    );
    for ((link, points), (from, to)) in links.iter().zip(&layout.paths).zip(&edges) {
        let digest = |at: &usize| nodes.get(*at).map_or("", |it| it.op.digest.as_str());
        let kind = if link.is_indirect { "link indirect" } else { "link" };
        let _ = write!(
            svg,
            "<g class=\"{kind}\" data-from=\"{}\" data-to=\"{}\"><path marker-end=\"url(#head)\" d=\"{}\"/>",
            digest(from),
            digest(to),
            curve(points)
        );
        if let Some((x, y)) = points.last().filter(|_| !link.outputs.is_empty()) {
            let _ = write!(svg, "<text x=\"{:.1}\" y=\"{:.1}\">{}</text>", x + 5.0, y - 9.0, link.outputs);
        }
        svg.push_str("</g>\n");
    }
    for (node, (x, y)) in nodes.iter().zip(&layout.positions) {
        node.draw(&mut svg, *x, *y);
    }
    svg.push_str("</svg>\n");
    svg
}

/// An op with what its box shows.
struct Node<'a> {
    index: usize,
    op: &'a MarshalledOp,
    kind: &'static str,
    label: String,
    below: String,
    title: String,
    is_result: bool,
    width: f64,
}

impl<'a> Node<'a> {
    fn of(view: &View<'_>, index: usize, op: &'a MarshalledOp, name: &str) -> Self {
        let kind = name::kind(&op.op);
        let places: Vec<String> = op.locations.iter().filter_map(|it| place(view, it)).collect();
        let is_result = view.head() == Some(index);
        // The arrows say what is merged.
        let is_listed = matches!(kind, "merge" | "diff") && name.starts_with(&format!("{kind} ("));
        let label = if is_listed { kind.to_owned() } else { cut(&name::brief(name)) };
        let mut below = vec![kind.to_owned()];
        below.extend(places.first().cloned());
        below.extend((places.len() > 1).then(|| format!("+{}", places.len() - 1)));
        below.extend(is_result.then(|| "result".to_owned()));
        let below = cut(&below.join(" · "));
        let title = format!("{kind}: {name}\n{}\n{}", places.join("\n"), op.digest).replace("\n\n", "\n");
        let width = (columns(&label) as f64 * LETTER.0).max(columns(&below) as f64 * LETTER.1);
        Self { index, op, kind, label, below, title, is_result, width: (width + 2.0 * PADDING).max(90.0) }
    }

    fn draw(&self, svg: &mut String, x: f64, y: f64) {
        let result = if self.is_result { " result" } else { "" };
        let left = x - self.width / 2.0;
        let _ = writeln!(
            svg,
            "<g class=\"op {kind}{result}\" id=\"op{index}\" data-digest=\"{digest}\" data-kind=\"{kind}\">\
             <title>{title}</title>\
             <rect class=\"box\" x=\"{left:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{HEIGHT}\" rx=\"5\"/>\
             <rect class=\"edge\" x=\"{left:.1}\" y=\"{y:.1}\" width=\"5\" height=\"{HEIGHT}\" rx=\"2.5\"/>\
             <text x=\"{text:.1}\" y=\"{first:.1}\">{label}</text>\
             <text class=\"below\" x=\"{text:.1}\" y=\"{second:.1}\">{below}</text></g>",
            kind = self.kind,
            index = self.index,
            digest = self.op.digest,
            title = escaped(&self.title),
            width = self.width,
            text = left + PADDING,
            first = y + 18.0,
            label = escaped(&self.label),
            second = y + 33.0,
            below = escaped(&self.below),
        );
    }
}

fn place(view: &View<'_>, location: &crate::Location) -> Option<String> {
    let file = &view.definition.sources.get(location.source.index())?.filename;
    if location.is_file() {
        return Some(file.clone());
    }
    Some(format!("{file}:{}:{}", location.start.line, location.start.character))
}

/// A line through points that leaves and arrives upright.
fn curve(points: &[(f64, f64)]) -> String {
    let mut d = String::new();
    for (at, (x, y)) in points.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|it| points.get(it));
        let _ = match before {
            None => write!(d, "M{x:.1} {y:.1}"),
            Some((from, _)) if (from - x).abs() < 0.5 => write!(d, "L{x:.1} {y:.1}"),
            Some((from, above)) => {
                let middle = (above + y) / 2.0;
                write!(d, "C{from:.1} {middle:.1} {x:.1} {middle:.1} {x:.1} {y:.1}")
            }
        };
    }
    d
}

/// The columns that a text takes: letters of eastern scripts are twice as wide.
fn columns(text: &str) -> usize {
    text.chars().map(|c| if ('\u{1100}'..'\u{fb00}').contains(&c) || c > '\u{ffff}' { 2 } else { 1 }).sum()
}

fn cut(text: &str) -> String {
    if columns(text) <= COLUMNS {
        return text.to_owned();
    }
    let mut cut = String::new();
    for c in text.chars() {
        if columns(&cut) + 2 > COLUMNS {
            break;
        }
        cut.push(c);
    }
    cut + "…"
}

/// Escapes a text for XML, which cannot hold most control characters even escaped.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}
