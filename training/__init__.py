"""Trains, scores and exports what is our own; no part of the program that people run."""
