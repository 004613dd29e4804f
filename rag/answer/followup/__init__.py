"""A question written with care, and made one that stands alone where it refers back."""
