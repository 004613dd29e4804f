"""The table tab."""
