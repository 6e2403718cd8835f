//! Where the boxes of a graph are drawn, and along which points their arrows run.
//!
//! The usual four steps: boxes are put into layers, each below its inputs; arrows over several layers get a point in
//! each; layers are ordered so that few arrows cross; and boxes are moved in their layers towards what they hang on.

use super::layers::Layers;
use super::{order, place};

/// The space between boxes of a layer, beside an arrow that passes, between layers, and around everything.
const BESIDE: f64 = 26.0;
const PASSING: f64 = 16.0;
const BETWEEN: f64 = 46.0;
const AROUND: f64 = 20.0;

/// The size of a box.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A finished drawing.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    /// The middle of each box, and its upper edge.
    pub(super) positions: Vec<(f64, f64)>,
    /// The points of each arrow, from the lower edge of one box to the upper edge of another.
    pub(super) paths: Vec<Vec<(f64, f64)>>,
}

/// Draws boxes and arrows, which lead from a box to a later one.
pub(super) fn layout(sizes: &[Size], edges: &[(usize, usize)]) -> Layout {
    let mut layers = Layers::of(sizes.len(), edges);
    order::order(&mut layers);
    let half = |spot: usize| sizes.get(spot).map_or(0.0, |it| it.width / 2.0);
    let apart = |left: usize, right: usize| {
        let space = if left < sizes.len() && right < sizes.len() { BESIDE } else { PASSING };
        half(left) + space + half(right)
    };
    let mut x = place::place(&layers, &apart);
    let left =
        (0..x.len()).map(|it| x.get(it).copied().unwrap_or_default() - half(it)).fold(f64::MAX, f64::min);
    x.iter_mut().for_each(|it| *it += AROUND - left);
    let right = (0..x.len()).map(|it| x.get(it).copied().unwrap_or_default() + half(it)).fold(0.0, f64::max);
    let height =
        |row: &Vec<usize>| row.iter().filter_map(|it| sizes.get(*it)).map(|it| it.height).fold(0.0, f64::max);
    let heights: Vec<f64> = layers.rows.iter().map(height).collect();
    let mut tops = Vec::with_capacity(heights.len());
    let mut bottom = AROUND;
    for height in &heights {
        tops.push(bottom);
        bottom += height + BETWEEN;
    }
    let at = |spot: usize| {
        let row = layers.layer.get(spot).copied().unwrap_or_default();
        let top = tops.get(row).copied().unwrap_or_default();
        let (x, height) =
            (x.get(spot).copied().unwrap_or_default(), heights.get(row).copied().unwrap_or_default());
        (x, top, top + height)
    };
    let path = |(edge, (from, to)): (usize, &(usize, usize))| {
        let (x, _, lower) = at(*from);
        let mut points = vec![(x, lower)];
        for spot in layers.between.get(edge).into_iter().flatten() {
            let (x, upper, lower) = at(*spot);
            points.extend([(x, upper), (x, lower)]);
        }
        let (x, upper, _) = at(*to);
        points.push((x, upper));
        points
    };
    Layout {
        width: right + AROUND,
        height: (bottom - BETWEEN + AROUND).max(2.0 * AROUND),
        positions: (0..sizes.len()).map(|it| (at(it).0, at(it).1)).collect(),
        paths: edges.iter().enumerate().map(path).collect(),
    }
}
