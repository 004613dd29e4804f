"""Sessions, the audit list and quotas of people."""
