"""Board posts: vacancies, explained shortlists, decisions."""
