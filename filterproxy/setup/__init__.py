"""Getting a machine ready: the CA and who trusts it, a browser that needs neither, and what is amiss."""
