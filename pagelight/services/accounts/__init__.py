"""People, their passwords, and what they may see."""
