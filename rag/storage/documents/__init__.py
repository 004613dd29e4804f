"""Documents as rows: their form, their words, and who may see them."""
