"""Text with little markup: plain, Markdown, LaTeX, code, RTF."""
