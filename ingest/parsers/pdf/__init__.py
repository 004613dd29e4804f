"""PDF: pages, their roles in the document, and pictures of them."""
