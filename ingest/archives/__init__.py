"""Archives and mails as folders: their members, within limits.

May use `files`.
"""
