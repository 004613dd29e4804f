"""Speech of recordings, transcribed after all else is read."""
