"""Reading by the machines of a Ray cluster."""
