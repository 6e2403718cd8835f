//! "did you mean …?"

/// Returns the candidate a misspelt word most likely stands for, if one is near enough.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(word);
    let limit = match folded.chars().count() {
        0 => return None,
        1..=3 => 1,
        4..=6 => 2,
        _ => 3,
    };
    candidates
        .into_iter()
        .filter(|candidate| *candidate != word)
        .filter_map(|candidate| {
            let other = fold(candidate);
            let distance = strsim::damerau_levenshtein(&folded, &other);
            // `env` for `environment`: what was typed begins or ends like the candidate.
            let prefix = folded.len() >= 3
                && other.len() >= 3
                && (folded.starts_with(&other) || other.starts_with(&folded));
            // Words that share no letter are no slip of the finger.
            let alike = distance < folded.chars().count().max(other.chars().count());
            (distance <= limit && alike || prefix).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Returns the candidate that a misspelt word stands for if no other is near: what may be written without asking.
pub fn only_near<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let near = nearest(word, candidates.iter().copied())?;
    let distance = |other: &str| strsim::damerau_levenshtein(&fold(word), &fold(other));
    let others = candidates.iter().copied().filter(|other| *other != near);
    // A word that only begins like this one is no rival of one that is a slip of the finger away.
    let rival = nearest(word, others).filter(|rival| distance(rival) <= distance(near).max(2));
    rival.is_none().then_some(near)
}

/// Spelling habits from other languages make no distance: case, `-` and `_`.
fn fold(word: &str) -> String {
    word.chars().filter(|c| *c != '_' && *c != '-').flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_found_and_far_ones_are_not() {
        let options = ["network", "env", "cwd", "mounts", "valid_exit_codes"];
        assert_eq!(nearest("netwrok", options), Some("network"));
        assert_eq!(nearest("validExitCodes", options), Some("valid_exit_codes"));
        assert_eq!(nearest("environment", options), Some("env"));
        assert_eq!(nearest("banana", options), None);
        assert_eq!(nearest("", options), None);
        assert_eq!(nearest("c", ["a", "b"]), None);
        assert_eq!(nearest("cd", ["cwd", "d"]), Some("cwd"));
    }

    #[test]
    fn where_two_are_near_none_is_the_only_one() {
        let functions = ["http", "https", "image", "image_blob"];
        assert_eq!(nearest("htps", functions), Some("https"));
        assert_eq!(only_near("htps", functions), None);
        assert_eq!(only_near("imgae", functions), Some("image"));
        assert_eq!(only_near("banana", functions), None);
    }
}
