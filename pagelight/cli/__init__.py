"""The commands of `pagelight`, each a thin layer over `service`.

May use `service` and the terminal of `ui`, imported where a command runs.
"""
