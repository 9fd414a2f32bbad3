"""How the adapter of the bundled encoder is trained and measured; nothing of the product imports it."""
