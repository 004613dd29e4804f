"""The files of a workspace beside its databases: its lock and stamp, what was unpacked."""
