"""How far a server lets anybody: the token of its owner, how much is read, how long is waited.

May use `entry`, `http` and `html`.
"""
