"""The reader: data, model, training, export."""
