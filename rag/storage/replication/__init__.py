"""One index on several machines: what changes at its owner goes to the copies of the others."""
