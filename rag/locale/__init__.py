"""The lines above answers, in the language of a question: one catalogue of gettext each."""
