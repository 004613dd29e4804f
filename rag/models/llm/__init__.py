"""The language model: its protocol, which knows no engine, and what runs it."""
