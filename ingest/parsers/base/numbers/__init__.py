"""Numbers and times as spreadsheets' format codes show them."""
