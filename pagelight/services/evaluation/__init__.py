"""Questions with known answers, asked and scored."""
