"""Which models there are, which suit this machine, how they are fetched and kept."""
