//! The order of boxes in their rows: each near the middle of what it is joined to, so that few arrows cross.

use super::layers::Layers;

/// How often the rows are gone through, downwards and upwards.
const ROUNDS: usize = 12;

/// Orders the rows, and keeps the order with the fewest crossings that was met.
pub(super) fn order(layers: &mut Layers) {
    let mut best = (crossings(layers), layers.rows.clone());
    for round in 0..ROUNDS {
        if best.0 == 0 {
            break;
        }
        let count = layers.rows.len();
        let rows: Vec<usize> =
            if round % 2 == 0 { (1..count).collect() } else { (0..count.saturating_sub(1)).rev().collect() };
        let mut places = places(layers);
        for row in rows {
            sort(layers, row, round % 2 == 0, &mut places);
        }
        let now = crossings(layers);
        if now < best.0 {
            best = (now, layers.rows.clone());
        }
    }
    layers.rows = best.1;
}

fn places(layers: &Layers) -> Vec<usize> {
    let mut places = vec![0; layers.layer.len()];
    for row in &layers.rows {
        for (place, spot) in row.iter().enumerate() {
            if let Some(it) = places.get_mut(*spot) {
                *it = place;
            }
        }
    }
    places
}

fn sort(layers: &mut Layers, row: usize, from_above: bool, places: &mut [usize]) {
    let joined = if from_above { &layers.above } else { &layers.below };
    let Some(row) = layers.rows.get_mut(row) else { return };
    let place = |spot: &usize| places.get(*spot).copied().unwrap_or_default() as f64;
    let middle = |spot: usize| {
        let joined = joined.get(spot).map(Vec::as_slice).unwrap_or_default();
        // What is joined to nothing stays where it is.
        if joined.is_empty() {
            return place(&spot);
        }
        joined.iter().map(place).sum::<f64>() / joined.len() as f64
    };
    let mut keyed: Vec<(f64, usize)> = row.iter().map(|spot| (middle(*spot), *spot)).collect();
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
    *row = keyed.into_iter().map(|it| it.1).collect();
    for (place, spot) in row.iter().enumerate() {
        if let Some(it) = places.get_mut(*spot) {
            *it = place;
        }
    }
}

/// Counts the arrows that cross.
fn crossings(layers: &Layers) -> usize {
    let places = places(layers);
    let place = |spot: &usize| places.get(*spot).copied().unwrap_or_default();
    let mut total = 0;
    for row in &layers.rows {
        let mut ends: Vec<usize> = Vec::new();
        for spot in row {
            let mut below: Vec<usize> = layers.below.get(*spot).into_iter().flatten().map(place).collect();
            below.sort_unstable();
            ends.extend(below);
        }
        total += inversions(&ends);
    }
    total
}

/// Counts the pairs that are in the wrong order, with a tree of counts.
fn inversions(list: &[usize]) -> usize {
    let size = list.iter().max().map_or(0, |it| it + 1);
    let mut tree = vec![0usize; size + 1];
    let mut total = 0;
    for (seen, value) in list.iter().enumerate() {
        let (mut at, mut not_greater) = (value + 1, 0);
        while at > 0 {
            not_greater += tree.get(at).copied().unwrap_or_default();
            at &= at - 1;
        }
        total += seen - not_greater;
        at = value + 1;
        while let Some(count) = tree.get_mut(at) {
            *count += 1;
            at += at & at.wrapping_neg();
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inversions_are_pairs_in_the_wrong_order() {
        assert_eq!(inversions(&[]), 0);
        assert_eq!(inversions(&[0, 1, 1, 2]), 0);
        assert_eq!(inversions(&[3, 2, 1, 0]), 6);
    }

    #[test]
    fn two_arrows_need_not_cross() {
        let mut layers = Layers::of(4, &[(0, 3), (1, 2)]);
        assert_eq!(crossings(&layers), 1);
        order(&mut layers);
        assert_eq!(crossings(&layers), 0);
    }
}
