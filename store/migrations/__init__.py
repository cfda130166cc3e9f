"""How the tables changed, step by step; run by `store.upgrade`, never by hand."""
