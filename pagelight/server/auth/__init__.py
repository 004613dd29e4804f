"""Where people come in and leave, and where they and collections are looked after.

Pages of forms, without scripts.

May use `http` and `html`.
"""
