"""Controllers: knobs and keys that steer the live controls."""
