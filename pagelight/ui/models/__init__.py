"""The panel of models."""
