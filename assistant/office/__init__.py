"""Word, Excel and PDF files: reading what people upload, and writing what they take away."""
