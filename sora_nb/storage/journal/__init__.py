"""The journal: every task, written before anything is sent (SQLite)."""
