"""Tables of a PDF page: ruled, by columns, continued."""
