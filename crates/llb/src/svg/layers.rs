//! Layers: each box is one below the lowest of its inputs, and arrows over several layers pass through each.

/// How many points arrows may have together. Beyond, they are drawn straight over what lies between.
const MOST: usize = 40_000;

/// Boxes and the points of passing arrows, called spots, in rows. Spots are numbered, the boxes first.
#[derive(Debug, Default)]
pub(super) struct Layers {
    /// The spots of each row, in their order.
    pub(super) rows: Vec<Vec<usize>>,
    /// The row of each spot.
    pub(super) layer: Vec<usize>,
    /// The spots right above and right below each spot that it is joined to.
    pub(super) above: Vec<Vec<usize>>,
    pub(super) below: Vec<Vec<usize>>,
    /// The points that each arrow passes through.
    pub(super) between: Vec<Vec<usize>>,
}

impl Layers {
    pub(super) fn of(count: usize, edges: &[(usize, usize)]) -> Self {
        let layer = assign(count, edges);
        let row = |spot: usize| layer.get(spot).copied().unwrap_or_default();
        let passing: usize = edges.iter().map(|(from, to)| row(*to).saturating_sub(row(*from) + 1)).sum();
        let mut layers = Self { layer: layer.clone(), ..Self::default() };
        layers.above.resize(count, Vec::new());
        layers.below.resize(count, Vec::new());
        for (from, to) in edges {
            let mut last = *from;
            let mut between = Vec::new();
            if passing <= MOST {
                for row in row(*from) + 1..row(*to) {
                    let spot = layers.layer.len();
                    layers.layer.push(row);
                    layers.above.push(Vec::new());
                    layers.below.push(Vec::new());
                    layers.join(last, spot);
                    between.push(spot);
                    last = spot;
                }
            }
            layers.join(last, *to);
            layers.between.push(between);
        }
        layers.rows = vec![Vec::new(); layers.layer.iter().max().map_or(0, |it| it + 1)];
        for (spot, row) in layers.layer.iter().enumerate() {
            if let Some(row) = layers.rows.get_mut(*row) {
                row.push(spot);
            }
        }
        layers
    }

    fn join(&mut self, upper: usize, lower: usize) {
        if let Some(below) = self.below.get_mut(upper) {
            below.push(lower);
        }
        if let Some(above) = self.above.get_mut(lower) {
            above.push(upper);
        }
    }
}

/// The longest way from a source. What has no inputs is moved down to what needs it, so that its arrows are short.
fn assign(count: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut layer = vec![0; count];
    let mut has_inputs = vec![false; count];
    let mut sorted = edges.to_vec();
    // Arrows lead to later boxes, so that each box is settled before those that hang on it.
    sorted.sort_by_key(|(_, to)| *to);
    for (from, to) in &sorted {
        let lowest = layer.get(*from).map_or(0, |it| it + 1);
        if let (Some(layer), Some(has_inputs)) = (layer.get_mut(*to), has_inputs.get_mut(*to)) {
            *layer = lowest.max(*layer);
            *has_inputs = true;
        }
    }
    let mut highest: Vec<Option<usize>> = vec![None; count];
    for (from, to) in edges {
        let to = layer.get(*to).copied().unwrap_or_default();
        if let Some(highest) = highest.get_mut(*from) {
            *highest = Some(highest.map_or(to, |it| it.min(to)));
        }
    }
    let settle = |((layer, has_inputs), highest): ((usize, bool), Option<usize>)| match highest {
        Some(highest) if !has_inputs => highest.saturating_sub(1),
        _ => layer,
    };
    layer.into_iter().zip(has_inputs).zip(highest).map(settle).collect()
}
