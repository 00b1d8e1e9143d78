"""How dates are written where no template says it: as everywhere in the product, ISO 8601 with a space."""
