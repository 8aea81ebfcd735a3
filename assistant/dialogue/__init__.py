"""A question in its conversation -> an Answer. No screen: every face draws the same Answer."""
