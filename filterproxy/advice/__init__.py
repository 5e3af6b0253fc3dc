"""What a rule's author should hear though nothing is wrong: names that change, wide selectors."""
