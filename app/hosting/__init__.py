"""What a host needs around the pages: who may come in, what is said about the server, and what it writes down."""
