"""OCR of scans and pictures, and the reading order of what it reads."""
