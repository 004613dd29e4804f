"""The commands of `pagelight`, each a thin layer over the services.

What a command needs is imported where it runs.
"""
