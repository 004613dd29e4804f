"""What Office files share: markup, packages, fonts of signs, parts that are not read."""
