//! Everything about a step that is chosen by its own number: amounts, ceilings, scopes, and which of what there is.

use super::op::{Limit, Order, Scopes};
use super::rules::PLACES;

/// Amounts that limits are about, in cents.
const CENTS: [i64; 6] = [500, 1_000, 2_500, 4_000, 5_000, 9_000];

/// Small numbers out of a step's own.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, most: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap() % most
    }

    pub fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    /// The newest half of the time.
    pub fn of(&mut self, all: &[usize]) -> Option<usize> {
        let last = *all.last()?;
        Some(if self.one_in(2) { last } else { all[self.below(all.len())] })
    }

    pub fn cents(&mut self) -> i64 {
        CENTS[self.below(CENTS.len())]
    }

    /// Mostly to one place, so that there are some that were never approved.
    pub fn order(&mut self) -> Order {
        let place = [0, 0, 0, 1, 1, 2][self.below(2 * PLACES)];
        Order { cart: self.below(4), cents: self.cents(), place }
    }

    pub fn limit(&mut self) -> Limit {
        let mut one = || (!self.one_in(2)).then(|| self.cents() * 2);
        Limit { order: one(), month: one() }
    }

    pub fn scopes(&mut self) -> Scopes {
        let all = [0b11, 0b10_0111, 0b1111, 0b10_1111, 0b10_1111, 0b1_0111, 0b11_1111, 0b1000, 0b1100, 0b10_1011];
        Scopes::of_bits(all[self.below(all.len())])
    }

    /// What is taken back.
    pub fn narrowing(&mut self) -> Scopes {
        let all = [0, 0, Scopes::CART.bits(), Scopes::CHECKOUT.bits(), 0b10, 0b1_0100];
        Scopes::of_bits(all[self.below(all.len())])
    }
}
