"""Questions about the documents themselves, and one question asked of many documents."""
