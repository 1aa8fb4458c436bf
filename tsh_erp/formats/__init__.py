"""How numbers and dates are written, per language."""
