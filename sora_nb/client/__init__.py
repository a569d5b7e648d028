"""What a person calls: the client, the module-level functions, the Studio."""
