"""Pages as they look: originals found again, slides laid out and drawn."""
