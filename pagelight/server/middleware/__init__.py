"""Who may send what: authentication, quotas, limits of a request, the audit list."""
