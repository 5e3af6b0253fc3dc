"""What happened? Events, the ledger, redaction."""
