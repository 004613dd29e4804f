"""What a picture shows: a network taught on photographs, and words for its classes."""
