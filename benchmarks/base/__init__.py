"""What measurements share: environments of other libraries, seconds and memory of a command.

Uses no other room.
"""
