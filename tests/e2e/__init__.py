"""Journeys through the real program; a package, whose browser ends before other tests begin."""
