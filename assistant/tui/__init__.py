"""The full-screen face: a conversation, the command reference, the flows and the machine, in one Textual app."""
