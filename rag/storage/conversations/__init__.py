"""Conversations, answers that are reported, pinned or shared, what people prefer."""
