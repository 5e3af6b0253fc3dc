"""What did the user ask for? YAML, schema, compiled and immutable `Ruleset`."""
