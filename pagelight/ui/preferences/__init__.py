"""How a person wants answers: their length, who answers, own instructions, saved prompts."""
