"""Ideas put into practice, ventures and the opportunities open to them: leadership without a title."""
