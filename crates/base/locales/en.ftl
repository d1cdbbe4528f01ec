# Messages of the base crate
