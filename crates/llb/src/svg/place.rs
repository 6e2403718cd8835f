//! How far right each box stands: as near to what it is joined to as the order of its row allows.

use super::layers::Layers;

/// How often the rows are gone through, downwards and upwards.
const ROUNDS: usize = 10;

/// Returns the middle of each spot. `apart` is how far the middles of two neighbours must be from each other.
pub(super) fn place(layers: &Layers, apart: &dyn Fn(usize, usize) -> f64) -> Vec<f64> {
    let boxes = layers.layer.len() - layers.between.iter().map(Vec::len).sum::<usize>();
    let mut x = vec![0.0; layers.layer.len()];
    for row in &layers.rows {
        let wanted = vec![0.0; row.len()];
        settle(row, &wanted, &vec![1.0; row.len()], apart, &mut x);
    }
    for round in 0..ROUNDS {
        let count = layers.rows.len();
        let down = round % 2 == 0 || round + 1 == ROUNDS;
        let rows: Vec<usize> = if down { (0..count).collect() } else { (0..count).rev().collect() };
        for row in rows.into_iter().filter_map(|it| layers.rows.get(it)) {
            let joined = |spot: usize| {
                let (above, below) = (layers.above.get(spot), layers.below.get(spot));
                // The last round minds both sides, but for arrows that pass: they are straight if they can be.
                let sides = if round + 1 == ROUNDS && spot < boxes {
                    [above, below]
                } else if down {
                    [above, None]
                } else {
                    [below, None]
                };
                sides
                    .into_iter()
                    .flatten()
                    .flatten()
                    .filter_map(|it| x.get(*it))
                    .copied()
                    .collect::<Vec<f64>>()
            };
            let wanted = |spot: &usize| {
                let mut joined = joined(*spot);
                if joined.is_empty() {
                    x.get(*spot).copied().unwrap_or_default()
                } else {
                    median(&mut joined)
                }
            };
            let wanted: Vec<f64> = row.iter().map(wanted).collect();
            // Passing arrows are to be straight.
            let weights: Vec<f64> = row.iter().map(|it| if *it < boxes { 1.0 } else { 4.0 }).collect();
            settle(row, &wanted, &weights, apart, &mut x);
        }
    }
    x
}

fn median(list: &mut [f64]) -> f64 {
    list.sort_by(f64::total_cmp);
    let middle = list.len() / 2;
    let at = |it: usize| list.get(it).copied().unwrap_or_default();
    if list.len() % 2 == 1 { at(middle) } else { (at(middle) + at(middle - 1)) / 2.0 }
}

/// Puts a row as near as can be to where its spots want to be: neighbours that would overlap form a block, which
/// stands where its members want it on average.
fn settle(
    row: &[usize],
    wanted: &[f64],
    weights: &[f64],
    apart: &dyn Fn(usize, usize) -> f64,
    x: &mut [f64],
) {
    // Sum of weighted wishes, of weights, and the number of spots of each block; wishes are those for the block's
    // start.
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    let mut offsets = Vec::with_capacity(row.len());
    let mut offset = 0.0;
    for (at, spot) in row.iter().enumerate() {
        if let Some(before) = at.checked_sub(1).and_then(|it| row.get(it)) {
            offset += apart(*before, *spot);
        }
        offsets.push(offset);
        let weight = weights.get(at).copied().unwrap_or(1.0);
        let wish = wanted.get(at).copied().unwrap_or_default() - offset;
        blocks.push((wish * weight, weight, 1));
        while let [.., (sum, weight, count), (last, last_weight, last_count)] = blocks.as_slice()
            && sum / weight >= last / last_weight
        {
            let joined = (sum + last, weight + last_weight, count + last_count);
            blocks.truncate(blocks.len() - 2);
            blocks.push(joined);
        }
    }
    let starts = blocks.iter().flat_map(|(sum, weight, count)| std::iter::repeat_n(sum / weight, *count));
    for ((spot, offset), start) in row.iter().zip(offsets).zip(starts) {
        if let Some(x) = x.get_mut(*spot) {
            *x = start + offset;
        }
    }
}
