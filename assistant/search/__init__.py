"""Pure functions from a question's text to ranked entries and how sure that is. No file, screen or machine is touched."""
