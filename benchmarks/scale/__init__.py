"""Many documents and people: time and memory of each part."""
