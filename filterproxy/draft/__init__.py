"""A rule file drafted from a page: what goes by lasting names, and what must stay."""
