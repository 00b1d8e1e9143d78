"""Who owes whom: prices, the ledger, credit, and what may still be spent."""
