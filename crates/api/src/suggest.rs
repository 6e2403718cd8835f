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
            (distance <= limit || prefix).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
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
    }
}
