"""Photos, scans and drawings that stand alone."""
