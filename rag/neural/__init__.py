"""Models: what finds, reads, ranks and writes, behind the seams of `rag.protocols`.

May use `rag.answer.base` for prompts. Torch and its kin are imported where first used.
"""
