"""Trains, scores and exports the reader; no part of the program that people run."""
