"""The demo's recording: what is filmed, and how."""
