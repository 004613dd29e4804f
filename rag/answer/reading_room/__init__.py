"""What a model that writes is given to read: passages, whole pages and pictures in a budget."""
