"""The page's words in other languages than English, one catalogue each."""
