"""The passages of an answer: units of the hits, scored and chosen together."""
