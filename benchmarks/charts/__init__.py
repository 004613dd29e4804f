"""How right values are read off charts that are drawn, and off pictures of charts."""
