"""How sure an answer is, and whether its sources bear it out."""
