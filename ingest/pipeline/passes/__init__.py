"""The passes over documents: text, lettering, sound, what pictures show."""
