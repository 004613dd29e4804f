"""Archives and mails as folders: their members, within limits."""
