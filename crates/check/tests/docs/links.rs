//! Links of the manual lead somewhere, and its table of contents is complete.

use crate::book::{Page, SOURCE, page, pages, repository};
use std::collections::BTreeSet;

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let mut broken = String::new();
    for page in pages() {
        let folder = page.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (line, link) in links(&page.text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((&link, ""));
            let target = if file.is_empty() { page.path.clone() } else { joined(folder, file) };
            let known = repository(&target).exists()
                && (heading.is_empty() || anchors(&page_at(&target)).contains(heading));
            if !known {
                broken += &format!("{}:{line}: {link}\n", page.path);
            }
        }
    }
    assert!(broken.is_empty(), "broken links:\n{broken}");
}

#[test]
fn the_table_of_contents_lists_every_page_once() {
    let summary = page(&format!("{SOURCE}/SUMMARY.md"));
    let listed: Vec<_> = links(&summary.text).into_iter().map(|(_, link)| joined(SOURCE, &link)).collect();
    let distinct: BTreeSet<_> = listed.iter().cloned().collect();
    assert_eq!(listed.len(), distinct.len(), "a page is listed twice");
    let pages = pages().into_iter().map(|page| page.path);
    let written: BTreeSet<_> =
        pages.filter(|path| path.starts_with(SOURCE) && !path.ends_with("SUMMARY.md")).collect();
    assert_eq!(distinct, written, "SUMMARY.md against the pages that there are");
}

fn page_at(path: &str) -> Page {
    if path.ends_with(".md") { page(path) } else { Page { path: path.to_owned(), text: String::new() } }
}

/// The targets of `[text](target)`, each with its line; code is no link.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    let mut code = false;
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            code = !code;
        }
        if code {
            continue;
        }
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
        for rest in prose.split("](").skip(1) {
            links.push((number + 1, rest.split(')').next().unwrap_or("").to_owned()));
        }
    }
    links
}

/// The names that headings are linked by, as mdBook and GitHub make them.
fn anchors(page: &Page) -> BTreeSet<String> {
    let headings = page.text.lines().filter_map(|line| line.strip_prefix('#'));
    headings
        .map(|heading| {
            let heading = heading.trim_start_matches('#').trim().to_lowercase();
            let kept = heading.chars().filter(|it| it.is_alphanumeric() || matches!(it, ' ' | '-' | '_'));
            kept.map(|it| if it == ' ' { '-' } else { it }).collect()
        })
        .collect()
}

/// Follows a relative link.
fn joined(folder: &str, link: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}
