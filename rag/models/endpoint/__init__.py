"""Writers behind an address that speaks the OpenAI API."""
