//! Choices, taken from bytes.

/// Makes choices from bytes. When they are used up, every choice is the first one and [`Dice::is_over`] tells so.
pub struct Dice<'a> {
    bytes: &'a [u8],
}

impl<'a> Dice<'a> {
    pub fn new(bytes: &'a [u8]) -> Dice<'a> {
        Dice { bytes }
    }

    pub fn is_over(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Returns a number below `end`, which is taken for 1 if it is 0.
    pub fn below(&mut self, end: usize) -> usize {
        let width = if end <= 1 << 8 { 1 } else { 3 };
        let (taken, rest) = self.bytes.split_at(width.min(self.bytes.len()));
        self.bytes = rest;
        taken.iter().fold(0, |value, byte| value << 8 | usize::from(*byte)) % end.max(1)
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }

    pub fn pick<'b, T>(&mut self, from: &'b [T]) -> &'b T {
        &from[self.below(from.len())]
    }

    /// Returns the bytes that are left, and takes them.
    pub fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.bytes)
    }
}

/// Returns bytes that are the same everywhere for the same seed.
pub fn random_bytes(seed: u64, count: usize) -> Vec<u8> {
    // SplitMix64, whose neighbouring seeds have nothing in common.
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let words = std::iter::repeat_with(&mut next).take(count.div_ceil(8));
    words.flat_map(u64::to_le_bytes).take(count).collect()
}
