"""The web page: its blocks, and what happens in them."""
