"""Teaching the model that writes: lessons in the product's own prompts, LoRA on a GPU, a judge."""
