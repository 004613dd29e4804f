"""A conversation that is shared by a link: a page to read, without scripts."""
