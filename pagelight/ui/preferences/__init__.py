"""How a person wants answers: length, writer, instructions, saved prompts."""
